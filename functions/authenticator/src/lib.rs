//! The Authenticator API, v1 and v2: its apps connect, list and answer; banks that encrypt for them take part.
//! docs/authenticator-api.md is its contract.
//!
//! One operation per file; the table below is all that the bootstrap, the local gateway and the tests know of them.

mod acting;
mod authorization;
mod bank_body;
mod bank_caller;
mod bank_connect;
mod bank_instant;
mod bank_question;
mod bundle;
mod connect;
mod consent;
mod data;
mod deciding;
mod description;
mod disconnecting;
mod provider;
#[cfg(test)]
mod samples;
mod sca_action_close;
mod sca_action_create;
mod sca_action_update;
mod sca_authentication_fail;
mod sca_authentication_succeed;
mod sca_connection_revoke;
mod sca_consent_create;
mod sca_consent_revoke;
mod status;
mod v1_action_answer;
mod v1_authorization_answer;
mod v1_authorization_get;
mod v1_authorization_list;
mod v1_configuration;
mod v1_connection_create;
mod v1_connection_revoke;
mod v1_consent_list;
mod v1_consent_revoke;
mod v1_view;
mod v2_authorization_confirm;
mod v2_authorization_create;
mod v2_authorization_deny;
mod v2_authorization_get;
mod v2_authorization_list;
mod v2_configuration;
mod v2_connection_create;
mod v2_connection_get;
mod v2_connection_revoke;
mod v2_connection_update;
mod v2_connection_view;
mod v2_consent_list;
mod v2_consent_revoke;
mod v2_deciding;
mod v2_view;

use countersign_lambda::{HttpOperation, http_operations};

/// How often everything that a call of an app is about is read again after somebody was faster.
const ROUNDS: usize = 3;

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = http_operations! {
    Authenticator:
    "v1-configuration", GET, "/api/authenticator/v1/configurations/{providerCode}", TABLE => v1_configuration;
    "v1-connection-create", POST, "/api/authenticator/v1/connections", SEALING => v1_connection_create;
    "v1-connection-revoke", DELETE, "/api/authenticator/v1/connections", TABLE => v1_connection_revoke;
    "v1-authorization-list", GET, "/api/authenticator/v1/authorizations", TABLE => v1_authorization_list;
    "v1-authorization-get", GET, "/api/authenticator/v1/authorizations/{authorization}", TABLE => v1_authorization_get;
    "v1-authorization-answer", PUT, "/api/authenticator/v1/authorizations/{authorization}", ALL => v1_authorization_answer;
    "v1-action-answer", PUT, "/api/authenticator/v1/actions/{action}", ALL => v1_action_answer;
    "v1-consent-list", GET, "/api/authenticator/v1/consents", TABLE => v1_consent_list;
    "v1-consent-revoke", DELETE, "/api/authenticator/v1/consents/{consent}", TABLE => v1_consent_revoke;
    "v2-configuration", GET, "/api/authenticator/v2/configurations/{provider}", TABLE => v2_configuration;
    "v2-connection-create", POST, "/api/authenticator/v2/connections", SEALING => v2_connection_create;
    "v2-connection-get", GET, "/api/authenticator/v2/connections/{connection}", TABLE => v2_connection_get;
    "v2-connection-update", PATCH, "/api/authenticator/v2/connections/{connection}/update", TABLE => v2_connection_update;
    "v2-connection-revoke", PUT, "/api/authenticator/v2/connections/{connection}/revoke", TABLE => v2_connection_revoke;
    "v2-authorization-list", GET, "/api/authenticator/v2/authorizations", TABLE => v2_authorization_list;
    "v2-authorization-get", GET, "/api/authenticator/v2/authorizations/{authorization}", TABLE => v2_authorization_get;
    "v2-authorization-confirm", PUT, "/api/authenticator/v2/authorizations/{authorization}/confirm", ALL => v2_authorization_confirm;
    "v2-authorization-deny", PUT, "/api/authenticator/v2/authorizations/{authorization}/deny", ALL => v2_authorization_deny;
    "v2-authorization-create", POST, "/api/authenticator/v2/authorizations", ALL => v2_authorization_create;
    "v2-consent-list", GET, "/api/authenticator/v2/consents", TABLE => v2_consent_list;
    "v2-consent-revoke", PUT, "/api/authenticator/v2/consents/{consent}/revoke", TABLE => v2_consent_revoke;
    "sca-authentication-succeed", PUT, "/api/sca/v1/connections/{connection}/success_authentication", TABLE => sca_authentication_succeed;
    "sca-authentication-fail", PUT, "/api/sca/v1/connections/{connection}/fail_authentication", TABLE => sca_authentication_fail;
    "sca-connection-revoke", PUT, "/api/sca/v1/connections/{connection}/revoke", TABLE => sca_connection_revoke;
    "sca-action-create", POST, "/api/sca/v1/actions", TABLE => sca_action_create;
    "sca-action-update", PUT, "/api/sca/v1/actions/{action}", TABLE => sca_action_update;
    "sca-action-close", PUT, "/api/sca/v1/actions/{action}/close", TABLE => sca_action_close;
    "sca-consent-create", POST, "/api/sca/v1/consents", TABLE => sca_consent_create;
    "sca-consent-revoke", PUT, "/api/sca/v1/consents/{consent}/revoke", TABLE => sca_consent_revoke;
};
