//! Signatures of version 1: over method, URL, time of expiry and body, each exactly as the app sent it.

use countersign_domain::time::Timestamp;

use super::app_key::AppKey;
use super::expiry::{Expired, check_expiry};
use crate::encoding::from_base64;

/// Why a signed call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefused {
    /// `Expires-at` is not a plain number of seconds since the epoch, is past, or is more than
    /// [`LONGEST_VALIDITY`](super::LONGEST_VALIDITY) ahead.
    #[error("{0}")]
    Expired(#[from] Expired),
    /// The signature is not base64, or not the key's over this call.
    #[error("has a wrong signature")]
    Invalid,
}

/// A call with the headers that sign it.
#[derive(Clone, Copy)]
pub struct SignedCall<'a> {
    /// The method, in either case.
    pub method: &'a str,
    /// The whole URL as the app wrote it, with its query if it has one.
    pub url: &'a str,
    /// The header `Expires-at`: seconds since the epoch.
    pub expires_at: &'a str,
    /// The body, byte for byte; empty if there is none.
    pub body: &'a [u8],
    /// The header `Signature`: base64.
    pub signature: &'a str,
}

impl SignedCall<'_> {
    /// `method|url|expires_at|body`, the method in lower case.
    fn signed(&self) -> Vec<u8> {
        let method = self.method.to_ascii_lowercase();
        [method.as_bytes(), self.url.as_bytes(), self.expires_at.as_bytes(), self.body].join(&b'|')
    }
}

/// Checks the time of expiry, then the signature (RSASSA-PKCS1-v1_5 with SHA-256).
///
/// # Errors
/// [`SignatureRefused`].
pub fn verify(key: &AppKey, call: &SignedCall<'_>, now: Timestamp) -> Result<(), SignatureRefused> {
    check_expiry(seconds(call.expires_at), now)?;
    let signature = from_base64(call.signature).map_err(|_| SignatureRefused::Invalid)?;
    if key.public_jwk().verify(&call.signed(), &signature) { Ok(()) } else { Err(SignatureRefused::Invalid) }
}

/// A number written with digits alone; a sign, a space or a leading zero would be a second spelling.
fn seconds(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
