//! The proof that every call of a device carries, in the style of DPoP (RFC 9449).

use countersign_domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::freshness::is_fresh;
use crate::jwk::PublicJwk;
use crate::jws::{JwsRefused, Unverified, json};
use crate::signing_key::{SigningFailed, SigningKey};

/// The header's `typ`.
pub const TYP: &str = "countersign-proof+jwt";

/// How far the device's clock may be from ours, before or after.
pub const TOLERANCE: Span = Span::secs(60);

/// What a device signs with its auth key for one call. Other members are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofClaims {
    /// The user's id. With the device's, the header's `kid`, it tells where the key is found.
    pub sub: String,
    /// The HTTP method.
    pub htm: String,
    /// The public URL of the call, without its query (RFC 9449, section 4.2).
    pub htu: String,
    /// When it was made, in seconds since the epoch.
    pub iat: i64,
    /// Makes the proof unique: 16 to 128 characters.
    pub jti: String,
    /// SHA-256 of the body; of no bytes where there is none.
    pub bh: Digest,
}

/// Why a proof was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofRefused {
    /// It is not the device's signature.
    #[error("the proof {0}")]
    Jws(#[from] JwsRefused),
    /// `jti` is too short or too long.
    #[error("the proof has a malformed jti")]
    MalformedId,
    /// `htm` is not this call's method.
    #[error("the proof is for another method")]
    WrongMethod,
    /// `htu` is not this call's URL.
    #[error("the proof is for another URL")]
    WrongUrl,
    /// `bh` is not the digest of this call's body.
    #[error("the proof is for another body")]
    WrongBody,
    /// `iat` is too far from now.
    #[error("the proof's time is too far from the server's")]
    Skewed,
}

/// The claims of a proof that `key`, the auth key of the device that its `kid` names, has signed. Not yet
/// checked
/// against the call: see [`check`].
///
/// # Errors
/// [`ProofRefused::Jws`], [`ProofRefused::MalformedId`].
pub fn verify(proof: &Unverified<'_>, key: &PublicJwk) -> Result<ProofClaims, ProofRefused> {
    let claims: ProofClaims = proof.claims(key, TYP)?;
    if !(16..=128).contains(&claims.jti.len()) {
        return Err(ProofRefused::MalformedId);
    }
    Ok(claims)
}

/// Whether the claims are for this call, now. That `jti` comes once only is the store's to say.
///
/// # Errors
/// [`ProofRefused::WrongMethod`], [`ProofRefused::WrongUrl`], [`ProofRefused::WrongBody`],
/// [`ProofRefused::Skewed`].
pub fn check(
    claims: &ProofClaims,
    method: &str,
    url: &str,
    body: &[u8],
    now: Timestamp,
    tolerance: Span,
) -> Result<(), ProofRefused> {
    if claims.htm != method {
        return Err(ProofRefused::WrongMethod);
    }
    if claims.htu != url {
        return Err(ProofRefused::WrongUrl);
    }
    if claims.bh != Digest::of(body) {
        return Err(ProofRefused::WrongBody);
    }
    if !is_fresh(claims.iat, now, tolerance) {
        return Err(ProofRefused::Skewed);
    }
    Ok(())
}

/// The user that an unverified proof names: enough to look for the key that will verify it, and no more.
pub fn claimed_user(proof: &Unverified<'_>) -> Option<String> {
    #[derive(Deserialize)]
    struct Claimed {
        sub: String,
    }
    json::<Claimed>(proof.unverified_payload()).map(|claimed| claimed.sub)
}

