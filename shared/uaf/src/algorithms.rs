//! The numbers of signature algorithms and key encodings (FIDO Registry of Predefined Values, Authentication
//! Algorithms and Public Key Representation Formats).

use countersign_crypto::uaf_signature::{Form, KeyForm, KeyKind, Scheme};
use serde::{Deserialize, Serialize};

/// A signature algorithm with the encoding of its signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
#[repr(u16)]
pub enum SignatureAlgorithm {
    /// ECDSA on P-256 with SHA-256, r and s.
    P256Raw = 1,
    /// ECDSA on P-256 with SHA-256, DER.
    P256Der = 2,
    /// RSASSA-PSS with SHA-256, the bare signature.
    RsaPssRaw = 3,
    /// RSASSA-PSS with SHA-256, in a DER OCTET STRING.
    RsaPssDer = 4,
    /// ECDSA on secp256k1 with SHA-256, r and s.
    Secp256k1Raw = 5,
    /// ECDSA on secp256k1 with SHA-256, DER.
    Secp256k1Der = 6,
    /// RSASSA-PKCS1-v1_5 with SHA-256, the bare signature.
    RsaPkcs1Raw = 8,
    /// RSASSA-PKCS1-v1_5 with SHA-256, in a DER OCTET STRING.
    RsaPkcs1Der = 9,
}

/// The encoding of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
#[repr(u16)]
pub enum KeyEncoding {
    /// ANSI X9.62 uncompressed, 65 bytes.
    EcRaw = 0x100,
    /// DER SubjectPublicKeyInfo of a point.
    EcDer = 0x101,
    /// A modulus of 256 bytes, then the exponent.
    Rsa2048Raw = 0x102,
    /// DER of an RSA key.
    RsaDer = 0x103,
}

/// The number stands for no algorithm or encoding that is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no supported algorithm or encoding")]
pub struct Unsupported;

impl SignatureAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 8] = [
        Self::P256Raw,
        Self::P256Der,
        Self::RsaPssRaw,
        Self::RsaPssDer,
        Self::Secp256k1Raw,
        Self::Secp256k1Der,
        Self::RsaPkcs1Raw,
        Self::RsaPkcs1Der,
    ];

    /// How the signature is made.
    pub const fn scheme(self) -> Scheme {
        match self {
            Self::P256Raw | Self::P256Der => Scheme::EcdsaP256,
            Self::Secp256k1Raw | Self::Secp256k1Der => Scheme::EcdsaSecp256k1,
            Self::RsaPssRaw | Self::RsaPssDer => Scheme::RsaPss,
            Self::RsaPkcs1Raw | Self::RsaPkcs1Der => Scheme::RsaPkcs1,
        }
    }

    /// How the signature is written.
    pub const fn form(self) -> Form {
        match self {
            Self::P256Raw | Self::RsaPssRaw | Self::Secp256k1Raw | Self::RsaPkcs1Raw => Form::Raw,
            Self::P256Der | Self::RsaPssDer | Self::Secp256k1Der | Self::RsaPkcs1Der => Form::Der,
        }
    }

    /// The kind of key that it needs.
    pub const fn key_kind(self) -> KeyKind {
        self.scheme().key_kind()
    }
}

impl KeyEncoding {
    /// Every encoding.
    pub const ALL: [Self; 4] = [Self::EcRaw, Self::EcDer, Self::Rsa2048Raw, Self::RsaDer];

    /// The form that the crypto module reads.
    pub const fn form(self) -> KeyForm {
        match self {
            Self::EcRaw => KeyForm::EcRaw,
            Self::EcDer => KeyForm::EcDer,
            Self::Rsa2048Raw => KeyForm::Rsa2048Raw,
            Self::RsaDer => KeyForm::RsaDer,
        }
    }
}

impl TryFrom<u16> for SignatureAlgorithm {
    type Error = Unsupported;

    fn try_from(number: u16) -> Result<Self, Unsupported> {
        Self::ALL.into_iter().find(|algorithm| *algorithm as u16 == number).ok_or(Unsupported)
    }
}

impl From<SignatureAlgorithm> for u16 {
    fn from(algorithm: SignatureAlgorithm) -> Self {
        algorithm as Self
    }
}

impl TryFrom<u16> for KeyEncoding {
    type Error = Unsupported;

    fn try_from(number: u16) -> Result<Self, Unsupported> {
        Self::ALL.into_iter().find(|encoding| *encoding as u16 == number).ok_or(Unsupported)
    }
}

impl From<KeyEncoding> for u16 {
    fn from(encoding: KeyEncoding) -> Self {
        encoding as Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_registry() {
        let algorithms: Vec<u16> =
            (0..=0xffff).filter(|number| SignatureAlgorithm::try_from(*number).is_ok()).collect();
        assert_eq!(algorithms, [1, 2, 3, 4, 5, 6, 8, 9]);
        let encodings: Vec<u16> =
            (0..=0xffff).filter(|number| KeyEncoding::try_from(*number).is_ok()).collect();
        assert_eq!(encodings, [0x100, 0x101, 0x102, 0x103]);
    }
}
