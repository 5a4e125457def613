//! What the server asks (FIDO UAF Protocol, dictionaries RegistrationRequest and AuthenticationRequest).

use serde::{Deserialize, Serialize};

use super::{Header, Versioned};
use crate::policy::Policy;
use crate::transaction::Transaction;

/// Asks for the registration of new keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationRequest {
    /// The header.
    pub header: Header,
    /// The challenge, base64url.
    pub challenge: String,
    /// The user name that is shown, at most 128 characters.
    pub username: String,
    /// Which authenticators are acceptable.
    pub policy: Policy,
}

/// Asks for a signature of a registered key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationRequest {
    /// The header.
    pub header: Header,
    /// The challenge, base64url.
    pub challenge: String,
    /// What is to be shown and confirmed: one content in one or several forms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transaction: Vec<Transaction>,
    /// Which authenticators are acceptable.
    pub policy: Policy,
}

impl Versioned for RegistrationRequest {
    fn header(&self) -> &Header {
        &self.header
    }
}

impl Versioned for AuthenticationRequest {
    fn header(&self) -> &Header {
        &self.header
    }
}
