//! The document of trusted facets: the apps that may act for an application id
//! (FIDO AppID and Facet Specification, the TrustedFacets structure).

use serde::{Deserialize, Serialize};

use crate::messages::Version;

/// The document's media type.
pub const MEDIA_TYPE: &str = "application/fido.trusted-apps+json";

/// The document. It does not depend on who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrustedFacets {
    /// A list per protocol version.
    pub trusted_facets: Vec<FacetList>,
}

/// The facets that are trusted in one protocol version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetList {
    /// The protocol version.
    pub version: Version,
    /// The facet ids.
    pub ids: Vec<String>,
}

/// The text can be no facet id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither an https origin nor an app's id")]
pub struct NoFacet;

impl TrustedFacets {
    /// The same facets for each of these versions.
    ///
    /// # Errors
    /// [`NoFacet`] for an id that is empty, longer than 512 bytes, has spaces or control characters, has no scheme,
    /// is a web origin without TLS, or has a path.
    pub fn new(versions: &[Version], ids: &[String]) -> Result<Self, NoFacet> {
        if !ids.iter().all(|id| is_facet(id)) {
            return Err(NoFacet);
        }
        let list = |version: &Version| FacetList { version: *version, ids: ids.to_vec() };
        Ok(Self { trusted_facets: versions.iter().map(list).collect() })
    }

    /// Whether a facet may act in this protocol version.
    pub fn trusts(&self, facet_id: &str, version: Version) -> bool {
        self.trusted_facets
            .iter()
            .any(|list| list.version == version && list.ids.iter().any(|id| id == facet_id))
    }

    /// The document as JSON, to be served as [`MEDIA_TYPE`].
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a struct of strings and numbers always becomes JSON")
    }
}

fn is_facet(id: &str) -> bool {
    if id.is_empty() || id.len() > 512 || id.bytes().any(|byte| !byte.is_ascii_graphic()) {
        return false;
    }
    match id.split_once(':') {
        Some(("https", rest)) => {
            rest.strip_prefix("//").is_some_and(|host| !host.is_empty() && host.bytes().all(is_of_host))
        }
        Some(("android" | "ios", rest)) => ["apk-key-hash:", "apk-key-hash-sha256:", "bundle-id:"]
            .iter()
            .any(|kind| rest.strip_prefix(kind).is_some_and(|name| !name.is_empty())),
        _ => false,
    }
}

/// What a host name or address and a port are written with. Browsers read other characters, such as `\`, as the end of
/// the host.
fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const GOOD: [&str; 4] = [
        "https://app.example:8443",
        "android:apk-key-hash:2jmj7l5rSw0yVb_vlWAYkK_YBwk",
        "android:apk-key-hash-sha256:AAAA",
        "ios:bundle-id:com.example.app",
    ];

    #[test]
    fn the_document_lists_ids_by_version() {
        let ids = GOOD.map(str::to_owned);
        let facets = TrustedFacets::new(&[Version::V1_1], &ids).unwrap();
        let document: Value = serde_json::from_str(&facets.to_json()).unwrap();
        assert_eq!(
            document,
            json!({ "trustedFacets": [{ "version": { "major": 1, "minor": 1 }, "ids": GOOD }] })
        );
        assert!(facets.trusts(GOOD[0], Version::V1_1));
        assert!(!facets.trusts(GOOD[0], Version::V1_0));
        assert!(!facets.trusts("https://app.example", Version::V1_1));
        assert!(!facets.trusts("", Version::V1_1));
    }

    #[test]
    fn what_can_be_no_facet_is_refused() {
        for id in [
            "",
            "app.example",
            "http://app.example",
            "https://",
            "https://app.example/",
            "https://app.example/path",
            "https://a@b.example",
            "https://app.example\\path",
            "https://app.example\"",
            "android:apk-key-hash:",
            "ios:com.example",
            "ios:bundle-id:com example",
        ] {
            assert_eq!(TrustedFacets::new(&[Version::V1_1], &[id.to_owned()]), Err(NoFacet), "{id}");
        }
    }
}
