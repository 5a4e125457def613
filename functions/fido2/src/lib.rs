//! WebAuthn, for backends of the Request Origin API and for browsers of the Cloud API: credentials are made and answer.
//!
//! One operation per file; the table below is all that the bootstrap, the local gateway and the tests know of them.
//! [`registering`] and [`answering`] hold what the two APIs share.

mod answering;
mod assertion_result;
mod attestation_result;
mod ceremony_result;
mod credential;
mod person;
mod registering;
mod webauthn_authenticate;
mod webauthn_bind;
mod webauthn_finish;
mod webauthn_register;

use countersign_lambda::{HttpOperation, http_operations};

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = http_operations! {
    Countersign:
    "webauthn-bind", PUT, "/api/account/webauthn/bind", SEALING => webauthn_bind;
    "webauthn-register", POST, "/api/account/webauthn/register", SEALING => webauthn_register;
    "webauthn-authenticate", POST, "/api/request/webauthn/authenticate", SEALING => webauthn_authenticate;
    "webauthn-finish", POST, "/api/request/webauthn/finishAuthentication", ALL => webauthn_finish;
    App:
    "attestation-result", POST, "/_app/attestation/result", SIGNING => attestation_result;
    "assertion-result", POST, "/_app/assertion/result", ALL => assertion_result;
};
