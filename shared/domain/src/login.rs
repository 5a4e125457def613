//! A login under way at an identity provider: how a device begins to bind where Request Origins do not.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::device::{AuthenticatorVersion, Platform, PublicKey};
use crate::id::{AppSpaceId, DeviceId};
use crate::identity_provider::IdentityProvider;
use crate::text::PushToken;
use crate::time::Timestamp;

/// What is remembered between the redirect to the provider and the way back. It is removed when the way back is taken: a
/// state serves once.
#[derive(Clone, Serialize, Deserialize)]
pub struct Login {
    /// Where the user will belong.
    pub app_space: AppSpaceId,
    /// [`IdentityProvider::id`] of where the user was sent.
    pub provider: String,
    /// SHA-256 of `state`, which is not kept.
    pub state_hash: String,
    /// The PKCE code verifier (RFC 7636), sealed.
    pub verifier: String,
    /// What the id token must repeat.
    pub nonce: String,
    /// Where the provider was told to send the user back to.
    pub redirect_uri: String,
    /// The thumbprint of the auth key with which the device must finish: whoever else learns the enrolment token cannot.
    pub auth_key: String,
    /// Of the Authenticator API: the app that waits for the end of the login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connecting: Option<Connecting>,
    /// Whether the web device began it: the browser is sent back to its page, and to no app.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub web_device: bool,
    /// From then on it is as if it had never been.
    pub expires_at: Timestamp,
}

/// An app of the Authenticator API that asked to be connected, before it is known whose it is.
#[derive(Clone, Serialize, Deserialize)]
pub struct Connecting {
    /// The device that it will be.
    pub device: DeviceId,
    /// Of the API.
    pub version: AuthenticatorVersion,
    /// Its RSA key; nothing where only the bank can read it.
    pub key: Option<PublicKey>,
    /// What it runs on.
    pub platform: Platform,
    /// Where it takes pushes.
    pub push_token: Option<PushToken>,
    /// Where the browser brings the access token.
    pub return_url: String,
}

impl fmt::Debug for Connecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connecting").field("device", &self.device).finish_non_exhaustive()
    }
}

impl fmt::Debug for Login {
    /// Without verifier, nonce and hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("app_space", &self.app_space)
            .field("provider", &self.provider)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Login {
    /// Whether it still leads anywhere, at the provider that the App Space has by now.
    pub fn is_open(&self, provider: &IdentityProvider, now: Timestamp) -> bool {
        now < self.expires_at && self.provider == provider.id()
    }
}

#[cfg(test)]
mod tests {
    use crate::samples::{EXPIRY, at, identity_provider, login};

    #[test]
    fn it_is_open_until_it_expires_or_the_provider_is_another() {
        assert!(login().is_open(&identity_provider(), at(EXPIRY - 1)));
        assert!(!login().is_open(&identity_provider(), at(EXPIRY)));
        let mut other = identity_provider();
        if let crate::identity_provider::IdpProtocol::OpenIdConnect(settings) = &mut other.protocol {
            settings.issuer = "https://other.example".into();
        }
        assert!(!login().is_open(&other, at(1)));
    }
}
