//! A device with just enough to sign what sample events carry. The reference client is the tests' package.

use countersign_crypto::answer::{Answer, AnswerClaims};
use countersign_crypto::digest::Digest;
use countersign_crypto::encoding::base64url;
use countersign_crypto::enrolment::EnrolmentProof;
use countersign_crypto::jwk::Algorithm;
use countersign_crypto::proof::ProofClaims;
use countersign_crypto::signing_key::{KeyRefused, SigningFailed, SigningKey};
use countersign_domain::chance::{self, Random};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use serde_json::Value;

/// The two keys of a device.
pub(super) struct Keys {
    pub(super) auth: SigningKey,
    pub(super) strong: SigningKey,
}

/// A device that enrolled.
pub(super) struct Device {
    pub(super) guid: String,
    pub(super) user: String,
    pub(super) keys: Keys,
}

impl Keys {
    pub(super) fn generate(random: &dyn Random) -> Result<Self, KeyRefused> {
        let pair = || SigningKey::generate(Algorithm::Es256, random);
        Ok(Self { auth: pair()?, strong: pair()? })
    }

    /// The proofs of both keys for the enrolment with this nonce: by the auth key, by the strong key.
    pub(super) fn prove(
        &self,
        nonce: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<[String; 2], SigningFailed> {
        let proof = EnrolmentProof {
            nonce: nonce.to_owned(),
            aud: audience.to_owned(),
            auth_key: self.auth.public().thumbprint(),
            strong_key: Some(self.strong.public().thumbprint()),
            iat: now.secs(),
        };
        Ok([proof.sign(&self.auth)?, proof.sign(&self.strong)?])
    }
}

impl Device {
    /// The proof of one call; `url` is without query.
    pub(super) fn prove(
        &self,
        method: &str,
        url: String,
        body: &[u8],
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<String, SigningFailed> {
        let claims = ProofClaims {
            sub: self.user.clone(),
            htm: method.to_owned(),
            htu: url,
            iat: now.secs(),
            jti: base64url(&chance::bytes::<16>(random)),
            bh: Digest::of(body),
        };
        claims.sign(&self.keys.auth, &self.guid)
    }

    /// Answers a challenge, as the Device API tells it, by one of the device's keys.
    pub(super) fn answer(
        &self,
        challenge: &Value,
        answer: Answer,
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<String, SigningFailed> {
        let text = |name: &str| challenge[name].as_str().unwrap_or_default();
        let claims = AnswerClaims {
            challenge: text("guid").to_owned(),
            digest: Digest::of(text("document").as_bytes()),
            decline_reason: matches!(answer, Answer::Decline).then(|| "cancelled".to_owned()),
            answer,
            code: None,
            iat: now.secs(),
            nonce: Secret::new(text("nonce").to_owned()),
        };
        claims.sign(key, &self.guid)
    }
}
