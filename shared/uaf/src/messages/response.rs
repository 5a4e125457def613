//! What the client answers to a registration or authentication request
//! (FIDO UAF Protocol, dictionaries RegistrationResponse and AuthenticationResponse).

use serde::{Deserialize, Serialize};

use super::{Header, Versioned};
use crate::extensions::Extension;
use crate::transaction::PngCharacteristics;

/// A response. Registration and authentication differ in `header.op` and in what the assertions hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The header.
    pub header: Header,
    /// The final challenge parameters, base64url: what the final challenge hash covers, as this very string.
    pub fc_params: String,
    /// The assertions, in the order in which they are tried.
    pub assertions: Vec<Assertion>,
}

/// An assertion of one authenticator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assertion {
    /// The name of the encoding.
    pub assertion_scheme: String,
    /// The assertion, base64url.
    pub assertion: String,
    /// At registration: the pictures that the authenticator can show.
    #[serde(rename = "tcDisplayPNGCharacteristics", default, skip_serializing_if = "Vec::is_empty")]
    pub png_characteristics: Vec<PngCharacteristics>,
    /// Extensions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exts: Vec<Extension>,
}

impl Versioned for Response {
    fn header(&self) -> &Header {
        &self.header
    }
}
