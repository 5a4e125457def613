//! Signatures of version 2: a detached JWS (RFC 7515, appendix F) in a header, with RS256 over the body.

use super::app_key::AppKey;
use crate::encoding::{base64url, from_base64url};
use crate::jwk::Algorithm;
use crate::jws::Unverified;

pub use super::expiry::{Expired, check_expiry};

/// The header is not a detached JWS of the key over this body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has a wrong signature")]
pub struct SignatureInvalid;

/// Checks that `header`, `header..signature`, is a detached JWS of `key` over `body`, byte for byte.
///
/// Its protected header must say `RS256` and have no `crit`, and so cannot ask for a payload that is not encoded
/// (RFC 7797); `typ` and other members say nothing here. When the call expires is in the body, see [`check_expiry`].
///
/// # Errors
/// [`SignatureInvalid`], also for a JWS with a payload inside.
pub fn verify(key: &AppKey, header: &str, body: &[u8]) -> Result<(), SignatureInvalid> {
    let read = Unverified::parse(header).map_err(|_| SignatureInvalid)?;
    if read.algorithm() != Algorithm::Rs256 {
        return Err(SignatureInvalid);
    }
    let (protected, signature) = header.split_once("..").ok_or(SignatureInvalid)?;
    let signature = from_base64url(signature).map_err(|_| SignatureInvalid)?;
    let signed = format!("{protected}.{}", base64url(body));
    if key.public_jwk().verify(signed.as_bytes(), &signature) { Ok(()) } else { Err(SignatureInvalid) }
}

#[cfg(test)]
mod tests;
