//! The access token of an app: who holds it speaks for one device. It names that device itself, so that everything a
//! call needs can be read at once.

use countersign_domain::id::{DeviceId, UserId};
use countersign_domain::secret::Secret;
use serde::Serialize;
use zeroize::Zeroizing;

use super::app_key::AppKey;
use crate::encoding::{base64, base64url, from_base64url_exact};
use crate::jwe::EncryptionFailed;
use crate::sealing::{NoSuchKey, SealingKeys};
use crate::token::TokenHash;

/// Keeps these tokens apart from everything else that is derived.
const LABEL: &str = "authenticator-access-token";

const ID: usize = 16;
const SECRET: usize = 20;
const LENGTH: usize = ID + ID + SECRET;

/// User id, device id and 160 secret bits, as text 70 characters of base64url.
#[derive(Debug)]
pub struct AccessToken {
    user: UserId,
    device: DeviceId,
    text: Secret<String>,
}

/// The text has not the form of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an access token")]
pub struct NotAnAccessToken;

/// Whether `text` has the form of an [`AccessToken`]; a token that a bank makes must not.
pub fn has_our_form(text: &str) -> bool {
    AccessToken::parse(text).is_ok()
}

impl AccessToken {
    /// The token of a user's device under the sealing key `kid` (`None`: the current one): the same each time, so that
    /// an app that did not hear the answer can be given it again though only the hash was stored.
    ///
    /// # Errors
    /// [`NoSuchKey`] when `kid` is no longer in the ring.
    pub fn derived(
        keys: &SealingKeys,
        kid: Option<&str>,
        user: UserId,
        device: DeviceId,
    ) -> Result<Self, NoSuchKey> {
        let material = keys.derive(kid, LABEL, device.as_bytes())?;
        let secret = &material.expose()[..SECRET];
        let bytes = Zeroizing::new([user.as_bytes(), device.as_bytes(), secret].concat());
        Ok(Self { user, device, text: Secret::new(base64url(&bytes)) })
    }

    /// Reads what an app presents. Whether it is the device's is for the caller to find out, by [`AccessToken::hash`].
    ///
    /// # Errors
    /// [`NotAnAccessToken`].
    pub fn parse(text: &str) -> Result<Self, NotAnAccessToken> {
        let bytes = from_base64url_exact::<LENGTH>(text).map(Zeroizing::new).map_err(|_| NotAnAccessToken)?;
        let (user, rest) = bytes.split_first_chunk::<ID>().ok_or(NotAnAccessToken)?;
        let (device, _secret) = rest.split_first_chunk::<ID>().ok_or(NotAnAccessToken)?;
        Ok(Self {
            user: UserId::from_bytes(*user),
            device: DeviceId::from_bytes(*device),
            text: Secret::new(text.to_owned()),
        })
    }

    /// The user that the token names.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The device that the token names.
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// The text that the app keeps and presents.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// What is stored in its place. A plain hash is enough: 160 secret bits cannot be guessed.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.text.expose())
    }

    /// What version 2 puts into the redirect: `{"access_token":"…"}`, encrypted with RSAES-PKCS1-v1_5 to the app's
    /// key, in base64, which is still to be URL-encoded.
    ///
    /// # Errors
    /// [`EncryptionFailed`].
    pub fn redirect_value(&self, to: &AppKey) -> Result<String, EncryptionFailed> {
        #[derive(Serialize)]
        struct Content<'a> {
            access_token: &'a str,
        }
        let content = Content { access_token: self.text.expose() };
        let content = serde_json::to_vec(&content).map(Zeroizing::new).map_err(|_| EncryptionFailed)?;
        to.encrypt(&content).map(|encrypted| base64(&encrypted))
    }
}

#[cfg(test)]
mod tests;
