//! The options of the two ceremonies, as far as this authenticator cares.

use serde::Deserialize;
use serde_json::Value;

use super::CeremonyError;
use crate::encoding::from_base64url;

/// The algorithm of every credential here: ES256 (RFC 9053, section 2.1).
pub(crate) const ES256: i64 = -7;

/// What a new credential is to be.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreationOptions {
    pub(crate) rp: RelyingParty,
    pub(crate) user: User,
    challenge: String,
    pub_key_cred_params: Vec<Parameters>,
    #[serde(default)]
    pub(crate) exclude_credentials: Vec<Descriptor>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RelyingParty {
    pub(crate) id: String,
    #[serde(rename = "name")]
    _name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "displayName")]
    _display_name: String,
}

#[derive(Debug, Deserialize)]
struct Parameters {
    #[serde(rename = "type")]
    kind: String,
    alg: i64,
}

/// A credential that is named.
#[derive(Debug, Deserialize)]
pub(crate) struct Descriptor {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

/// What is to be signed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestOptions {
    challenge: String,
    pub(crate) rp_id: String,
    #[serde(default)]
    pub(crate) allow_credentials: Vec<Descriptor>,
}

impl CreationOptions {
    pub(crate) fn read(json: &Value) -> Result<Self, CeremonyError> {
        let options = Self::deserialize(json).map_err(|_| CeremonyError::Options)?;
        let user_id = from_base64url(&options.user.id).ok_or(CeremonyError::Options)?;
        if !(1..=64).contains(&user_id.len()) || options.user.name.is_empty() {
            return Err(CeremonyError::Options);
        }
        let es256 = |one: &Parameters| one.kind == "public-key" && one.alg == ES256;
        match options.pub_key_cred_params.iter().any(es256) {
            true => Ok(options),
            false => Err(CeremonyError::Algorithm),
        }
    }

    pub(crate) fn challenge(&self) -> Result<&str, CeremonyError> {
        checked(&self.challenge)
    }
}

impl RequestOptions {
    pub(crate) fn read(json: &Value) -> Result<Self, CeremonyError> {
        Self::deserialize(json).map_err(|_| CeremonyError::Options)
    }

    pub(crate) fn challenge(&self) -> Result<&str, CeremonyError> {
        checked(&self.challenge)
    }
}

/// At least 16 bytes (Web Authentication Level 3, section 13.4.3).
fn checked(challenge: &str) -> Result<&str, CeremonyError> {
    match from_base64url(challenge) {
        Some(bytes) if bytes.len() >= 16 => Ok(challenge),
        _ => Err(CeremonyError::Options),
    }
}

impl Descriptor {
    pub(crate) fn names(&self, id: &str) -> bool {
        self.kind == "public-key" && self.id == id
    }
}

/// Whether a page of this origin may use this relying party's id: its host, or a domain above it. An app's origin has no host; which
/// relying parties it may use stands elsewhere.
pub(crate) fn may_use(origin: &str, rp_id: &str) -> bool {
    if origin.starts_with("android:apk-key-hash:") || origin.starts_with("ios:bundle-id:") {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let host = authority.split(':').next().unwrap_or_default();
    let secure = scheme == "https" || (scheme == "http" && host == "localhost");
    let above = host.strip_suffix(rp_id).is_some_and(|rest| rest.ends_with('.') && rp_id.contains('.'));
    secure && !authority.contains('/') && !rp_id.is_empty() && (host == rp_id || above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_uses_its_own_host_or_a_domain_above() {
        for (origin, rp_id) in [
            ("https://a.example", "a.example"),
            ("https://login.a.example:8443", "a.example"),
            ("http://localhost:4000", "localhost"),
            ("android:apk-key-hash:AAAA", "a.example"),
        ] {
            assert!(may_use(origin, rp_id), "{origin} {rp_id}");
        }
        for (origin, rp_id) in [
            ("https://a.example", "login.a.example"),
            ("https://evila.example", "a.example"),
            ("https://a.example", "example"),
            ("http://a.example", "a.example"),
            ("https://a.example/", "a.example"),
            ("https://a.example", ""),
            ("a.example", "a.example"),
        ] {
            assert!(!may_use(origin, rp_id), "{origin} {rp_id}");
        }
    }
}
