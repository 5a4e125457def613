//! The demo's App Space as apps of the Authenticator API reach it.

use std::sync::OnceLock;

use countersign_crypto::authenticator::ProviderKey;
use countersign_crypto::signing_key::KeyRefused;
use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::id::Tenant;
use countersign_lambda::authenticator_link::configuration_url;
use countersign_lambda::setup::authenticator::AuthenticatorWanted;
use serde::{Deserialize, Serialize};

use crate::demo::{DemoFailed, refused};

/// See [`crate::demo::Demo::authenticator`].
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoAuthenticator {
    /// What apps of v2 call it.
    pub provider_id: u64,
    /// What apps of v1 call it.
    pub provider_code: String,
    /// Where apps of v1 begin.
    pub configuration_v1: String,
    /// Where apps of v2 begin.
    pub configuration_v2: String,
    /// What apps of v2 encrypt to; PEM.
    pub public_key: String,
}

impl DemoAuthenticator {
    pub(crate) fn of(base_url: &str, tenant: Tenant, public_key: String) -> Self {
        Self {
            provider_id: tenant.number().get(),
            provider_code: tenant.to_string(),
            configuration_v1: configuration_url(base_url, tenant, AuthenticatorVersion::V1),
            configuration_v2: configuration_url(base_url, tenant, AuthenticatorVersion::V2),
            public_key,
        }
    }

    /// The same at another address.
    pub(crate) fn at(self, base_url: &str) -> Self {
        match self.provider_code.parse() {
            Ok(tenant) => Self::of(base_url, tenant, self.public_key),
            Err(_) => self,
        }
    }
}

pub(crate) fn demo_authenticator() -> AuthenticatorWanted {
    AuthenticatorWanted {
        support_email: Some("demo@countersign.example".into()),
        ..AuthenticatorWanted::default()
    }
}

/// The demo's key. To make one takes long, and tests start many bundles: one for each process.
pub(crate) fn provider_key() -> Result<&'static ProviderKey, DemoFailed> {
    static KEY: OnceLock<Result<ProviderKey, KeyRefused>> = OnceLock::new();
    KEY.get_or_init(ProviderKey::generate).as_ref().map_err(refused)
}
