//! What an App Space sets for the Cloud API.

use serde::{Deserialize, Serialize};

use crate::id::AppSpaceId;

/// Settings of the Cloud API, an item of their own: other calls do not read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudSettings {
    /// Whose they are.
    pub app_space: AppSpaceId,
    /// The link that opens the app, `https://…`; what is to be dispatched is added as a query.
    pub app_link: Option<String>,
    /// The facets that may speak for the app (FIDO AppID and Facet Specification).
    pub facets: Vec<String>,
    /// The UAF authenticator models that may be registered: FIDO metadata statements, as JSON.
    pub authenticators: Vec<String>,
    /// The certificates that the TLS connection may end with, as base64url of their hashes (RFC 5929, section 4). A client
    /// that names the one it saw is refused when it is none of them; without any, nothing is compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub server_end_points: Vec<String>,
    /// Who the App Space is towards WebAuthn authenticators; without one there is no channel `fido2`.
    pub relying_party: Option<RelyingParty>,
}

impl CloudSettings {
    /// Of an App Space that uses nothing of it yet.
    pub const fn new(app_space: AppSpaceId) -> Self {
        Self {
            app_space,
            app_link: None,
            facets: Vec::new(),
            authenticators: Vec::new(),
            server_end_points: Vec::new(),
            relying_party: None,
        }
    }
}

/// A WebAuthn relying party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelyingParty {
    /// The RP ID: a domain.
    pub id: String,
    /// What authenticators show.
    pub name: String,
    /// The origins that may ask, exactly as clients write them.
    pub origins: Vec<String>,
}
