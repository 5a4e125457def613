//! What an App Space sets for the Authenticator API.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::device::PublicKey;
use crate::id::AppSpaceId;
use crate::outbound_url::OutboundUrl;

/// Settings of the Authenticator API, an item of their own: other calls do not read them.
#[derive(Clone, Serialize, Deserialize)]
pub struct AuthenticatorSettings {
    /// Whose they are.
    pub app_space: AppSpaceId,
    /// What apps call the App Space.
    pub name: String,
    /// Its logo, `https://…`.
    pub logo_url: Option<String>,
    /// Where its users find help.
    pub support_email: String,
    /// Whether apps offer the list of consents.
    pub consent_management: bool,
    /// Whether apps must tell where they are.
    pub geolocation_required: Option<bool>,
    /// The App Space's own RSA key: v2 apps encrypt to it, and it signs calls to the bank.
    pub public_key: PublicKey,
    /// Its private half, sealed: PKCS#8 DER.
    pub private_key: String,
    /// Who encrypts for the apps in place of the service.
    pub bank: Option<Bank>,
}

/// A bank with which the service speaks for the apps: the provider of the Authenticator API v2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bank {
    /// Where its calls begin; `/api/sca/v1/…` is added.
    pub url: OutboundUrl,
    /// RSA: apps encrypt to it, and it signs the bank's calls.
    pub public_key: PublicKey,
}

impl AuthenticatorSettings {
    /// The key that apps encrypt to.
    pub fn encryption_key(&self) -> &PublicKey {
        self.bank.as_ref().map_or(&self.public_key, |bank| &bank.public_key)
    }
}

impl fmt::Debug for AuthenticatorSettings {
    /// Without the private key, sealed as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticatorSettings").field("app_space", &self.app_space).finish_non_exhaustive()
    }
}
