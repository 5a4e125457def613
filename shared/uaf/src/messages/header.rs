//! What every message begins with (FIDO UAF Protocol, dictionary OperationHeader).

use serde::{Deserialize, Serialize};

use crate::extensions::Extension;

/// A protocol version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Version {
    /// The part before the dot.
    pub major: u16,
    /// The part after the dot.
    pub minor: u16,
}

impl Version {
    /// UAF 1.0, whose assertions are the same as those of 1.1.
    pub const V1_0: Self = Self { major: 1, minor: 0 };
    /// UAF 1.1.
    pub const V1_1: Self = Self { major: 1, minor: 1 };
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operation {
    /// Registration.
    Reg,
    /// Authentication, with or without a transaction.
    Auth,
    /// Deregistration.
    Dereg,
}

/// The header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// The protocol version of this entry.
    pub upv: Version,
    /// The operation.
    pub op: Operation,
    /// The application id: the URL of the facets document.
    #[serde(rename = "appID", default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// What the server gives along and gets back unchanged, at most 1536 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_data: Option<String>,
    /// Extensions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exts: Vec<Extension>,
}
