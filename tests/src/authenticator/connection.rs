//! What an app keeps of a connection.

use std::fmt;

use countersign_domain::secret::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::configuration::Configuration;
use super::key::{KeyPair, PublicKey};
use super::link::ApiVersion;
use crate::device::service_url::ServiceUrl;

/// A connection: one key of one user at one App Space.
#[derive(Debug, Serialize, Deserialize)]
pub struct Connection {
    /// Where it was made.
    #[serde(flatten)]
    pub provider: Provider,
    /// Its id: a GUID in version 1, a number in version 2.
    pub id: String,
    /// Names it in every call.
    pub access_token: AccessToken,
    /// Signs, and opens what is encrypted for it.
    pub key: KeyPair,
}

/// As much of a configuration as a connection needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// The version of the API.
    pub version: ApiVersion,
    /// The base of all calls.
    pub service_url: ServiceUrl,
    /// Code or id.
    pub provider: String,
    /// What people call it.
    pub provider_name: String,
    /// What the app encrypts with; only in version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_public_key: Option<PublicKey>,
    /// Whether decisions must say where the phone is.
    #[serde(default)]
    pub geolocation_required: bool,
}

impl From<&Configuration> for Provider {
    fn from(configuration: &Configuration) -> Self {
        Self {
            version: configuration.version,
            service_url: configuration.service_url.clone(),
            provider: configuration.provider.clone(),
            provider_name: configuration.name.clone(),
            provider_public_key: configuration.provider_public_key.clone(),
            geolocation_required: configuration.geolocation_required == Some(true),
        }
    }
}

/// A connection's access token. Never printed.
pub struct AccessToken(Secret<String>);

impl AccessToken {
    /// Hides the text.
    pub const fn new(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// The text, for the header.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

impl Serialize for AccessToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.expose().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AccessToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
