//! Compact JSON Web Encryption (RFC 7516) to the public key of a device. The service only encrypts: what is encrypted
//! to a device, nobody but the device reads.
//!
//! The content is encrypted with `A256GCM`. Its key is wrapped with `RSA-OAEP-256` for an RSA key, and agreed with
//! `ECDH-ES`, from an ephemeral key and without wrapping, for a P-256 key (RFC 7518, sections 4.3, 4.6 and 5.3).

mod concat_kdf;
mod key;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::rsa::{
    OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey, PublicKeyComponents,
};
use countersign_domain::chance::{self, Random};
use serde::Serialize;
use zeroize::Zeroizing;

pub use self::key::EncryptionKey;
use self::key::Key;
use crate::digest::sha256;
use crate::encoding::base64url;
use crate::jwk::{P256Key, PublicJwk, RsaKey};

/// The content encryption (RFC 7518, section 5.3).
const ENC: &str = "A256GCM";

/// The backend could not encrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the content could not be encrypted")]
pub struct EncryptionFailed;

/// The protected header (RFC 7516, section 4).
#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    enc: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epk: Option<PublicJwk>,
}

/// The key that encrypts the content, and how the device gets to it.
struct ContentKey {
    key: Zeroizing<[u8; 32]>,
    /// Empty where the key was agreed.
    wrapped: Vec<u8>,
    ephemeral: Option<PublicJwk>,
}

impl EncryptionKey {
    /// The payload as a compact JWE that only the key's owner can open. It names the key by its `kid` if it has one.
    ///
    /// # Errors
    /// [`EncryptionFailed`].
    pub fn encrypt(&self, payload: &[u8], random: &dyn Random) -> Result<String, EncryptionFailed> {
        // The steps of RFC 7516, section 5.1: 1 to 8, the content key.
        let ContentKey { key, wrapped, ephemeral } = match &self.key {
            Key::P256(public) => agree(public, random)?,
            Key::Rsa(public) => wrap(public, random)?,
        };
        // 9.
        let nonce = chance::bytes::<12>(random);
        // 12 and 13.
        let header = Header { alg: self.alg(), enc: ENC, kid: self.kid(), epk: ephemeral };
        let header = base64url(&serde_json::to_vec(&header).map_err(|_| EncryptionFailed)?);
        // 14 and 15: the header's text is the associated data.
        let mut content = payload.to_vec();
        let cipher = UnboundKey::new(&AES_256_GCM, key.as_slice()).map_err(|_| EncryptionFailed)?;
        let tag = LessSafeKey::new(cipher)
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(header.as_bytes()),
                &mut content,
            )
            .map_err(|_| EncryptionFailed)?;
        // 19.
        let parts = [&wrapped[..], &nonce, &content, tag.as_ref()].map(base64url);
        Ok(format!("{header}.{}", parts.join(".")))
    }
}

/// A content key that only the owner of `public` can agree on, from a fresh key (RFC 7518, section 4.6).
fn agree(public: &P256Key, random: &dyn Random) -> Result<ContentKey, EncryptionFailed> {
    let ephemeral = ephemeral(random)?;
    let point = ephemeral.compute_public_key().map_err(|_| EncryptionFailed)?;
    let peer = UnparsedPublicKey::new(&ECDH_P256, public.sec1());
    let key = agreement::agree(&ephemeral, peer, EncryptionFailed, |shared| {
        Ok(Zeroizing::new(concat_kdf::derive(shared, ENC, b"", b"")))
    })?;
    let ephemeral = PublicJwk::p256(point.as_ref()).map_err(|_| EncryptionFailed)?;
    Ok(ContentKey { key, wrapped: Vec::new(), ephemeral: Some(ephemeral) })
}

/// A scalar must be below the group's order, so a candidate may be refused (about one in 2^32). Candidates are hashes
/// of one draw and a counter, so that this ends whatever `random` yields.
fn ephemeral(random: &dyn Random) -> Result<PrivateKey, EncryptionFailed> {
    let mut seed = Zeroizing::new([0; 33]);
    random.fill(&mut seed[..32]);
    (0..=u8::MAX)
        .find_map(|attempt| {
            seed[32] = attempt;
            PrivateKey::from_private_key(&ECDH_P256, &*Zeroizing::new(sha256(&*seed))).ok()
        })
        .ok_or(EncryptionFailed)
}

/// A fresh content key, encrypted to `public` (RFC 7518, section 4.3). The backend draws the padding's seed.
fn wrap(public: &RsaKey, random: &dyn Random) -> Result<ContentKey, EncryptionFailed> {
    let key = Zeroizing::new(chance::bytes::<32>(random));
    let components = PublicKeyComponents { n: public.modulus(), e: public.exponent() };
    let public: PublicEncryptingKey = components.try_into().map_err(|_| EncryptionFailed)?;
    let public = OaepPublicEncryptingKey::new(public).map_err(|_| EncryptionFailed)?;
    let mut wrapped = vec![0; public.ciphertext_size()];
    let length = public
        .encrypt(&OAEP_SHA256_MGF1SHA256, key.as_slice(), &mut wrapped, None)
        .map_err(|_| EncryptionFailed)?
        .len();
    wrapped.truncate(length);
    Ok(ContentKey { key, wrapped, ephemeral: None })
}

#[cfg(test)]
mod tests;
