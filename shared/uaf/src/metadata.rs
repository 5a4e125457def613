//! What is known of authenticator models (FIDO Metadata Statements).

use countersign_crypto::encoding::from_base64;
use serde::{Deserialize, Deserializer, de};

use crate::aaid::Aaid;
use crate::algorithms::{KeyEncoding, SignatureAlgorithm};

/// The assertion scheme that is understood here.
pub const UAFV1TLV: &str = "UAFV1TLV";

/// The kinds of attestation, by their tags (FIDO UAF Registry, attestation tags).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttestationType {
    /// By a key that a certificate stands for.
    BasicFull,
    /// By the registered key itself: it shows possession and nothing about the model.
    BasicSurrogate,
    /// Direct anonymous attestation; a statement may list it, an assertion with it is refused.
    Ecdaa,
}

impl AttestationType {
    /// The tag that stands for it.
    pub const fn tag(self) -> u16 {
        match self {
            Self::BasicFull => crate::tags::ATTESTATION_BASIC_FULL,
            Self::BasicSurrogate => crate::tags::ATTESTATION_BASIC_SURROGATE,
            Self::Ecdaa => crate::tags::ATTESTATION_ECDAA,
        }
    }

    /// The kind that a tag stands for.
    pub fn from_tag(tag: u16) -> Option<Self> {
        [Self::BasicFull, Self::BasicSurrogate, Self::Ecdaa].into_iter().find(|kind| kind.tag() == tag)
    }
}

impl<'de> Deserialize<'de> for AttestationType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_tag(u16::deserialize(deserializer)?)
            .ok_or_else(|| de::Error::custom("is no kind of attestation"))
    }
}

/// A certificate in DER; in JSON, standard base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootCertificate(pub Vec<u8>);

impl<'de> Deserialize<'de> for RootCertificate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_base64(&String::deserialize(deserializer)?).map(Self).map_err(de::Error::custom)
    }
}

/// The metadata statement of a model. In JSON as the FIDO Alliance publishes it, with numbers for all constants;
/// members that play no part here are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// The model.
    pub aaid: Aaid,
    /// The earliest version that is trustworthy.
    pub authenticator_version: u16,
    /// The encoding of its assertions.
    pub assertion_scheme: String,
    /// The algorithms of its signatures.
    #[serde(rename = "authenticationAlgorithm", deserialize_with = "one_or_many")]
    pub authentication_algorithms: Vec<SignatureAlgorithm>,
    /// The encodings of its public keys.
    #[serde(rename = "publicKeyAlgAndEncoding", deserialize_with = "one_or_many")]
    pub key_encodings: Vec<KeyEncoding>,
    /// The kinds of attestation it makes.
    pub attestation_types: Vec<AttestationType>,
    /// Trust anchors of its attestation: roots, intermediate certificates, or the attestation certificate itself.
    #[serde(default)]
    pub attestation_root_certificates: Vec<RootCertificate>,
    /// How it verifies users: alternatives, each of factors that are all needed.
    #[serde(default)]
    pub user_verification_details: Vec<Vec<UserVerification>>,
    /// How it protects keys, flags.
    #[serde(default)]
    pub key_protection: u16,
    /// How it protects the comparison of biometrics or PINs, flags.
    #[serde(default)]
    pub matcher_protection: u16,
    /// How it is attached, flags.
    #[serde(default)]
    pub attachment_hint: u32,
    /// How it shows transactions, flags; 0 where it cannot.
    #[serde(default)]
    pub tc_display: u16,
    /// Whether the model was withdrawn. Not part of the published statement; status reports say it.
    #[serde(default)]
    pub revoked: bool,
}

/// One factor of user verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserVerification {
    /// One flag (FIDO Registry of Predefined Values, User Verification Methods).
    pub user_verification: u32,
}

/// `USER_VERIFY_ALL`: all factors of the other flags are needed.
pub const USER_VERIFY_ALL: u32 = 0x400;

impl Statement {
    /// The alternatives of user verification as flags; several factors of one alternative carry
    /// [`USER_VERIFY_ALL`].
    pub fn user_verifications(&self) -> impl Iterator<Item = u32> + '_ {
        self.user_verification_details.iter().map(|factors| {
            let flags = factors.iter().fold(0, |flags, factor| flags | factor.user_verification);
            if factors.len() > 1 { flags | USER_VERIFY_ALL } else { flags }
        })
    }
}

/// Where statements come from.
pub trait Metadata {
    /// The statement of a model, if it is known.
    fn statement(&self, aaid: &Aaid) -> Option<&Statement>;
}

impl Metadata for [Statement] {
    fn statement(&self, aaid: &Aaid) -> Option<&Statement> {
        self.iter().find(|statement| statement.aaid == *aaid)
    }
}

impl Metadata for Vec<Statement> {
    fn statement(&self, aaid: &Aaid) -> Option<&Statement> {
        self.as_slice().statement(aaid)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

/// Version 1 of the statement has one number, some publishers write several.
fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_published_statement_is_read() {
        let mut json = json!({
            "aaid": "1234#5678", "description": "A sample", "authenticatorVersion": 2, "assertionScheme": "UAFV1TLV",
            "upv": [{ "major": 1, "minor": 1 }], "authenticationAlgorithm": 1, "publicKeyAlgAndEncoding": 256,
            "attestationTypes": [15879, 15880], "userVerificationDetails": [[{ "userVerification": 2 }],
                [{ "userVerification": 4 }, { "userVerification": 16 }]],
            "keyProtection": 6, "matcherProtection": 2, "attachmentHint": 1, "tcDisplay": 3,
            "attestationRootCertificates": ["AQI="],
        });
        let statement: Statement = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(statement.authentication_algorithms, [SignatureAlgorithm::P256Raw]);
        assert_eq!(statement.key_encodings, [KeyEncoding::EcRaw]);
        assert_eq!(
            statement.attestation_types,
            [AttestationType::BasicFull, AttestationType::BasicSurrogate]
        );
        assert_eq!(statement.attestation_root_certificates, [RootCertificate(vec![1, 2])]);
        assert_eq!(statement.user_verifications().collect::<Vec<_>>(), [2, 4 | 16 | USER_VERIFY_ALL]);
        assert!(!statement.revoked);
        assert!(vec![statement].statement(&"1234#5679".parse().unwrap()).is_none());

        json["authenticationAlgorithm"] = json!([1, 2]);
        assert_eq!(
            serde_json::from_value::<Statement>(json.clone()).unwrap().authentication_algorithms.len(),
            2
        );
        for (member, bad) in [
            ("authenticationAlgorithm", json!(7)),
            ("publicKeyAlgAndEncoding", json!(1)),
            ("attestationTypes", json!([1])),
            ("aaid", json!("1234")),
            ("attestationRootCertificates", json!(["-_"])),
        ] {
            let mut wrong = json.clone();
            wrong[member] = bad;
            assert!(serde_json::from_value::<Statement>(wrong).is_err(), "{member}");
        }
    }
}
