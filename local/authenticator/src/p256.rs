//! Keys of ECDSA on P-256 with SHA-256: what both kinds of authenticator sign with.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::encoding::{base64url, from_base64url};

/// A key pair. Serde keeps it as base64url of PKCS#8 (RFC 5958), private part included; Debug shows none of it.
pub struct Key {
    pkcs8: Vec<u8>,
    raw: EcdsaKeyPair,
    der: EcdsaKeyPair,
}

/// The document is no PKCS#8 key of this curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoKey;

impl fmt::Display for NoKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is no PKCS#8 key of P-256")
    }
}

impl std::error::Error for NoKey {}

impl Key {
    /// A fresh pair.
    ///
    /// # Panics
    /// When the backend cannot make one.
    pub fn generate() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = pair.and_then(|pair| pair.to_pkcs8v1());
        let pkcs8 = document.expect("the backend makes keys of P-256").as_ref().to_vec();
        Self::from_pkcs8(&pkcs8).expect("what the backend wrote it reads")
    }

    /// From an unencrypted PKCS#8 document in DER.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, NoKey> {
        let read = |algorithm| EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).map_err(|_| NoKey);
        let (raw, der) = (read(&ECDSA_P256_SHA256_FIXED_SIGNING)?, read(&ECDSA_P256_SHA256_ASN1_SIGNING)?);
        Ok(Self { pkcs8: pkcs8.to_vec(), raw, der })
    }

    /// The public point, uncompressed as in ANSI X9.62: 4, x, y; 65 bytes.
    pub fn public(&self) -> Vec<u8> {
        self.raw.public_key().as_ref().to_vec()
    }

    /// A signature as r and s, 32 bytes each.
    pub fn sign_raw(&self, message: &[u8]) -> Vec<u8> {
        sign(&self.raw, message)
    }

    /// A signature as a DER ECDSA-Sig-Value (RFC 3279, section 2.2.3).
    pub fn sign_der(&self, message: &[u8]) -> Vec<u8> {
        sign(&self.der, message)
    }
}

fn sign(pair: &EcdsaKeyPair, message: &[u8]) -> Vec<u8> {
    let signature = pair.sign(&SystemRandom::new(), message);
    signature.expect("a key of P-256 signs any message").as_ref().to_vec()
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url(&self.pkcs8))
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pkcs8 = from_base64url(&String::deserialize(deserializer)?);
        pkcs8.ok_or(NoKey).and_then(|pkcs8| Self::from_pkcs8(&pkcs8)).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_kept_key_signs_as_before_in_both_forms() {
        let key = Key::generate();
        let kept = serde_json::to_string(&key).unwrap();
        let read: Key = serde_json::from_str(&kept).unwrap();
        let public = key.public();
        assert_eq!((public.len(), public[0]), (65, 4));
        let raw = read.sign_raw(b"message");
        assert_eq!(raw.len(), 64);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &public).verify(b"message", &raw).unwrap();
        let der = read.sign_der(b"message");
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &public).verify(b"message", &der).unwrap();
        assert_eq!(format!("{key:?}"), "Key(…)");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(Key::from_pkcs8(b"").unwrap_err(), NoKey);
        for text in ["\"\"", "\"AA==\"", "\"AAAA\"", "1"] {
            assert!(serde_json::from_str::<Key>(text).is_err(), "{text}");
        }
    }
}
