//! What is sent encrypted, in both directions: AES-256-CBC under a fresh key that RSA carries.

use aes::Aes256;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use countersign_domain::chance::{self, Random};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::from_base64;
use super::key::{KeyPair, PublicKey, RsaRefused};

/// Encrypted bytes, with key and IV for one reader. All three are standard base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// RSA PKCS#1 v1.5 of the 32 bytes of the key.
    pub key: String,
    /// RSA PKCS#1 v1.5 of the 16 bytes of the IV.
    pub iv: String,
    /// AES-256-CBC with PKCS#7.
    pub data: String,
}

/// What is encrypted is not for this key, broken, or not what it should be once it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is encrypted cannot be decrypted")]
pub struct NotOpened;

impl Envelope {
    /// Encrypts for the holder of a key.
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn seal(to: &PublicKey, plaintext: &[u8], random: &dyn Random) -> Result<Self, RsaRefused> {
        Self::seal_with(to, plaintext, &chance::bytes(random), &chance::bytes(random), random)
    }

    pub(super) fn seal_with(
        to: &PublicKey,
        plaintext: &[u8],
        key: &[u8; 32],
        iv: &[u8; 16],
        random: &dyn Random,
    ) -> Result<Self, RsaRefused> {
        let cipher = cbc::Encryptor::<Aes256>::new(key.into(), iv.into());
        Ok(Self {
            key: STANDARD.encode(to.encrypt(key, random)?),
            iv: STANDARD.encode(to.encrypt(iv, random)?),
            data: STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(plaintext)),
        })
    }

    /// Decrypts. Line breaks within the base64 are passed over, as apps do.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn open(&self, with: &KeyPair) -> Result<Vec<u8>, NotOpened> {
        let rsa = |text: &str| with.decrypt(&from_base64(text).ok_or(NotOpened)?).map_err(|_| NotOpened);
        let key: [u8; 32] = rsa(&self.key)?.try_into().map_err(|_| NotOpened)?;
        let iv: [u8; 16] = rsa(&self.iv)?.try_into().map_err(|_| NotOpened)?;
        let cipher = cbc::Decryptor::<Aes256>::new(&key.into(), &iv.into());
        let data = from_base64(&self.data).ok_or(NotOpened)?;
        cipher.decrypt_padded_vec::<Pkcs7>(&data).map_err(|_| NotOpened)
    }

    /// As [`Envelope::open`], where it holds text.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn open_text(&self, with: &KeyPair) -> Result<String, NotOpened> {
        String::from_utf8(self.open(with)?).map_err(|_| NotOpened)
    }

    /// As [`Envelope::open`], where it holds JSON.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn open_json(&self, with: &KeyPair) -> Result<Value, NotOpened> {
        serde_json::from_slice(&self.open(with)?).map_err(|_| NotOpened)
    }
}

impl TryFrom<&Value> for Envelope {
    type Error = NotOpened;

    /// From an object of JSON; other members are passed over.
    fn try_from(object: &Value) -> Result<Self, NotOpened> {
        Self::deserialize(object).map_err(|_| NotOpened)
    }
}

impl From<Envelope> for Value {
    fn from(Envelope { key, iv, data }: Envelope) -> Self {
        json!({ "key": key, "iv": iv, "data": data })
    }
}
