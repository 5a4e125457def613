//! The private key of an App Space, that apps encrypt to and that signs what the service sends to a bank.

use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use countersign_domain::secret::Secret;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::app_key::AppKey;
use super::envelope::{Envelope, NotDecrypted};
use super::{base64_lines, cbc};
use crate::digest::hmac_sha256;
use crate::encoding::base64url;
use crate::jwk::{Algorithm, JwkRefused};
use crate::signing_key::{KeyRefused, SigningFailed, SigningKey};

/// The protected header of a detached JWS.
const HEADER: &str = r#"{"alg":"RS256"}"#;

/// Keeps the bytes that stand in for a failed decryption apart from everything else that is derived.
const REJECTION: &[u8] = b"countersign implicit rejection 1";

/// The RSA private key of an App Space. Never printed, never cloned.
pub struct ProviderKey {
    decrypting: Pkcs1PrivateDecryptingKey,
    signing: SigningKey,
    public: AppKey,
    pkcs8: Zeroizing<Vec<u8>>,
    /// The key of the pseudo-random function of [`ProviderKey::unwrap`].
    rejection: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for ProviderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProviderKey({})", self.public.thumbprint())
    }
}

impl ProviderKey {
    /// A fresh key of 2048 bits. It takes long, and draws on the backend's own randomness.
    ///
    /// # Errors
    /// [`KeyRefused::Generation`].
    pub fn generate() -> Result<Self, KeyRefused> {
        PrivateDecryptingKey::generate(KeySize::Rsa2048)
            .map_err(|_| KeyRefused::Generation)
            .and_then(Self::of)
    }

    /// Reads an unencrypted PKCS#8 document in DER (RFC 5208), of 2048 to 4096 bits.
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyRefused> {
        PrivateDecryptingKey::from_pkcs8(der).map_err(|_| KeyRefused::Pkcs8).and_then(Self::of)
    }

    fn of(private: PrivateDecryptingKey) -> Result<Self, KeyRefused> {
        let der = private.as_der().map_err(|_| KeyRefused::Private)?;
        let pkcs8 = Zeroizing::new(der.as_ref().to_vec());
        let signing = SigningKey::from_pkcs8(Algorithm::Rs256, &pkcs8)?;
        let public = AppKey::from_jwk(signing.public().clone()).map_err(|_| JwkRefused::KeyType)?;
        Ok(Self {
            decrypting: Pkcs1PrivateDecryptingKey::new(private).map_err(|_| KeyRefused::Private)?,
            signing,
            public,
            rejection: Zeroizing::new(hmac_sha256(&pkcs8, REJECTION)),
            pkcs8,
        })
    }

    /// The key as an unencrypted PKCS#8 document in DER.
    pub fn to_pkcs8(&self) -> Secret<Vec<u8>> {
        Secret::new(self.pkcs8.to_vec())
    }

    /// The public part.
    pub const fn public(&self) -> &AppKey {
        &self.public
    }

    /// What an app has encrypted to this key.
    ///
    /// Whoever can tell whether an RSA ciphertext of his own making had the right PKCS#1 v1.5 padding learns, over many
    /// questions, what is in somebody else's (Bleichenbacher 1998). So this is kept from telling:
    /// - A ciphertext that does not decrypt to exactly as many bytes as it must is taken to hold pseudo-random ones, that
    ///   depend on this key and on that ciphertext alone (implicit rejection, after draft-irtf-cfrg-rsa-guidance). They
    ///   are the same at each try, as real content would be, whatever the rest of the envelope is. Everything goes on
    ///   with them, and nearly always ends at the padding of the content.
    /// - The choice between the two has no branch, and the content's padding is looked at in constant time.
    /// - There is one error. What the caller makes of the content, text or JSON or a code that is compared, must fail
    ///   with the same answer.
    ///
    /// Remaining:
    /// - The backend blinds its private-key operation, and looks at the padding in constant time, but then branches on
    ///   the outcome: it notes an error instead of copying the content. That is short beside the operation before it,
    ///   but not nothing to somebody on the same machine. The backend has no RSA decryption without padding, with which
    ///   it could be avoided.
    /// - CBC mode authenticates nothing. An altered envelope may decrypt, to other content; only a signature over the
    ///   envelope says who made it.
    /// - Who chooses `key` himself can test guesses at the bytes of an `iv` by whether the caller accepts the content.
    ///   The caller must accept only what costs him something: a code that is good once.
    ///
    /// # Errors
    /// [`NotDecrypted`], also where a member is not base64.
    pub fn decrypt(&self, envelope: &Envelope) -> Result<Secret<Vec<u8>>, NotDecrypted> {
        let [key, iv, data] =
            [&envelope.key, &envelope.iv, &envelope.data].map(|text| base64_lines::decode(text));
        let key = self.unwrap::<{ cbc::KEY }>(&key.map_err(|_| NotDecrypted)?);
        let iv = self.unwrap::<{ cbc::BLOCK }>(&iv.map_err(|_| NotDecrypted)?);
        cbc::decrypt(&key, &iv, data.map_err(|_| NotDecrypted)?).ok_or(NotDecrypted)
    }

    /// The `N` bytes (32 at most) that were encrypted, or pseudo-random ones, without telling which.
    fn unwrap<const N: usize>(&self, encrypted: &[u8]) -> Zeroizing<[u8; N]> {
        let instead = [&N.to_be_bytes()[..], encrypted].concat();
        let instead = Zeroizing::new(hmac_sha256(&*self.rejection, &instead));
        let mut opened = Zeroizing::new(vec![0; self.decrypting.min_output_size()]);
        let length = self.decrypting.decrypt(encrypted, &mut opened).map_or(0, |content| content.len());
        let right = length.ct_eq(&N);
        let mut chosen = Zeroizing::new([0; N]);
        for ((chosen, opened), instead) in chosen.iter_mut().zip(&*opened).zip(&*instead) {
            *chosen = u8::conditional_select(instead, opened, right);
        }
        chosen
    }

    /// A detached JWS over `body`, `header..signature` with RS256 (RFC 7515, appendix F).
    ///
    /// # Errors
    /// [`SigningFailed::Backend`].
    pub fn sign_detached(&self, body: &[u8]) -> Result<String, SigningFailed> {
        let header = base64url(HEADER.as_bytes());
        let signature = self.signing.sign(format!("{header}.{}", base64url(body)).as_bytes())?;
        Ok(format!("{header}..{}", base64url(&signature)))
    }
}

#[cfg(test)]
mod tests;
