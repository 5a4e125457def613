//! The RSA public key of an app, or of an App Space, as the Authenticator API carries it: PEM text.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey, PublicKeyComponents};

use super::base64_lines;
use crate::digest::Digest;
use crate::encoding::base64;
use crate::jwe::EncryptionFailed;
use crate::jwk::PublicJwk;
use crate::uaf_signature::{KeyForm, KeyKind, UafPublicKey};

/// The longest PEM text that is read, in bytes; a key of 4096 bits needs about 800.
const LONGEST: usize = 4096;

/// The labels of SubjectPublicKeyInfo (RFC 7468, section 13) and of RSAPublicKey, which some apps write.
const LABELS: [&str; 2] = ["PUBLIC KEY", "RSA PUBLIC KEY"];

/// The length of a line of base64 in a PEM text (RFC 7468, section 2).
const LINE: usize = 64;

/// The text or the key is not an RSA public key with an odd modulus of 2048 to 4096 bits and the exponent 65537.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an RSA public key of 2048 to 4096 bits")]
pub struct NotAnAppKey;

/// An RSA public key of 2048 to 4096 bits with the exponent 65537, that the app's signatures are verified with and that
/// what the app may read is encrypted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppKey {
    jwk: PublicJwk,
    spki: Vec<u8>,
}

impl AppKey {
    /// From PEM text, `BEGIN PUBLIC KEY` or `BEGIN RSA PUBLIC KEY`, with lines of any length and any line ends, and
    /// white space around it; nothing else may stand in it.
    ///
    /// # Errors
    /// [`NotAnAppKey`].
    pub fn from_pem(pem: &str) -> Result<Self, NotAnAppKey> {
        if pem.len() > LONGEST {
            return Err(NotAnAppKey);
        }
        let der = LABELS.iter().find_map(|label| content(pem.trim(), label)).ok_or(NotAnAppKey)?;
        let der = base64_lines::decode(der).map_err(|_| NotAnAppKey)?;
        let key = UafPublicKey::read(KeyKind::Rsa, KeyForm::RsaDer, &der).map_err(|_| NotAnAppKey)?;
        Self::from_jwk(serde_json::from_value(key.jwk()).map_err(|_| NotAnAppKey)?)
    }

    /// From a JSON Web Key.
    ///
    /// # Errors
    /// [`NotAnAppKey`] for a key of another type.
    pub fn from_jwk(jwk: PublicJwk) -> Result<Self, NotAnAppKey> {
        let PublicJwk::Rsa(rsa) = &jwk else { return Err(NotAnAppKey) };
        let components = PublicKeyComponents { n: rsa.modulus(), e: rsa.exponent() };
        let key: PublicEncryptingKey = components.try_into().map_err(|_| NotAnAppKey)?;
        let spki: PublicKeyX509Der<'_> = key.as_der().map_err(|_| NotAnAppKey)?;
        Ok(Self { spki: spki.as_ref().to_vec(), jwk })
    }

    /// The key as a JSON Web Key; always [`PublicJwk::Rsa`].
    pub const fn public_jwk(&self) -> &PublicJwk {
        &self.jwk
    }

    /// The RFC 7638 thumbprint.
    pub fn thumbprint(&self) -> Digest {
        self.jwk.thumbprint()
    }

    /// The SubjectPublicKeyInfo as PEM text, `BEGIN PUBLIC KEY`, with a line feed at the end of every line.
    pub fn to_pem(&self) -> String {
        let [label, _] = LABELS;
        let mut rest = &*base64(&self.spki);
        let mut pem = format!("-----BEGIN {label}-----\n");
        while let Some((line, after)) =
            rest.split_at_checked(LINE.min(rest.len())).filter(|_| !rest.is_empty())
        {
            pem.extend([line, "\n"]);
            rest = after;
        }
        pem + &format!("-----END {label}-----\n")
    }

    /// `plain`, encrypted so that only the key's owner reads it (RSAES-PKCS1-v1_5, RFC 8017, section 7.2). The backend
    /// draws the padding's random bytes.
    ///
    /// # Errors
    /// [`EncryptionFailed`] for more bytes than the modulus has, less 11: 245 for a key of 2048 bits.
    pub(super) fn encrypt(&self, plain: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        let key = PublicEncryptingKey::from_der(&self.spki).map_err(|_| EncryptionFailed)?;
        let key = Pkcs1PublicEncryptingKey::new(key).map_err(|_| EncryptionFailed)?;
        let mut encrypted = vec![0; key.ciphertext_size()];
        let length = key.encrypt(plain, &mut encrypted).map_err(|_| EncryptionFailed)?.len();
        encrypted.truncate(length);
        Ok(encrypted)
    }
}

/// What stands between the first and the last line of a PEM text with this label.
fn content<'a>(pem: &'a str, label: &str) -> Option<&'a str> {
    pem.strip_prefix(&format!("-----BEGIN {label}-----"))?.strip_suffix(&format!("-----END {label}-----"))
}

#[cfg(test)]
mod tests;
