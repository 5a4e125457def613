//! The Cloud API: backends enrol and ask, apps answer by FIDO UAF. docs/cloud-api.md is its contract.
//!
//! One operation per file; the table below is all that the bootstrap, the local gateway and the tests know of them.

mod aadb2c_user;
mod answering;
mod approval_body;
mod approval_create;
mod approval_decline;
mod approval_view;
mod audience;
mod authentication_finish;
mod authentication_redeem;
mod authentication_request;
mod authenticator_delete;
mod authenticator_lookup;
mod authenticator_update;
mod authenticator_view;
mod authority;
mod code_on_paper;
mod code_sent;
mod code_verify;
mod default_app_space;
mod deregistration_request;
mod device_token;
mod enroll_body;
mod enrollment;
mod facet_list;
mod intent_create;
mod log_entry;
mod log_export;
mod log_period;
mod pending_list;
mod ping;
mod qr_code;
mod registering;
mod registration_finish;
mod registration_redeem;
mod registration_request;
mod status_get;
mod status_token;
mod target;
mod target_create;
mod target_delete;
mod target_update;
mod token_introspect;
mod transaction_text;
mod uaf;
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
    "code-verify", POST, "/api/v1/users/{userId}/verification", ALL => code_verify;
    "log-export", GET, "/api/v1/logs/export", SEALING => log_export;
    "aadb2c-user", GET, "/api/v1/aadb2c/users", SEALING => aadb2c_user;
    App:
    "registration-redeem", POST, "/_app/token/redeem/registration", SEALING => registration_redeem;
    "authentication-redeem", POST, "/_app/token/redeem/authentication", SEALING => authentication_redeem;
    "target-create", POST, "/_app/token/dispatch/targets/", SIGNING => target_create;
    "target-update", PATCH, "/_app/token/dispatch/targets/{target}", TABLE => target_update;
    "target-delete", DELETE, "/_app/token/dispatch/targets/{target}", TABLE => target_delete;
    "pending-list", GET, "/_app/token/dispatch/pending/", SEALING => pending_list;
    "approval-decline", POST, "/_app/token/dispatch/decline/", ALL => approval_decline;
    "facet-list", GET, "/_app/uaf/1.1/facets", TABLE => facet_list;
    Uaf:
    "registration-request", POST, "/_app/uaf/1.1/request/registration/", ALL => registration_request;
    "registration-finish", POST, "/_app/uaf/1.1/registration/", ALL => registration_finish;
    "authentication-request", POST, "/_app/uaf/1.1/request/authentication/", SEALING => authentication_request;
    "authentication-finish", POST, "/_app/uaf/1.1/authentication/", ALL => authentication_finish;
    "deregistration-request", POST, "/_app/uaf/1.1/request/deregistration/", SIGNING => deregistration_request;
};
