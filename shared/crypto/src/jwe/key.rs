//! The public key that a device is written to with, as a JSON Web Key.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::Digest;
use crate::jwk::{JwkRefused, Members, P256Key, PublicJwk, RsaKey};

/// The longest `kid` that is taken, in bytes: it stands in every JWE.
const KID_MAX: usize = 256;

/// A public key to encrypt to: RSA of 2048 to 4096 bits with the exponent 65537, or P-256.
///
/// Serde reads and writes the JWK object with the members that denote the key, and `kid` if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptionKey {
    pub(super) key: Key,
    kid: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    P256(P256Key),
    Rsa(RsaKey),
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    key: PublicJwk,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

impl EncryptionKey {
    /// Reads a public JWK from JSON text. `alg`, if there, must be the key's own here: `RSA-OAEP-256` or `ECDH-ES`.
    ///
    /// # Errors
    /// [`JwkRefused`], the first reason that applies.
    pub fn parse(json: &str) -> Result<Self, JwkRefused> {
        #[derive(Deserialize)]
        struct Named {
            kid: Option<String>,
        }
        let members: Members = serde_json::from_str(json).map_err(|_| JwkRefused::NotAJwk)?;
        let Named { kid } = serde_json::from_str(json).map_err(|_| JwkRefused::NotAJwk)?;
        if kid.as_ref().is_some_and(|kid| kid.len() > KID_MAX) {
            return Err(JwkRefused::Member);
        }
        let (key, alg) = members.for_encryption()?;
        let key = match key {
            PublicJwk::P256(key) => Key::P256(key),
            PublicJwk::Rsa(key) => Key::Rsa(key),
            PublicJwk::Ed25519(_) => return Err(JwkRefused::KeyType),
        };
        let key = Self { key, kid };
        if alg.is_some_and(|alg| alg != key.alg()) { Err(JwkRefused::Algorithm) } else { Ok(key) }
    }

    /// SHA-256 over the required members (RFC 7638, section 3).
    pub fn thumbprint(&self) -> Digest {
        self.public().thumbprint()
    }

    /// How the content key is managed (RFC 7518, section 4.1).
    pub(super) const fn alg(&self) -> &'static str {
        match self.key {
            Key::P256(_) => "ECDH-ES",
            Key::Rsa(_) => "RSA-OAEP-256",
        }
    }

    /// What its owner calls it.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    fn public(&self) -> PublicJwk {
        match &self.key {
            Key::P256(key) => PublicJwk::P256(key.clone()),
            Key::Rsa(key) => PublicJwk::Rsa(key.clone()),
        }
    }
}

impl Serialize for EncryptionKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { key: self.public(), kid: self.kid() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EncryptionKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let jwk = serde_json::Value::deserialize(deserializer)?;
        Self::parse(&jwk.to_string()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// RFC 7516, appendix A.1.3, public part, and RFC 7518, appendix C, the key of Bob.
    const RSA: &str = r#"{"kty":"RSA","n":"oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48E-BVvxkeDNjbC4he8rUWcJoZmds2h7M70imEVhRU5djINXtqllXI4DFqcI1DgjT9LewND8MW2Krf3Spsk_ZkoFnilakGygTwpZ3uesH-PFABNIUYpOiN15dsQRkgr0vEhxN92i2asbOenSZeyaxziK72UwxrrKoExv6kc5twXTq4h-QChLOln0_mtUZwfsRaMStPs6mS6XrgxnxbWhojf663tuEQueGC-FCMfra36C9knDFGzKsNa7LZK2djYgyD3JR_MB_4NUJW_TqOQtwHYbxevoJArm-L5StowjzGy-_bq6Gw","e":"AQAB"}"#;
    const P256: &str = r#"{"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"}"#;

    fn with(json: &str, member: &str, value: Value) -> Result<EncryptionKey, JwkRefused> {
        let mut object: Value = serde_json::from_str(json).unwrap();
        object[member] = value;
        EncryptionKey::parse(&object.to_string())
    }

    #[test]
    fn a_key_is_written_as_it_was_read() {
        for json in [RSA, P256] {
            let key = EncryptionKey::parse(json).unwrap();
            let written = serde_json::to_string(&key).unwrap();
            assert_eq!(
                serde_json::from_str::<Value>(&written).unwrap(),
                serde_json::from_str::<Value>(json).unwrap()
            );
            assert_eq!(key.thumbprint(), PublicJwk::parse(json).unwrap().thumbprint());
            let named = with(json, "kid", json!("phone-1")).unwrap();
            assert_eq!((named.kid(), named.thumbprint()), (Some("phone-1"), key.thumbprint()));
            assert_eq!(serde_json::from_value::<EncryptionKey>(json!(named)).unwrap(), named);
        }
    }

    #[test]
    fn members_that_contradict_encryption_are_refused() {
        for (json, alg, others) in
            [(RSA, "RSA-OAEP-256", ["RSA-OAEP", "RSA1_5"]), (P256, "ECDH-ES", ["ECDH-ES+A256KW", "ES256"])]
        {
            assert_eq!(with(json, "alg", json!(alg)), EncryptionKey::parse(json));
            for other in others {
                assert_eq!(with(json, "alg", json!(other)), Err(JwkRefused::Algorithm), "{other}");
            }
            assert_eq!(with(json, "use", json!("enc")), EncryptionKey::parse(json));
            assert_eq!(with(json, "use", json!("sig")), Err(JwkRefused::Purpose));
            for ops in [json!([]), json!(["encrypt", "wrapKey"]), json!(["deriveKey"])] {
                assert_eq!(with(json, "key_ops", ops), EncryptionKey::parse(json));
            }
            for ops in [json!(["verify"]), json!(["decrypt"]), json!(["encrypt", "sign"])] {
                assert_eq!(with(json, "key_ops", ops), Err(JwkRefused::Purpose));
            }
            for member in ["d", "p", "k"] {
                assert_eq!(with(json, member, json!(null)), Err(JwkRefused::Private));
            }
            assert_eq!(with(json, "kid", json!("x".repeat(256))).map(|_| ()), Ok(()));
            assert_eq!(with(json, "kid", json!("x".repeat(257))), Err(JwkRefused::Member));
            assert_eq!(with(json, "kid", json!(7)), Err(JwkRefused::NotAJwk));
        }
    }

    #[test]
    fn other_keys_and_weak_ones_are_refused() {
        let okp = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        assert_eq!(EncryptionKey::parse(okp), Err(JwkRefused::KeyType));
        assert_eq!(with(P256, "crv", json!("P-384")), Err(JwkRefused::KeyType));
        assert_eq!(
            with(P256, "x", json!("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMU")),
            Err(JwkRefused::Point)
        );
        assert_eq!(with(RSA, "e", json!("Aw")), Err(JwkRefused::Exponent));
        let short = crate::encoding::base64url(&[0xff; 128]);
        assert_eq!(with(RSA, "n", json!(short)), Err(JwkRefused::Modulus));
        for json in ["", "null", "[]", "{}", "\"RSA\""] {
            assert_eq!(EncryptionKey::parse(json), Err(JwkRefused::NotAJwk), "{json}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = EncryptionKey::parse(&text);
        }

        #[test]
        fn no_member_panics(json in prop_oneof![Just(RSA), Just(P256)],
            member in "kty|crv|x|y|n|e|alg|use|kid|key_ops", value in "[A-Za-z0-9_-]{0,50}") {
            let _ = with(json, &member, json!(value));
        }
    }
}
