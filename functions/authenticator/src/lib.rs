//! The Authenticator API, v1 and v2: its apps connect, list and answer; banks that encrypt for them take part.
//! docs/authenticator-api.md is its contract.
//!
//! One operation per file; the table below is all that the bootstrap, the local gateway and the tests know of them.

mod provider;
mod v1_configuration;

use countersign_lambda::{HttpOperation, http_operations};

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = http_operations! {
    Authenticator:
    "v1-configuration", GET, "/api/authenticator/v1/configurations/{providerCode}", TABLE => v1_configuration;
};
