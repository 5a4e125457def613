//! The signatures and public keys of FIDO UAF authenticators, verified by the one backend
//! (FIDO Registry of Predefined Values, Authentication Algorithms and Public Key Representation Formats).

mod jwk;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P256K1_SHA256_ASN1, ECDSA_P256K1_SHA256_FIXED,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

use crate::jwk::RsaKey;

/// How a signature is made; the hash is always SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// ECDSA on P-256.
    EcdsaP256,
    /// ECDSA on secp256k1.
    EcdsaSecp256k1,
    /// RSASSA-PSS with MGF1-SHA-256 and a salt of 32 bytes.
    RsaPss,
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1,
}

impl Scheme {
    /// The kind of key that such signatures need.
    pub const fn key_kind(self) -> KeyKind {
        match self {
            Self::EcdsaP256 => KeyKind::P256,
            Self::EcdsaSecp256k1 => KeyKind::Secp256k1,
            Self::RsaPss | Self::RsaPkcs1 => KeyKind::Rsa,
        }
    }
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// ECDSA: r and s of 32 bytes each, big-endian. RSA: the signature itself, as long as the modulus.
    Raw,
    /// ECDSA: a DER SEQUENCE of two INTEGERs. RSA: a DER OCTET STRING that holds the signature.
    Der,
}

/// What a public key is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A point on P-256.
    P256,
    /// A point on secp256k1.
    Secp256k1,
    /// An RSA modulus with the exponent 65537.
    Rsa,
}

/// How a public key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyForm {
    /// ANSI X9.62 uncompressed: 4, then x and y of 32 bytes each.
    EcRaw,
    /// A DER SubjectPublicKeyInfo (RFC 5480) with a named curve and an uncompressed point.
    EcDer,
    /// A modulus of 256 bytes, then the exponent, both big-endian.
    Rsa2048Raw,
    /// A DER SubjectPublicKeyInfo (RFC 4055) or RSAPublicKey (RFC 8017, appendix A.1.1).
    RsaDer,
}

/// The bytes are no acceptable public key: malformed, of another kind, off its curve, or weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an acceptable public key")]
pub struct KeyRefused;

/// A public key that was checked when it was read: its point is on its curve, or its modulus is odd and of 2048
/// to 4096 bits with the exponent 65537.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UafPublicKey(Key);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    P256([u8; 65]),
    Secp256k1([u8; 65]),
    Rsa(RsaKey),
}

/// What stands before the point in a SubjectPublicKeyInfo: id-ecPublicKey with the curve (RFC 5480, section 2.1.1;
/// SEC 2, section 2.4.1), then the header of the BIT STRING. DER leaves no other spelling.
const P256_SPKI: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const SECP256K1_SPKI: &[u8] = &[
    0x30, 0x56, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81,
    0x04, 0x00, 0x0a, 0x03, 0x42, 0x00,
];
const RSA_2048_LENGTH: usize = 256;

impl UafPublicKey {
    /// Reads a key that must be of this kind and written in this form.
    ///
    /// # Errors
    /// [`KeyRefused`], also for bytes after the key and for a second spelling of the same key in DER.
    pub fn read(kind: KeyKind, form: KeyForm, bytes: &[u8]) -> Result<Self, KeyRefused> {
        match (kind, form) {
            (KeyKind::P256 | KeyKind::Secp256k1, KeyForm::EcRaw) => Self::point(kind, bytes),
            (KeyKind::P256, KeyForm::EcDer) => {
                Self::point(kind, bytes.strip_prefix(P256_SPKI).ok_or(KeyRefused)?)
            }
            (KeyKind::Secp256k1, KeyForm::EcDer) => {
                Self::point(kind, bytes.strip_prefix(SECP256K1_SPKI).ok_or(KeyRefused)?)
            }
            (KeyKind::Rsa, KeyForm::Rsa2048Raw) => {
                let (modulus, exponent) = bytes.split_at_checked(RSA_2048_LENGTH).ok_or(KeyRefused)?;
                Self::rsa(modulus, exponent)
            }
            (KeyKind::Rsa, KeyForm::RsaDer) => {
                let key = rsa::PublicKey::from_der(bytes).map_err(|_| KeyRefused)?;
                // The backend overlooks what follows the key, so the key must be all there is.
                let spki: PublicKeyX509Der<'_> = key.as_der().map_err(|_| KeyRefused)?;
                if bytes != spki.as_ref() && bytes != key.as_ref() {
                    return Err(KeyRefused);
                }
                Self::rsa(
                    key.modulus().big_endian_without_leading_zero(),
                    key.exponent().big_endian_without_leading_zero(),
                )
            }
            _ => Err(KeyRefused),
        }
    }

