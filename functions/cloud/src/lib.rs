//! The Cloud API: backends enrol and ask, apps answer by FIDO UAF. docs/cloud-api.md is its contract.
//!
//! One operation per file; the table below is all that the bootstrap, the local gateway and the tests know of them.

mod approval_body;
mod approval_create;
mod approval_view;
mod audience;
mod authenticator_delete;
mod authenticator_lookup;
mod authenticator_update;
mod authenticator_view;
mod authority;
mod enroll_body;
mod enrollment;
mod intent_create;
mod ping;
mod qr_code;
mod status_get;
mod status_token;
mod token_introspect;
mod transaction_text;
mod user_delete;
mod user_enroll;
mod user_find;
mod user_get;
mod user_lookup;
mod user_view;
mod whom;

use countersign_lambda::{HttpOperation, http_operations};

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = http_operations! {
    Cloud:
    "ping", GET, "/ping", NOTHING => ping;
    "user-enroll", POST, "/api/v1/users/enroll", ALL => user_enroll;
    "approval-create", POST, "/api/v1/approval", ALL => approval_create;
    "status-get", POST, "/api/v1/status", SIGNING => status_get;
    "token-introspect", POST, "/api/v1/introspect", ALL => token_introspect;
    "intent-create", POST, "/api/v1/intent", ALL => intent_create;
    "user-get", GET, "/api/v1/users/{userId}", SEALING => user_get;
    "user-find", GET, "/api/v1/users", SEALING => user_find;
    "user-delete", DELETE, "/api/v1/users/{userId}", SEALING => user_delete;
    "authenticator-update", PATCH, "/api/v1/authenticators/{authenticatorId}", SEALING => authenticator_update;
    "authenticator-delete", DELETE, "/api/v1/authenticators/{authenticatorId}", SEALING => authenticator_delete;
};
