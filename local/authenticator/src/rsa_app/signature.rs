//! Signatures of calls: version 1 over method, URL, time and body; version 2 a detached JWS over the body.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::key::{KeyPair, PublicKey, RsaRefused};

/// The header of every JWS that an app of this kind makes.
const HEADER: &str = r#"{"alg":"RS256"}"#;

/// `Signature` of version 1: over `method|url|expires_at|body`, with the method in lower case and the URL as it was called.
///
/// # Errors
/// [`RsaRefused`].
pub fn version_1(
    key: &KeyPair,
    method: &str,
    url: &str,
    expires_at: &str,
    body: &[u8],
) -> Result<String, RsaRefused> {
    let mut text = format!("{}|{url}|{expires_at}|", method.to_ascii_lowercase()).into_bytes();
    text.extend_from_slice(body);
    Ok(STANDARD.encode(key.sign(&text)?))
}

/// `x-jws-signature` of version 2: `header..signature`, with the body between the dots while it is signed (RFC 7515 appendix F).
///
/// # Errors
/// [`RsaRefused`].
pub fn version_2(key: &KeyPair, body: &[u8]) -> Result<String, RsaRefused> {
    with_header(key, HEADER, body)
}

/// As [`version_2`], with another header.
///
/// # Errors
/// [`RsaRefused`].
pub fn with_header(key: &KeyPair, header: &str, body: &[u8]) -> Result<String, RsaRefused> {
    let header = URL_SAFE_NO_PAD.encode(header);
    let signature = key.sign(format!("{header}.{}", URL_SAFE_NO_PAD.encode(body)).as_bytes())?;
    Ok(format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Whether `jws` is a signature of version 2 over this body.
pub fn verifies_version_2(key: &PublicKey, jws: &str, body: &[u8]) -> bool {
    let Some((header, signature)) = jws.split_once("..") else { return false };
    let rs256 = URL_SAFE_NO_PAD.decode(header).ok().and_then(|json| serde_json::from_slice(&json).ok());
    let rs256 = rs256.is_some_and(|header: serde_json::Value| header["alg"] == "RS256");
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
    rs256 && key.verifies(format!("{header}.{}", URL_SAFE_NO_PAD.encode(body)).as_bytes(), &signature)
}
