//! The proof of possession that a device gives for each of its keys when it enrols.

use countersign_domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::equal::equal;
use crate::freshness::is_fresh;
use crate::jwk::PublicJwk;
use crate::jws::{JwsRefused, Unverified};
use crate::signing_key::{SigningFailed, SigningKey};

/// The header's `typ`.
pub const TYP: &str = "countersign-enrolment+jwt";

/// What a device signs with each of its keys. Both signatures name both keys, so neither can be exchanged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolmentProof {
    /// The enrolment's nonce.
    pub nonce: String,
    /// Whom it is for: the service's base URL.
    pub aud: String,
    /// Thumbprint of the auth key.
    pub auth_key: Digest,
    /// Thumbprint of the key for strong answers, if the device has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strong_key: Option<Digest>,
    /// When it was made, in seconds since the epoch.
    pub iat: i64,
}

impl std::fmt::Debug for EnrolmentProof {
    /// Without the nonce.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolmentProof")
            .field("aud", &self.aud)
            .field("auth_key", &self.auth_key)
            .field("strong_key", &self.strong_key)
            .field("iat", &self.iat)
            .finish_non_exhaustive()
    }
}

/// What a proof must say.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The enrolment's nonce.
    pub nonce: &'a str,
    /// The service's base URL.
    pub audience: &'a str,
    /// The auth key that the device sent.
    pub auth_key: &'a PublicJwk,
    /// The key for strong answers that the device sent.
    pub strong_key: Option<&'a PublicJwk>,
    /// Now.
    pub now: Timestamp,
    /// How far the device's clock may be from ours, before or after.
    pub tolerance: Span,
}

/// Why a proof was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentProofRefused {
    /// It is not the key's signature.
    #[error("the enrolment proof {0}")]
    Jws(#[from] JwsRefused),
    /// `nonce` is not this enrolment's.
    #[error("the enrolment proof is for another enrolment")]
    WrongNonce,
    /// `aud` is not this service.
    #[error("the enrolment proof is for another service")]
    WrongAudience,
    /// `authKey` or `strongKey` are not the keys that were sent.
    #[error("the enrolment proof names other keys")]
    WrongKeys,
    /// Both keys are the same one.
    #[error("the two keys are the same")]
    SameKey,
    /// `iat` is too far from now.
    #[error("the enrolment proof's time is too far from the server's")]
    Skewed,
}

/// Reads and verifies the proof that `key` has signed, and checks it against what is expected. `key` is
/// one of the two in `expected`; a device with both gives a proof by each.
///
/// # Errors
/// [`EnrolmentProofRefused`].
pub fn verify(
    compact: &str,
    key: &PublicJwk,
    expected: &Expected<'_>,
) -> Result<EnrolmentProof, EnrolmentProofRefused> {
    let proof: EnrolmentProof = Unverified::parse(compact)?.claims(key, TYP)?;
    proof.check(expected)?;
    Ok(proof)
}

