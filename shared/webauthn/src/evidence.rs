//! What was signed, kept whole.

use countersign_crypto::digest::sha256;
use countersign_crypto::encoding::{base64url, from_base64url};
use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::uaf_signature::{Form, KeyForm, KeyKind, Scheme, UafPublicKey};
use serde::{Deserialize, Serialize};

/// An assertion as anybody can verify it with the credential's key: `signature` is over the bytes of
/// `authenticator_data`, then the SHA-256 of the bytes of `client_data_json` (section 6.3.3). Each is base64url
/// without padding; an ES256 signature is DER (section 6.5.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Section 6.1: whose credential, which flags, the counter.
    pub authenticator_data: String,
    /// Section 5.8.1: the ceremony, its challenge and its origin.
    pub client_data_json: String,
    /// By the credential's key.
    pub signature: String,
}

impl Evidence {
    pub(crate) fn of(authenticator_data: &[u8], client_data_json: &[u8], signature: &[u8]) -> Self {
        Self {
            authenticator_data: base64url(authenticator_data),
            client_data_json: base64url(client_data_json),
            signature: base64url(signature),
        }
    }

    /// Whether the signature is `key`'s. It says nothing of challenge, origin or flags, which
    /// [`verify_authentication`](crate::verify_authentication) has judged.
    pub fn is_signed_by(&self, key: &PublicJwk) -> bool {
        let [Ok(data), Ok(client_data), Ok(signature)] =
            [&self.authenticator_data, &self.client_data_json, &self.signature]
                .map(|text| from_base64url(text))
        else {
            return false;
        };
        is_signature(key, &signed_bytes(&data, &client_data), &signature)
    }
}

/// What assertions and attestation statements sign.
pub(crate) fn signed_bytes(authenticator_data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
    [authenticator_data, &sha256(client_data_json)].concat()
}

/// Whether `signature` in WebAuthn's form is `key`'s over `message`.
pub(crate) fn is_signature(key: &PublicJwk, message: &[u8], signature: &[u8]) -> bool {
    match key {
        // JWS writes ECDSA signatures as r and s, WebAuthn as DER.
        PublicJwk::P256(point) => UafPublicKey::read(KeyKind::P256, KeyForm::EcRaw, point.sec1())
            .is_ok_and(|key| key.verify(Scheme::EcdsaP256, Form::Der, message, signature)),
        PublicJwk::Ed25519(_) | PublicJwk::Rsa(_) => key.verify(message, signature),
    }
}
