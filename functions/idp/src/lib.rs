//! Binding through an identity provider: an app sends its user there and gets an enrolment token back.
//! docs/identity-providers.md is its contract.
//!
//! One operation per file; the table below is all that the bootstrap, the local gateway and the tests know of them.

mod login_begin;
mod login_end;
mod oauth2_verify;
mod oidc_verify;
mod register;

use countersign_lambda::{HttpOperation, http_operations};

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = http_operations! {
    Countersign:
    "login-begin", POST, "/api/idp/bind", SEALING => login_begin;
    "oidc-verify", GET, "/api/idp/oidc/verify", SEALING => oidc_verify;
    "oauth2-verify", GET, "/api/idp/oauth2/verify", SEALING => oauth2_verify;
};
