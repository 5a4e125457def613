//! The proof that every call of a device carries, in the style of DPoP (RFC 9449).

use countersign_crypto::digest::Digest;
use countersign_crypto::encoding::base64url;
use countersign_crypto::signing_key::SigningFailed;
use countersign_crypto::system::SystemRandom;
use countersign_domain::chance;
use reqwest::Method;
use serde::Serialize;

use super::Device;

/// `typ` of a proof.
pub const TYP: &str = "countersign-proof+jwt";

/// What a proof says. Every field can be changed before it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofClaims {
    /// The user's `privakeyId`.
    pub sub: String,
    /// The call's method.
    pub htm: String,
    /// The call's URL: public URL and path, without query.
    pub htu: String,
    /// When it was made, in seconds since the epoch; may be off by 60.
    pub iat: i64,
    /// Names this proof alone: 16 to 128 characters.
    pub jti: String,
    /// SHA-256 of the raw body, of the empty string if there is none; base64url.
    pub bh: String,
}

impl Device {
    /// The claims of a proof of this call, now, with a fresh `jti`.
    pub fn proof_claims(&self, method: &Method, path: &str, body: &[u8]) -> ProofClaims {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        ProofClaims {
            sub: self.identity().privakey_id.to_string(),
            htm: method.to_string(),
            htu: self.service().url().join(path),
            iat: self.service().now().secs(),
            jti: base64url(&chance::bytes::<16>(&SystemRandom)),
            bh: Digest::of(body).to_string(),
        }
    }

    /// The proof itself: `claims` under the auth key, with the device's guid as `kid`.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn sign_proof(&self, claims: &impl Serialize) -> Result<String, SigningFailed> {
        self.keys().auth.sign(TYP, Some(&self.identity().device_guid.to_string()), claims)
    }
}
