//! How an App Space shows itself.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::invalid::Invalid;

/// A logo and a colour, both optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Its logo or home page, `https://…`.
    pub url: Option<String>,
    /// Its colour, `#rrggbb`.
    pub color: Option<String>,
}

impl Brand {
    /// Takes the values of `brandInfo`.
    pub fn parse(url: Option<String>, color: Option<String>) -> Result<Self, Invalid> {
        if let Some(text) = &url {
            let https =
                Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.username().is_empty());
            if !https || text.len() > 2048 {
                return Err(Invalid::new("brandInfo.url", "is not an https URL"));
            }
        }
        let is_color = |text: &String| {
            text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        if color.as_ref().is_some_and(|text| !is_color(text)) {
            return Err(Invalid::new("brandInfo.color", "is not a colour like #1a2b3c"));
        }
        Ok(Self { url, color: color.map(|color| color.to_ascii_lowercase()) })
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_six_digits_and_a_url_is_https() {
        let brand = |url: &str, color: &str| Brand::parse(Some(url.into()), Some(color.into()));
        assert_eq!(brand("https://bank.example/", "#1A2b3c").unwrap().color.as_deref(), Some("#1a2b3c"));
        for color in ["", "red", "#123", "#12345g", "#1234567", "1234567", "#12345\u{e9}"] {
            assert!(brand("https://bank.example/", color).is_err(), "{color}");
        }
        for url in ["", "http://bank.example", "javascript:alert(1)", "https://user@bank.example", "bank"] {
            assert!(brand(url, "#000000").is_err(), "{url}");
        }
        assert!(Brand::parse(None, None).unwrap().is_empty());
    }
}