impl ProofClaims {
    /// The proof as a device makes it; `kid` is the device's id.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn sign(&self, key: &SigningKey, kid: &str) -> Result<String, SigningFailed> {
        key.sign_jws(TYP, kid, self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::jwk::Algorithm;
    use crate::system::SystemRandom;

    const NOW: Timestamp = Timestamp::from_secs(1_795_341_600);
    const URL: &str = "https://auth.example.com/device/v1/challenges";

    fn claims() -> ProofClaims {
        ProofClaims {
            sub: "user-1".to_owned(),
            htm: "POST".to_owned(),
            htu: URL.to_owned(),
            iat: NOW.secs(),
            jti: "a-jti-of-16-char".to_owned(),
            bh: Digest::of(b"body"),
        }
    }

    fn key() -> SigningKey {
        SigningKey::generate(Algorithm::Es256, &SystemRandom).unwrap()
    }

    fn verified(compact: &str, key: &SigningKey) -> Result<ProofClaims, ProofRefused> {
        verify(&Unverified::parse(compact)?, key.public())
    }

    #[test]
    fn a_proof_is_read_back_and_fits_its_call() {
        let key = key();
        let read = verified(&claims().sign(&key, "device-1").unwrap(), &key).unwrap();
        assert_eq!(read, claims());
        let compact = claims().sign(&key, "device-1").unwrap();
        let unverified = Unverified::parse(&compact).unwrap();
        assert_eq!(
            (unverified.kid(), claimed_user(&unverified).as_deref()),
            (Some("device-1"), Some("user-1"))
        );
        assert_eq!(check(&read, "POST", URL, b"body", NOW, TOLERANCE), Ok(()));
    }

    #[test]
    fn a_proof_fits_no_other_call() {
        let claims = claims();
        let check = |method, url, body: &[u8], now| check(&claims, method, url, body, now, TOLERANCE);
        assert_eq!(check("GET", URL, b"body", NOW), Err(ProofRefused::WrongMethod));
        assert_eq!(check("post", URL, b"body", NOW), Err(ProofRefused::WrongMethod));
        assert_eq!(check("POST", &URL[..URL.len() - 1], b"body", NOW), Err(ProofRefused::WrongUrl));
        assert_eq!(check("POST", URL, b"", NOW), Err(ProofRefused::WrongBody));
        for seconds in [-60, 60] {
            assert_eq!(check("POST", URL, b"body", NOW + Span::secs(seconds)), Ok(()));
            let beyond = NOW + Span::secs(seconds + seconds.signum());
            assert_eq!(check("POST", URL, b"body", beyond), Err(ProofRefused::Skewed));
        }
    }

    #[test]
    fn another_type_or_key_is_refused() {
        let key = key();
        let answer = key.sign_jws(crate::answer::TYP, "device-1", &claims()).unwrap();
        assert_eq!(verified(&answer, &key), Err(ProofRefused::Jws(JwsRefused::Type)));
        let proof = claims().sign(&self::key(), "device-1").unwrap();
        assert_eq!(verified(&proof, &key), Err(ProofRefused::Jws(JwsRefused::Signature)));
    }

    #[test]
    fn malformed_claims_are_refused_and_unknown_ones_ignored() {
        let key = key();
        let with = |member: &str, value: serde_json::Value| {
            let mut claims = json!(claims());
            claims[member] = value;
            verified(&key.sign_jws(TYP, "device-1", &claims).unwrap(), &key)
        };
        assert_eq!(with("extra", json!(1)), Ok(claims()));
        for jti in [String::new(), "x".repeat(15), "x".repeat(129)] {
            assert_eq!(with("jti", json!(jti)), Err(ProofRefused::MalformedId));
        }
        for (member, value) in
            [("iat", json!("1")), ("iat", json!(1.5)), ("bh", json!("abc")), ("htm", json!(null))]
        {
            assert_eq!(with(member, value), Err(ProofRefused::Jws(JwsRefused::Payload)), "{member}");
        }
    }

    proptest! {
        #[test]
        fn any_time_is_judged_without_overflow(iat in any::<i64>(), now in any::<i64>()) {
            let claims = ProofClaims { iat, ..claims() };
            let now = Timestamp::from_millis(now);
            let near = (i128::from(now.secs()) - i128::from(iat)).abs() <= 60;
            prop_assert_eq!(check(&claims, "POST", URL, b"body", now, TOLERANCE).is_ok(), near);
        }
    }
}
