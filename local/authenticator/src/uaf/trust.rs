//! Whether an app may work for an application (FIDO AppID and Facet Specification, Determining if a Caller's FacetID is Authorized
//! for an AppID).

use serde::Deserialize;

use super::ClientError;
use super::message::Version;

/// The document that an application id leads to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrustedFacets {
    trusted_facets: Vec<FacetList>,
}

#[derive(Debug, Clone, Deserialize)]
struct FacetList {
    version: Version,
    ids: Vec<String>,
}

impl TrustedFacets {
    pub(crate) fn parse(document: &str) -> Result<Self, ClientError> {
        serde_json::from_str(document)
            .map_err(|_| ClientError::Malformed("the document of trusted facets cannot be read"))
    }

    pub(crate) fn trusts(&self, facet: &str, version: Version) -> bool {
        let of = |list: &&FacetList| list.version == version;
        self.trusted_facets.iter().filter(of).any(|list| list.ids.iter().any(|id| id == facet))
    }
}

/// Whether it is a URL that facets could be fetched from: HTTPS, or HTTP to this very machine.
pub(crate) fn is_fetchable(app_id: &str) -> bool {
    if app_id.starts_with("https://") {
        return true;
    }
    let Some(rest) = app_id.strip_prefix("http://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    ["127.0.0.1", "localhost", "::1"].contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facets_count_for_their_version_only() {
        let document =
            r#"{"trustedFacets": [{"version": {"major": 1, "minor": 1}, "ids": ["https://a.example"]}]}"#;
        let facets = TrustedFacets::parse(document).unwrap();
        let version = |minor| Version { major: 1, minor };
        assert!(facets.trusts("https://a.example", version(1)));
        assert!(!facets.trusts("https://a.example", version(0)));
        assert!(!facets.trusts("https://b.example", version(1)));
        for text in ["", "[]", "{}", r#"{"trustedFacets": {}}"#, r#"{"trustedFacets": [{"ids": []}]}"#] {
            assert!(TrustedFacets::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn facets_are_fetched_by_tls_or_from_this_machine() {
        for url in
            ["https://a.example/f", "http://127.0.0.1:4000/f", "http://localhost/f", "http://[::1]:4/f"]
        {
            assert!(is_fetchable(url), "{url}");
        }
        for url in ["http://a.example/f", "http://localhost.example/f", "ftp://127.0.0.1/", "", "a"] {
            assert!(!is_fetchable(url), "{url}");
        }
    }
}
