//! The service's public URL.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use countersign_domain::invalid::Invalid;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use url::{Host, Url};

/// The service's public URL, e.g. `https://auth.example.com`: HTTPS, or HTTP to this very machine.
///
/// It is kept as it was written, for `htu` and `aud` must repeat it character for character; only slashes at its
/// end are taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUrl {
    text: String,
    loopback: bool,
}

impl ServiceUrl {
    /// Takes the value of `field`.
    ///
    /// # Errors
    /// [`Invalid`] for anything but an absolute URL without user, query and fragment.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        let url = Url::parse(text).map_err(|_| Invalid::new(field, "is not an absolute URL"))?;
        let host = url.host().ok_or_else(|| Invalid::new(field, "has no host"))?;
        let loopback = is_loopback(&host);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            _ => return Err(Invalid::new(field, "is neither HTTPS nor HTTP to this machine")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Invalid::new(field, "has a user or password in it"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Invalid::new(field, "has a query or fragment in it"));
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Invalid::new(field, "has a space in it"));
        }
        Ok(Self { text: text.trim_end_matches('/').to_owned(), loopback })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it leads to this very machine.
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The URL of `path`, which begins with a slash: `htu` of its proof.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

/// Whether a host is this very machine.
pub(super) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
        Host::Domain(name) => *name == "localhost",
    }
}

impl fmt::Display for ServiceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for ServiceUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse("serviceUrl", text)
    }
}

impl Serialize for ServiceUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for ServiceUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_to_this_machine() {
        for (text, loopback) in [
            ("https://auth.example.com", false),
            ("https://auth.example.com/prod/", false),
            ("http://127.0.0.1:4000", true),
            ("http://localhost:4000/", true),
            ("http://[::1]:4000", true),
        ] {
            let url: ServiceUrl = text.parse().unwrap();
            assert_eq!(url.as_str(), text.trim_end_matches('/'));
            assert_eq!(url.is_loopback(), loopback, "{text}");
            assert_eq!(url.join("/a"), format!("{}/a", text.trim_end_matches('/')));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "auth.example.com",
            "http://auth.example.com",
            "http://localhost.example.com",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "https://ann@auth.example.com",
            "https://auth.example.com/?a=b",
            "https://auth.example.com/#a",
            "https://auth.example.com/a b",
            "https://",
        ] {
            assert!(text.parse::<ServiceUrl>().is_err(), "{text}");
        }
    }
}
