//! What `cargo listen` reads of the file that `cargo local` writes.

use std::path::Path;

use serde_json::Value;

/// Where the file is.
pub(crate) const DEFAULT_PATH: &str = ".local/demo.json";
/// The URL of the service's key set.
const JWKS_URL: &str = "jwksUrl";
/// The Request Origins that were made.
const ORIGINS: &str = "origins";
/// The webhook secret of one of them.
const WEBHOOK_SECRET: &str = "webhookSecret";

/// What is needed to verify webhooks of the demo. Holds secrets: never printed.
pub(crate) struct Demo {
    pub(crate) jwks_url: Option<String>,
    pub(crate) secrets: Vec<String>,
}

impl Demo {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            format!(
                "{} cannot be read: {error}.\nStart `cargo local` first, or give --secret or --jwks.",
                path.display()
            )
        })?;
        Self::parse(&text).ok_or_else(|| format!("{} is not what `cargo local` writes.", path.display()))
    }

    fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let string = |value: &Value, field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
        let origins = value.get(ORIGINS)?.as_array()?;
        let secrets = origins.iter().filter_map(|origin| string(origin, WEBHOOK_SECRET)).collect();
        Some(Self { jwks_url: string(&value, JWKS_URL), secrets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secrets_of_all_request_origins_are_read() {
        let demo = Demo::parse(
            r#"{"baseUrl": "http://127.0.0.1:4000", "jwksUrl": "http://127.0.0.1:4000/.well-known/jwks.json",
                "appSpace": {"guid": "g", "name": "Demo"},
                "origins": [{"name": "a", "webhookSecret": "whsec_a"}, {"name": "b"}, {"webhookSecret": "whsec_b"}]}"#,
        )
        .unwrap();
        assert_eq!(demo.secrets, ["whsec_a", "whsec_b"]);
        assert_eq!(demo.jwks_url.as_deref(), Some("http://127.0.0.1:4000/.well-known/jwks.json"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "[]", "{}", r#"{"origins": 1}"#] {
            assert!(Demo::parse(text).is_none(), "{text}");
        }
        assert!(Demo::read(Path::new("/nowhere/demo.json")).is_err_and(|text| text.contains("cargo local")));
    }
}
