//! What is encrypted between the service and an app: a fresh AES key, encrypted by RSA, and the content under it.

use countersign_domain::chance::{self, Random};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::app_key::AppKey;
use super::cbc;
use crate::encoding::base64;
use crate::jwe::EncryptionFailed;

/// The envelope could not be opened. There is one such value, whatever the reason was, see
/// [`ProviderKey::decrypt`](super::ProviderKey::decrypt).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("could not be decrypted")]
pub struct NotDecrypted;

/// `{key, iv, data}`, each member in base64: an AES-256 key and an initialization vector, each encrypted by itself with
/// RSAES-PKCS1-v1_5, and the content under them in CBC mode with PKCS#7 padding.
///
/// Members of other names are ignored when it is read. The member `algorithm` of version 1 is for the caller to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The key of 32 bytes, encrypted.
    pub key: String,
    /// The initialization vector of 16 bytes, encrypted.
    pub iv: String,
    /// The content, encrypted.
    pub data: String,
}

impl Envelope {
    /// `plain`, encrypted so that only the owner of `to` reads it. The base64 is written without line breaks.
    ///
    /// # Errors
    /// [`EncryptionFailed`].
    pub fn encrypt(to: &AppKey, plain: &[u8], random: &dyn Random) -> Result<Self, EncryptionFailed> {
        let key = Zeroizing::new(chance::bytes::<{ cbc::KEY }>(random));
        let iv = chance::bytes::<{ cbc::BLOCK }>(random);
        Ok(Self {
            key: base64(&to.encrypt(&*key)?),
            iv: base64(&to.encrypt(&iv)?),
            data: base64(&cbc::encrypt(&key, &iv, plain)?),
        })
    }
}

#[cfg(test)]
mod tests;
