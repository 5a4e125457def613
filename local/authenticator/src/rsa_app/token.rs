//! The access token in a redirect of version 2: RSA alone carries it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_domain::chance::Random;
use serde::Deserialize;
use serde_json::json;

use super::envelope::NotOpened;
use super::from_base64;
use super::key::{KeyPair, PublicKey, RsaRefused};

#[derive(Deserialize)]
struct Content {
    access_token: String,
}

/// Encrypts an access token for the holder of a key; standard base64.
///
/// # Errors
/// [`RsaRefused`], also for a token that is too long for the key.
pub fn seal(to: &PublicKey, token: &str, random: &dyn Random) -> Result<String, RsaRefused> {
    let content = json!({ "access_token": token }).to_string();
    Ok(STANDARD.encode(to.encrypt(content.as_bytes(), random)?))
}

/// Decrypts an access token. Line breaks within the base64 are passed over, as apps do.
///
/// # Errors
/// [`NotOpened`].
pub fn open(with: &KeyPair, text: &str) -> Result<String, NotOpened> {
    let content = with.decrypt(&from_base64(text).ok_or(NotOpened)?).map_err(|_| NotOpened)?;
    let content: Content = serde_json::from_slice(&content).map_err(|_| NotOpened)?;
    Ok(content.access_token)
}
