//! Asks a client to forget keys (FIDO UAF Protocol, Deregistration Operation).

use serde::{Deserialize, Serialize};

use super::{Header, Operation, Version, Versioned};
use crate::aaid::{Aaid, KeyId};

/// A deregistration request. There is no answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeregistrationRequest {
    /// The header.
    pub header: Header,
    /// What is to be forgotten.
    pub authenticators: Vec<Authenticator>,
}

/// What one entry denotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Names", into = "Names")]
pub enum Authenticator {
    /// Every key of the application.
    Everything,
    /// Every key of this authenticator model.
    Model(Aaid),
    /// One key.
    Key(Aaid, KeyId),
}

/// As it is written: empty texts stand for all.
#[derive(Serialize, Deserialize)]
struct Names {
    aaid: String,
    #[serde(rename = "keyID")]
    key_id: String,
}

/// The entry names a key without its model, or a malformed name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no authenticator")]
pub struct NoAuthenticator;

impl TryFrom<Names> for Authenticator {
    type Error = NoAuthenticator;

    fn try_from(names: Names) -> Result<Self, NoAuthenticator> {
        match (names.aaid.as_str(), names.key_id.as_str()) {
            ("", "") => Ok(Self::Everything),
            ("", _) => Err(NoAuthenticator),
            (aaid, "") => aaid.parse().map(Self::Model).map_err(|_| NoAuthenticator),
            (aaid, key_id) => match (aaid.parse(), key_id.parse()) {
                (Ok(aaid), Ok(key_id)) => Ok(Self::Key(aaid, key_id)),
                _ => Err(NoAuthenticator),
            },
        }
    }
}

impl From<Authenticator> for Names {
    fn from(authenticator: Authenticator) -> Self {
        let (aaid, key_id) = match authenticator {
            Authenticator::Everything => (String::new(), String::new()),
            Authenticator::Model(aaid) => (aaid.to_string(), String::new()),
            Authenticator::Key(aaid, key_id) => (aaid.to_string(), key_id.to_string()),
        };
        Self { aaid, key_id }
    }
}

impl Authenticator {
    /// Whether a key is among those denoted.
    pub fn covers(&self, aaid: &Aaid, key_id: &KeyId) -> bool {
        match self {
            Self::Everything => true,
            Self::Model(model) => model == aaid,
            Self::Key(model, key) => (model, key) == (aaid, key_id),
        }
    }
}

impl DeregistrationRequest {
    /// Asks the client to forget these keys of the application.
    pub fn new(upv: Version, app_id: &str, authenticators: Vec<Authenticator>) -> Self {
        let header = Header {
            upv,
            op: Operation::Dereg,
            app_id: Some(app_id.to_owned()),
            server_data: None,
            exts: Vec::new(),
        };
        Self { header, authenticators }
    }
}

impl Versioned for DeregistrationRequest {
    fn header(&self) -> &Header {
        &self.header
    }
}
