//! RSA keys as both ends of the Authenticator API have them: PEM, PKCS#1 v1.5 with SHA-256, PKCS#1 v1.5 encryption.

use std::fmt;

use countersign_domain::chance::Random;
use countersign_domain::secret::Secret;
use rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding};
use rsa::rand_core::{CryptoRng, Error, RngCore};
use rsa::signature::{SignatureEncoding, Signer, Verifier};
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey, RsaPublicKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use sha2::Sha256;

use super::from_base64;

/// The size of an app's key.
const BITS: usize = 2048;

/// The first and the last line of a SubjectPublicKeyInfo as text (RFC 7468, section 13).
const PEM: [&str; 2] = ["-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"];

/// A key or a message that RSA does nothing with: unreadable, of another size, or not for this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("RSA does not take this key or message")]
pub struct RsaRefused;

/// A key pair. Kept as PEM (PKCS#8), never printed.
pub struct KeyPair(SigningKey<Sha256>);

impl KeyPair {
    /// A fresh pair of 2048 bits.
    ///
    /// # Errors
    /// [`RsaRefused`], which does not happen with randomness that is any.
    pub fn generate(random: &dyn Random) -> Result<Self, RsaRefused> {
        let private = RsaPrivateKey::new(&mut Drawn(random), BITS).map_err(|_| RsaRefused)?;
        Ok(Self(SigningKey::new(private)))
    }

    /// From PEM (`BEGIN PRIVATE KEY`).
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn from_pem(pem: &str) -> Result<Self, RsaRefused> {
        RsaPrivateKey::from_pkcs8_pem(pem).map(|key| Self(SigningKey::new(key))).map_err(|_| RsaRefused)
    }

    /// As PEM (`BEGIN PRIVATE KEY`).
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn to_pem(&self) -> Result<Secret<String>, RsaRefused> {
        let pem = self.private().to_pkcs8_pem(LineEnding::LF).map_err(|_| RsaRefused)?;
        Ok(Secret::new(pem.to_string()))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.private().to_public_key())
    }

    /// RSA PKCS#1 v1.5 with SHA-256.
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, RsaRefused> {
        self.0.try_sign(message).map(|signature| signature.to_vec()).map_err(|_| RsaRefused)
    }

    /// What was encrypted by [`PublicKey::encrypt`].
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn decrypt(&self, ciphertext: &[u8]) -> Result<Vec<u8>, RsaRefused> {
        self.private().decrypt(Pkcs1v15Encrypt, ciphertext).map_err(|_| RsaRefused)
    }

    fn private(&self) -> &RsaPrivateKey {
        self.0.as_ref()
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair(…)")
    }
}

impl Clone for KeyPair {
    /// Two apps with one key are among the things that tests must be able to make.
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Serialize for KeyPair {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_pem().map_err(ser::Error::custom)?.expose().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for KeyPair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_pem(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A public key. Kept as PEM (SPKI).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(RsaPublicKey);

impl PublicKey {
    /// From PEM (`BEGIN PUBLIC KEY`), as strictly as the apps' platforms read it.
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn from_pem(pem: &str) -> Result<Self, RsaRefused> {
        RsaPublicKey::from_public_key_pem(pem).map(Self).map_err(|_| RsaRefused)
    }

    /// From PEM (`BEGIN PUBLIC KEY`) with lines of any length and white space around it, as a bank takes it from apps.
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn from_loose_pem(pem: &str) -> Result<Self, RsaRefused> {
        let [first, last] = PEM;
        let content = pem.trim().strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
        let der = content.and_then(from_base64).ok_or(RsaRefused)?;
        RsaPublicKey::from_public_key_der(&der).map(Self).map_err(|_| RsaRefused)
    }

    /// As PEM (`BEGIN PUBLIC KEY`).
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn to_pem(&self) -> Result<String, RsaRefused> {
        self.0.to_public_key_pem(LineEnding::LF).map_err(|_| RsaRefused)
    }

    /// RSA PKCS#1 v1.5: 11 bytes fewer than the modulus has fit in.
    ///
    /// # Errors
    /// [`RsaRefused`].
    pub fn encrypt(&self, plaintext: &[u8], random: &dyn Random) -> Result<Vec<u8>, RsaRefused> {
        self.0.encrypt(&mut Drawn(random), Pkcs1v15Encrypt, plaintext).map_err(|_| RsaRefused)
    }

    /// Whether this is what [`KeyPair::sign`] makes of the message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::try_from(signature) else { return false };
        VerifyingKey::<Sha256>::new(self.0.clone()).verify(message, &signature).is_ok()
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_pem().map_err(ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_pem(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// Randomness in the form that RustCrypto takes.
struct Drawn<'a>(&'a dyn Random);

impl RngCore for Drawn<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(countersign_domain::chance::bytes(self.0))
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(countersign_domain::chance::bytes(self.0))
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl CryptoRng for Drawn<'_> {}
