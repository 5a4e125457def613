//! The receipt: the service's own signed statement about how a challenge was answered, verifiable offline.

use countersign_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::digest::Digest;
use crate::jwk::JwkRefused;
use crate::jwk_set::JwkSet;
use crate::jws::{JwsRefused, Unverified};
use crate::keyring::SigningKeys;
use crate::signing_key::SigningFailed;

/// The header's `typ`.
pub const TYP: &str = "receipt+jwt";

/// What a receipt states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The service's base URL.
    pub iss: String,
    /// GUID of the Request Origin that asked.
    pub aud: String,
    /// The receipt's id.
    pub jti: String,
    /// When the receipt was issued, in seconds since the epoch.
    pub iat: i64,
    /// The challenge's id.
    pub challenge: String,
    /// SHA-256 of the canonical document that was shown and signed.
    pub document_digest: Digest,
    /// How the challenge ended, in the words of the challenge's states.
    pub outcome: String,
    /// What was answered.
    pub answer: Answer,
    /// Why it was declined (`cancelled`, `not_me`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_reason: Option<String>,
    /// When the challenge was made; RFC 3339 with milliseconds.
    #[serde(with = "rfc3339")]
    pub asked_at: Timestamp,
    /// When the answer came in; RFC 3339 with milliseconds.
    #[serde(with = "rfc3339")]
    pub answered_at: Timestamp,
    /// The user's GUID.
    pub user: String,
    /// The device's id.
    pub device: String,
    /// RFC 7638 thumbprint of the device's key that signed the answer.
    pub device_key_thumbprint: Digest,
    /// What the device signed, whole: for our own devices the compact JWS of its answer.
    pub device_signature: String,
}

/// A time as text, so that nobody takes the milliseconds here for the seconds of `iat`.
mod rfc3339 {
    use countersign_domain::time::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Why a receipt was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefused {
    /// The key set cannot be read.
    #[error("the key set {0}")]
    Keys(#[from] JwkRefused),
    /// It is not signed by a key of the set.
    #[error("the receipt {0}")]
    Jws(#[from] JwsRefused),
}

/// Signs a receipt with the current ES256 key.
///
/// # Errors
/// [`SigningFailed`], in practice only [`SigningFailed::TooLong`].
pub fn issue(keys: &SigningKeys, receipt: &Receipt) -> Result<String, SigningFailed> {
    keys.sign_jws(TYP, receipt)
}

/// The receipt in a compact JWS, verified with the service's published key set (JSON text). The caller
/// compares `iss` and
/// `aud` with what it expects.
///
/// # Errors
/// [`ReceiptRefused`].
pub fn verify(jwks: &str, compact: &str) -> Result<Receipt, ReceiptRefused> {
    let keys = JwkSet::parse(jwks)?;
    let unverified = Unverified::parse(compact)?;
    let key = unverified.kid().and_then(|kid| keys.find(kid)).ok_or(JwsRefused::UnknownKey)?;
    Ok(unverified.claims(key, TYP)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::system::SystemRandom;

    const NOW: Timestamp = Timestamp::from_millis(1_795_341_600_123);

    fn receipt() -> Receipt {
        Receipt {
            iss: "https://auth.example.com".to_owned(),
            aud: "7e0a4e86-4f4b-4f0f-9f5c-1c2d3e4f5a6b".to_owned(),
            jti: "receipt-1".to_owned(),
            iat: NOW.secs(),
            challenge: "challenge-1".to_owned(),
            document_digest: Digest::of(b"document"),
            outcome: "answered".to_owned(),
            answer: Answer::Button(0),
            decline_reason: None,
            asked_at: NOW,
            answered_at: NOW,
            user: "user-1".to_owned(),
            device: "device-1".to_owned(),
            device_key_thumbprint: Digest::of(b"key"),
            device_signature: "a.b.c".to_owned(),
        }
    }

    fn keys() -> SigningKeys {
        SigningKeys::generate(&SystemRandom, NOW).unwrap()
    }

    #[test]
    fn a_receipt_verifies_with_the_published_keys_alone() {
        let keys = keys();
        let compact = issue(&keys, &receipt()).unwrap();
        assert_eq!(verify(&keys.jwks().to_string(), &compact), Ok(receipt()));
        let keys = keys.rotated(&SystemRandom, NOW).unwrap();
        assert_eq!(verify(&keys.jwks().to_string(), &compact), Ok(receipt()));
        let keys = keys.rotated(&SystemRandom, NOW).unwrap();
        let gone = Err(ReceiptRefused::Jws(JwsRefused::UnknownKey));
        assert_eq!(verify(&keys.jwks().to_string(), &compact), gone);
    }

    #[test]
    fn the_claims_are_written_as_documented() {
        let written = json!(receipt());
        assert_eq!(written["documentDigest"], json!(Digest::of(b"document")));
        assert_eq!(written["askedAt"], "2026-11-22T10:00:00.123Z");
        assert_eq!(written["iat"], 1_795_341_600);
        assert!(written.get("declineReason").is_none());
    }

    #[test]
    fn another_document_of_the_same_key_is_no_receipt() {
        let keys = keys();
        let jwks = keys.jwks().to_string();
        let token = keys.sign_jws("status+jwt", &receipt()).unwrap();
        assert_eq!(verify(&jwks, &token), Err(ReceiptRefused::Jws(JwsRefused::Type)));
        let half = keys.sign_jws(TYP, &json!({ "iss": "x" })).unwrap();
        assert_eq!(verify(&jwks, &half), Err(ReceiptRefused::Jws(JwsRefused::Payload)));
        let compact = issue(&keys, &receipt()).unwrap();
        assert_eq!(verify("{}", &compact), Err(ReceiptRefused::Keys(JwkRefused::NotAJwk)));
    }

    proptest! {
        #[test]
        fn any_flipped_byte_fails(place in any::<proptest::sample::Index>(), bit in 0u8..8) {
            let keys = keys();
            let mut bytes = issue(&keys, &receipt()).unwrap().into_bytes();
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(text) = String::from_utf8(bytes) {
                prop_assert!(verify(&keys.jwks().to_string(), &text).is_err());
            }
        }
    }
}