impl EnrolmentProof {
    /// The proof as a device makes it.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn sign(&self, key: &SigningKey) -> Result<String, SigningFailed> {
        key.sign_jws(TYP, &key.public().thumbprint().to_string(), self)
    }

    /// Whether the claims are what is expected.
    ///
    /// # Errors
    /// [`EnrolmentProofRefused`], all but `Jws`.
    pub fn check(&self, expected: &Expected<'_>) -> Result<(), EnrolmentProofRefused> {
        if !equal(self.nonce.as_bytes(), expected.nonce.as_bytes()) {
            return Err(EnrolmentProofRefused::WrongNonce);
        }
        if self.aud != expected.audience {
            return Err(EnrolmentProofRefused::WrongAudience);
        }
        let strong = expected.strong_key.map(PublicJwk::thumbprint);
        if self.auth_key != expected.auth_key.thumbprint() || self.strong_key != strong {
            return Err(EnrolmentProofRefused::WrongKeys);
        }
        // One key for both would let an answer be signed without PIN or biometric.
        if self.strong_key == Some(self.auth_key) {
            return Err(EnrolmentProofRefused::SameKey);
        }
        if !is_fresh(self.iat, expected.now, expected.tolerance) {
            return Err(EnrolmentProofRefused::Skewed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwk::Algorithm;
    use crate::system::SystemRandom;

    const NOW: Timestamp = Timestamp::from_secs(1_795_341_600);
    const AUDIENCE: &str = "https://auth.example.com";

    fn key(algorithm: Algorithm) -> SigningKey {
        SigningKey::generate(algorithm, &SystemRandom).unwrap()
    }

    fn proof(auth: &SigningKey, strong: Option<&SigningKey>) -> EnrolmentProof {
        EnrolmentProof {
            nonce: "nonce-1".to_owned(),
            aud: AUDIENCE.to_owned(),
            auth_key: auth.public().thumbprint(),
            strong_key: strong.map(|key| key.public().thumbprint()),
            iat: NOW.secs(),
        }
    }

    fn expected<'a>(auth: &'a SigningKey, strong: Option<&'a SigningKey>) -> Expected<'a> {
        Expected {
            nonce: "nonce-1",
            audience: AUDIENCE,
            auth_key: auth.public(),
            strong_key: strong.map(SigningKey::public),
            now: NOW,
            tolerance: Span::secs(60),
        }
    }

    #[test]
    fn each_key_proves_possession_of_itself() {
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
            let (auth, strong) = (key(algorithm), key(Algorithm::Es256));
            let proof = proof(&auth, Some(&strong));
            let expected = expected(&auth, Some(&strong));
            for key in [&auth, &strong] {
                assert_eq!(verify(&proof.sign(key).unwrap(), key.public(), &expected), Ok(proof.clone()));
            }
            assert!(matches!(
                verify(&proof.sign(&auth).unwrap(), strong.public(), &expected),
                Err(EnrolmentProofRefused::Jws(JwsRefused::Signature | JwsRefused::Algorithm))
            ));
        }
        let only = key(Algorithm::Es256);
        assert_eq!(proof(&only, None).check(&expected(&only, None)), Ok(()));
    }

    #[test]
    fn a_proof_for_anything_else_is_refused() {
        let (auth, strong, other) = (key(Algorithm::Es256), key(Algorithm::Es256), key(Algorithm::Es256));
        let right = proof(&auth, Some(&strong));
        let expected = expected(&auth, Some(&strong));
        let refused = |proof: EnrolmentProof| proof.check(&expected).unwrap_err();
        let thumbprint = other.public().thumbprint();
        assert_eq!(
            refused(EnrolmentProof { nonce: "nonce-2".to_owned(), ..right.clone() }),
            EnrolmentProofRefused::WrongNonce
        );
        assert_eq!(
            refused(EnrolmentProof { aud: "https://evil.example".to_owned(), ..right.clone() }),
            EnrolmentProofRefused::WrongAudience
        );
        assert_eq!(
            refused(EnrolmentProof { auth_key: thumbprint, ..right.clone() }),
            EnrolmentProofRefused::WrongKeys
        );
        assert_eq!(
            refused(EnrolmentProof { strong_key: Some(thumbprint), ..right.clone() }),
            EnrolmentProofRefused::WrongKeys
        );
        assert_eq!(
            refused(EnrolmentProof { strong_key: None, ..right.clone() }),
            EnrolmentProofRefused::WrongKeys
        );
        for seconds in [-61, 61] {
            let iat = NOW.secs() + seconds;
            assert_eq!(refused(EnrolmentProof { iat, ..right.clone() }), EnrolmentProofRefused::Skewed);
        }
        let same = proof(&auth, Some(&auth));
        assert_eq!(same.check(&self::expected(&auth, Some(&auth))), Err(EnrolmentProofRefused::SameKey));
        assert!(!format!("{right:?}").contains("nonce-1"));
    }

    #[test]
    fn another_type_of_document_is_refused() {
        let auth = key(Algorithm::EdDsa);
        let compact = auth.sign_jws(crate::proof::TYP, "k", &proof(&auth, None)).unwrap();
        let refused = verify(&compact, auth.public(), &expected(&auth, None));
        assert_eq!(refused, Err(EnrolmentProofRefused::Jws(JwsRefused::Type)));
    }
}