    /// Reads the SubjectPublicKeyInfo of a certificate.
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn from_spki(kind: KeyKind, der: &[u8]) -> Result<Self, KeyRefused> {
        let form = if kind == KeyKind::Rsa { KeyForm::RsaDer } else { KeyForm::EcDer };
        Self::read(kind, form, der)
    }

    fn point(kind: KeyKind, bytes: &[u8]) -> Result<Self, KeyRefused> {
        let point: [u8; 65] = bytes.try_into().map_err(|_| KeyRefused)?;
        if point[0] != 4 {
            return Err(KeyRefused);
        }
        let (algorithm, key) = match kind {
            KeyKind::P256 => (&ECDSA_P256_SHA256_FIXED, Key::P256(point)),
            KeyKind::Secp256k1 => (&ECDSA_P256K1_SHA256_FIXED, Key::Secp256k1(point)),
            KeyKind::Rsa => return Err(KeyRefused),
        };
        ParsedPublicKey::new(algorithm, point).map_err(|_| KeyRefused)?;
        Ok(Self(key))
    }

    fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyRefused> {
        let key = RsaKey::from_components(modulus.to_vec(), exponent).map_err(|_| KeyRefused)?;
        Ok(Self(Key::Rsa(key)))
    }

    /// What the key is of.
    pub const fn kind(&self) -> KeyKind {
        match self.0 {
            Key::P256(_) => KeyKind::P256,
            Key::Secp256k1(_) => KeyKind::Secp256k1,
            Key::Rsa(_) => KeyKind::Rsa,
        }
    }

    /// Whether `signature` is this key's over `message`. A scheme of another kind of key never is.
    pub fn verify(&self, scheme: Scheme, form: Form, message: &[u8], signature: &[u8]) -> bool {
        let by_point = |algorithm, point: &[u8; 65]| {
            UnparsedPublicKey::new(algorithm, point).verify(message, signature).is_ok()
        };
        match (&self.0, scheme, form) {
            (Key::P256(point), Scheme::EcdsaP256, Form::Raw) => by_point(&ECDSA_P256_SHA256_FIXED, point),
            (Key::P256(point), Scheme::EcdsaP256, Form::Der) => by_point(&ECDSA_P256_SHA256_ASN1, point),
            (Key::Secp256k1(point), Scheme::EcdsaSecp256k1, Form::Raw) => {
                by_point(&ECDSA_P256K1_SHA256_FIXED, point)
            }
            (Key::Secp256k1(point), Scheme::EcdsaSecp256k1, Form::Der) => {
                by_point(&ECDSA_P256K1_SHA256_ASN1, point)
            }
            (Key::Rsa(key), Scheme::RsaPss | Scheme::RsaPkcs1, form) => {
                let signature = match form {
                    Form::Raw => Some(signature),
                    Form::Der => octet_string(signature),
                };
                let parameters = match scheme {
                    Scheme::RsaPss => &RSA_PSS_2048_8192_SHA256,
                    _ => &RSA_PKCS1_2048_8192_SHA256,
                };
                let key = RsaPublicKeyComponents { n: key.modulus(), e: key.exponent() };
                signature.is_some_and(|signature| key.verify(parameters, message, signature).is_ok())
            }
            _ => false,
        }
    }
}

/// The content of a DER OCTET STRING that is all of `der`. An RSA signature of 2048 to 4096 bits has 256 to 512
/// bytes, whose length DER writes in exactly two bytes.
fn octet_string(der: &[u8]) -> Option<&[u8]> {
    let (&[tag, form, high, low], content) = der.split_first_chunk::<4>()?;
    let length = usize::from(u16::from_be_bytes([high, low]));
    ((tag, form) == (0x04, 0x82) && high != 0 && length == content.len()).then_some(content)
}

#[cfg(test)]
#[path = "uaf_signature_tests.rs"]
mod tests;
