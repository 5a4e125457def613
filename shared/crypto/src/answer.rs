//! The answer to a challenge as a device signs it.

use countersign_domain::secret::Secret;
use countersign_domain::time::{Span, Timestamp};
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::Digest;
use crate::equal::equal;
use crate::freshness::is_fresh;
use crate::jwk::PublicJwk;
use crate::jws::{JwsRefused, Unverified};
use crate::secret_text;
use crate::signing_key::{SigningFailed, SigningKey};

/// The header's `typ`.
pub const TYP: &str = "countersign-answer+jwt";

/// What was answered; in JSON the button's number from 0, or the text `decline`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The button of this number, from 0.
    Button(u32),
    /// No button: the question itself was refused.
    Decline,
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Button(number) => serializer.serialize_u32(*number),
            Self::Decline => serializer.serialize_str("decline"),
        }
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Answer;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a button's number from 0, or \"decline\"")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Answer, E> {
                u32::try_from(number)
                    .map(Answer::Button)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
            }

            // Stores whose numbers have a sign.
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Answer, E> {
                u32::try_from(number)
                    .map(Answer::Button)
                    .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Answer, E> {
                if text == "decline" {
                    Ok(Answer::Decline)
                } else {
                    Err(E::custom("neither a button nor decline"))
                }
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// What a device signs: by its strong key where the answer asks for it, else by its auth key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerClaims {
    /// The challenge's id.
    pub challenge: String,
    /// SHA-256 of the canonical document that was shown.
    pub digest: Digest,
    /// What was answered.
    pub answer: Answer,
    /// Why it was declined (`cancelled`, `not_me`); with `decline` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_reason: Option<String>,
    /// The matching code as it was typed, where the challenge asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "secret_text")]
    pub code: Option<Secret<String>>,
    /// When it was made, in seconds since the epoch.
    pub iat: i64,
    /// The challenge's nonce.
    #[serde(with = "secret_nonce")]
    pub nonce: Secret<String>,
}

/// The nonce is a string in the signed document, and shown nowhere else.
mod secret_nonce {
    use countersign_domain::secret::Secret;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(nonce: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(nonce.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Secret<String>, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}

/// What an answer must say, whatever was answered.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The challenge's id.
    pub challenge: &'a str,
    /// SHA-256 of the challenge's canonical document.
    pub digest: Digest,
    /// The challenge's nonce.
    pub nonce: &'a str,
    /// Now.
    pub now: Timestamp,
    /// How far the device's clock may be from ours, before or after.
    pub tolerance: Span,
}

/// Why an answer was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerRefused {
    /// It is not the device's signature.
    #[error("the answer {0}")]
    Jws(#[from] JwsRefused),
    /// `challenge` is another one.
    #[error("the answer is for another challenge")]
    WrongChallenge,
    /// `digest` is not this challenge's document: something else was shown.
    #[error("the answer is for another document")]
    WrongDigest,
    /// `nonce` is not this challenge's.
    #[error("the answer has a wrong nonce")]
    WrongNonce,
    /// `declineReason` stands with an answer that is not `decline`.
    #[error("the answer has a decline reason but does not decline")]
    Contradiction,
    /// `iat` is too far from now.
    #[error("the answer's time is too far from the server's")]
    Skewed,
}

/// The claims of an answer that `key` has signed, checked against the challenge. Whether the answer exists,
/// needs the
/// strong key, or has the right code is the challenge's to say.
///
/// # Errors
/// [`AnswerRefused`].
pub fn verify(
    compact: &str,
    key: &PublicJwk,
    expected: &Expected<'_>,
) -> Result<AnswerClaims, AnswerRefused> {
    let claims: AnswerClaims = Unverified::parse(compact)?.claims(key, TYP)?;
    claims.check(expected)?;
    Ok(claims)
}

impl AnswerClaims {
    /// The answer as a device makes it; `kid` is the device's id.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn sign(&self, key: &SigningKey, kid: &str) -> Result<String, SigningFailed> {
        key.sign_jws(TYP, kid, self)
    }

    /// Whether the claims are for this challenge, now.
    ///
    /// # Errors
    /// [`AnswerRefused`], all but `Jws`.
    pub fn check(&self, expected: &Expected<'_>) -> Result<(), AnswerRefused> {
        if self.challenge != expected.challenge {
            return Err(AnswerRefused::WrongChallenge);
        }
        if self.digest != expected.digest {
            return Err(AnswerRefused::WrongDigest);
        }
        if !equal(self.nonce.expose().as_bytes(), expected.nonce.as_bytes()) {
            return Err(AnswerRefused::WrongNonce);
        }
        if self.decline_reason.is_some() && self.answer != Answer::Decline {
            return Err(AnswerRefused::Contradiction);
        }
        if !is_fresh(self.iat, expected.now, expected.tolerance) {
            return Err(AnswerRefused::Skewed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::jwk::Algorithm;
    use crate::system::SystemRandom;

    const NOW: Timestamp = Timestamp::from_secs(1_795_341_600);

    fn claims(answer: Answer) -> AnswerClaims {
        AnswerClaims {
            challenge: "challenge-1".to_owned(),
            digest: Digest::of(b"document"),
            answer,
            decline_reason: None,
            code: Some(Secret::new("493021".to_owned())),
            iat: NOW.secs(),
            nonce: Secret::new("nonce-1".to_owned()),
        }
    }

    fn expected() -> Expected<'static> {
        Expected {
            challenge: "challenge-1",
            digest: Digest::of(b"document"),
            nonce: "nonce-1",
            now: NOW,
            tolerance: Span::secs(60),
        }
    }

    fn key() -> SigningKey {
        SigningKey::generate(Algorithm::Es256, &SystemRandom).unwrap()
    }

    #[test]
    fn the_claims_are_written_as_documented() {
        assert_eq!(
            json!(claims(Answer::Button(1))),
            json!({
                "challenge": "challenge-1", "digest": Digest::of(b"document"), "answer": 1, "code": "493021",
                "iat": 1_795_341_600, "nonce": "nonce-1",
            })
        );
        let declined =
            AnswerClaims { decline_reason: Some("not_me".to_owned()), code: None, ..claims(Answer::Decline) };
        assert_eq!(json!(declined)["answer"], "decline");
        assert_eq!(json!(declined)["declineReason"], "not_me");
        assert!(json!(declined).get("code").is_none());
    }

    #[test]
    fn a_signed_answer_is_read_back() {
        let key = key();
        for answer in [Answer::Button(0), Answer::Button(7), Answer::Decline] {
            let compact = claims(answer).sign(&key, "device-1").unwrap();
            let read = verify(&compact, key.public(), &expected()).unwrap();
            assert_eq!(read.answer, answer);
            assert_eq!(read.code.as_ref().map(|code| code.expose().as_str()), Some("493021"));
        }
    }

    #[test]
    fn an_answer_to_anything_else_is_refused() {
        let right = claims(Answer::Button(0));
        let refused = |expected: Expected<'_>| right.check(&expected).unwrap_err();
        assert_eq!(
            refused(Expected { challenge: "challenge-2", ..expected() }),
            AnswerRefused::WrongChallenge
        );
        assert_eq!(
            refused(Expected { digest: Digest::of(b"other"), ..expected() }),
            AnswerRefused::WrongDigest
        );
        assert_eq!(refused(Expected { nonce: "nonce-2", ..expected() }), AnswerRefused::WrongNonce);
        assert_eq!(refused(Expected { now: NOW + Span::secs(61), ..expected() }), AnswerRefused::Skewed);
        assert_eq!(refused(Expected { now: NOW - Span::secs(61), ..expected() }), AnswerRefused::Skewed);
        let contradiction =
            AnswerClaims { decline_reason: Some("cancelled".to_owned()), ..claims(Answer::Button(0)) };
        assert_eq!(contradiction.check(&expected()), Err(AnswerRefused::Contradiction));
        let compact = right.sign(&key(), "device-1").unwrap();
        assert_eq!(
            verify(&compact, key().public(), &expected()).err(),
            Some(AnswerRefused::Jws(JwsRefused::Signature))
        );
    }

    #[test]
    fn malformed_claims_are_refused() {
        let key = key();
        for (member, value) in [
            ("answer", json!("approve")),
            ("answer", json!("Decline")),
            ("answer", json!("0")),
            ("answer", json!(-1)),
            ("answer", json!(0.5)),
            ("answer", json!(4_294_967_296_u64)),
            ("answer", json!(null)),
            ("answer", json!([0])),
            ("digest", json!("short")),
            ("code", json!(493_021)),
            ("nonce", json!(null)),
        ] {
            let mut claims: Value = json!(claims(Answer::Button(0)));
            claims[member] = value.clone();
            let compact = key.sign_jws(TYP, "device-1", &claims).unwrap();
            assert_eq!(
                verify(&compact, key.public(), &expected()).err(),
                Some(AnswerRefused::Jws(JwsRefused::Payload)),
                "{member} {value}"
            );
        }
        let proof = key.sign_jws(crate::proof::TYP, "device-1", &claims(Answer::Decline)).unwrap();
        assert_eq!(
            verify(&proof, key.public(), &expected()).err(),
            Some(AnswerRefused::Jws(JwsRefused::Type))
        );
    }

    #[test]
    fn debug_shows_neither_code_nor_nonce() {
        let shown = format!("{:?}", claims(Answer::Decline));
        assert!(!shown.contains("493021") && !shown.contains("nonce-1"));
    }

    proptest! {
        #[test]
        fn every_button_is_read_back(number in any::<u32>()) {
            let json = serde_json::to_string(&Answer::Button(number)).unwrap();
            prop_assert_eq!(json.clone(), number.to_string());
            prop_assert_eq!(serde_json::from_str::<Answer>(&json).unwrap(), Answer::Button(number));
        }

        #[test]
        fn any_flipped_byte_fails(place in any::<proptest::sample::Index>(), bit in 0u8..8) {
            let key = key();
            let mut bytes = claims(Answer::Button(0)).sign(&key, "device-1").unwrap().into_bytes();
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(text) = String::from_utf8(bytes) {
                prop_assert!(verify(&text, key.public(), &expected()).is_err());
            }
        }
    }
}
