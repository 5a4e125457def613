//! What an App Space sets for the Authenticator API, here or in AWS.

use countersign_crypto::authenticator::{AppKey, ProviderKey};
use countersign_crypto::sealing::SealingKeys;
use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_settings::{AuthenticatorSettings, Bank};
use countersign_domain::device::PublicKey;
use countersign_lambda::device::keep_key;
use countersign_lambda::{App, Refusal, provider_key};

/// What an administrator chose.
#[derive(Debug, Clone)]
pub struct NewAuthenticator {
    /// Where users find help.
    pub support_email: String,
    /// The logo, `https://…`.
    pub logo_url: Option<String>,
    /// Whether apps offer the list of consents.
    pub consent_management: bool,
    /// Whether apps must tell where they are.
    pub geolocation_required: Option<bool>,
    /// Who encrypts for the apps in place of the service.
    pub bank: Option<Bank>,
}

impl NewAuthenticator {
    /// The settings of `app_space`, with `key` as its own.
    ///
    /// # Errors
    /// [`Refusal::Internal`] for a key without JSON.
    pub fn provision(
        self,
        app: &App,
        sealing: &SealingKeys,
        app_space: &AppSpace,
        key: &ProviderKey,
    ) -> Result<AuthenticatorSettings, Refusal> {
        Ok(AuthenticatorSettings {
            app_space: app_space.id,
            name: app_space.name.clone(),
            logo_url: self.logo_url,
            support_email: self.support_email,
            consent_management: self.consent_management,
            geolocation_required: self.geolocation_required,
            public_key: keep(key.public())?,
            private_key: provider_key::seal(sealing, app_space.id, key, app.random()),
            bank: self.bank,
        })
    }
}

/// A public key as settings keep it.
///
/// # Errors
/// As [`keep_key`].
pub fn keep(key: &AppKey) -> Result<PublicKey, Refusal> {
    keep_key(key.public_jwk(), &key.thumbprint())
}
