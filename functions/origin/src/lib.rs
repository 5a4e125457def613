//! The Request Origin API: backends bind users, ask them, and learn what they answered.
//!
//! One operation per file; the table below is all that the bootstrap, the local gateway and the tests know of them.

mod account_bind;
mod account_change;
mod account_get;
mod account_restore;
mod account_revoke;
mod account_suspend;
mod account_update;
mod account_view;
mod action_create;
mod action_terms;
mod asked;
mod asking;
mod authenticator_settings;
mod challenge_cancel;
mod challenge_create;
mod challenge_get;
mod consent_body;
mod consent_create;
mod consent_get;
mod consent_list;
mod consent_revoke;
mod delivery_list;
mod delivery_replay;
mod device_kind;
mod device_list;
mod device_revoke;
mod key_set;
mod lookup;
mod request_guid;
mod settings;
mod subject_guid;

use countersign_lambda::{HttpOperation, http_operations};

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = http_operations! {
    Countersign:
    "account-bind", PUT, "/api/account/bind", SEALING => account_bind;
    "account-get", GET, "/api/account/get", SEALING => account_get;
    "account-update", PATCH, "/api/account/update", SEALING => account_update;
    "account-suspend", PATCH, "/api/account/suspend", SEALING => account_suspend;
    "account-restore", PATCH, "/api/account/restore", SEALING => account_restore;
    "account-revoke", PATCH, "/api/account/revoke", SEALING => account_revoke;
    "challenge-create", POST, "/api/request/add", SEALING => challenge_create;
    "challenge-get", GET, "/api/request/getRequest", SEALING => challenge_get;
    "challenge-cancel", PATCH, "/api/request/cancel", SEALING => challenge_cancel;
    "action-create", POST, "/api/action/add", SEALING => action_create;
    "consent-create", POST, "/api/consent/add", SEALING => consent_create;
    "consent-list", GET, "/api/consent/getAll", SEALING => consent_list;
    "consent-get", GET, "/api/consent/get", SEALING => consent_get;
    "consent-revoke", PUT, "/api/consent/revoke", SEALING => consent_revoke;
    "authenticator-settings", GET, "/api/authenticator/settings", SEALING => authenticator_settings;
    "device-list", GET, "/api/device/getAll", SEALING => device_list;
    "device-revoke", PATCH, "/api/device/revoke", SEALING => device_revoke;
    "delivery-list", GET, "/api/delivery/getAll", SEALING => delivery_list;
    "delivery-replay", POST, "/api/delivery/replay", SEALING => delivery_replay;
    "key-set", GET, "/.well-known/jwks.json", SIGNING_ONLY => key_set;
};
