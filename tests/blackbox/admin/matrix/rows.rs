//! What each operation demands of its caller.

use countersign_domain::id::AppSpaceId;
use countersign_domain::role::Permission::{self, *};
use serde_json::{Value, json};

/// What an operation demands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Demand {
    /// Nothing.
    Nobody,
    /// An administrator in a session.
    Session,
    /// A provisioning key.
    Key,
    /// Any role in the company.
    AnyRole,
    /// A role that gives roles to others.
    Manager,
    /// The permission in the company as a whole.
    InCompany(Permission),
    /// The permission in the App Space.
    InAppSpace(Permission),
}

/// An operation as it is tried. One whose demand depends on what is asked for has several rows.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) operation: &'static str,
    pub(super) demand: Demand,
    /// See [`ROWS`].
    pub(super) path: &'static str,
    /// Of those that have a body, for an App Space.
    pub(super) body: fn(AppSpaceId) -> Value,
}

use Demand::{AnyRole, InAppSpace, InCompany, Key, Manager, Nobody, Session};

const fn row(
    operation: &'static str,
    demand: Demand,
    path: &'static str,
    body: fn(AppSpaceId) -> Value,
) -> Row {
    Row { operation, demand, path, body }
}

fn nothing(_: AppSpaceId) -> Value {
    json!({})
}

fn support(app_space: AppSpaceId) -> Value {
    json!({"name": "Bob", "grants": [{"role": "userSupport", "appSpace": app_space.to_string()}]})
}

/// Every operation. In a path `C` stands for that of the company, `A` for that of the App Space, and `N` for the GUID of
/// what there is none of.
pub(super) const ROWS: &[Row] = &[
    row("sign-in-options", Nobody, "/admin/api/session/options", nothing),
    row("sign-in", Nobody, "/admin/api/session", |_| json!({"credential": {}})),
    row("session-get", Session, "/admin/api/session", nothing),
    row("sign-out", Session, "/admin/api/session", nothing),
    row("invitation-open", Nobody, "/admin/api/invitation/options", |_| json!({"token": "none"})),
    row("invitation-accept", Nobody, "/admin/api/invitation", |_| json!({"token": "none", "credential": {}})),
    row("passkey-link-create", Session, "/admin/api/passkeys", nothing),
    row("passkey-remove", Session, "/admin/api/passkeys/none", nothing),
    row("company-create", Key, "/admin/api/companies/new", |_| json!({"name": "Sub Company"})),
    row("company-get", AnyRole, "C", nothing),
    row("company-update", InCompany(ManageCompany), "C", |_| json!({"name": "Renamed"})),
    row("company-key-generate", InCompany(ManageCompany), "C/keyManagement", nothing),
    row("company-key-revoke", InCompany(ManageCompany), "C/keyManagement", nothing),
    row("key-rotate", InCompany(RotateKeys), "C/keys/rotate", |_| json!({"which": "signing"})),
    row("administrator-list", InCompany(ReadAdministrators), "C/administrators", nothing),
    row(
        "administrator-list",
        InAppSpace(ReadAdministrators),
        "C/administrators?appSpace={appSpace}",
        nothing,
    ),
    row("administrator-invite", Manager, "C/administrators/new", support),
    row(
        "administrator-update",
        Manager,
        "C/administrators/N",
        |_| json!({"grants": [{"role": "companyAdmin"}]}),
    ),
    row("administrator-remove", Manager, "C/administrators/N", nothing),
    row("administrator-recover", InCompany(ManageAdministrators), "C/administrators/N/recovery", nothing),
    row("app-space-create", InCompany(ManageAppSpaces), "C/appSpaces/new", |_| json!({"name": "Third Bank"})),
    row("app-space-get", InAppSpace(ReadAppSpace), "A", nothing),
    row("app-space-update", InAppSpace(ManageAppSpaces), "A", |_| json!({"name": "Renamed Bank"})),
    row(
        "identity-provider-set",
        InAppSpace(ManageIdentityProvider),
        "A/identityProvider",
        |_| json!({"idpType": "simple"}),
    ),
    row("push-set", InAppSpace(ManagePush), "A/push", nothing),
    row(
        "request-origin-create",
        InAppSpace(ManageRequestOrigins),
        "A/requestOrigins/new",
        |_| json!({"name": "Shop"}),
    ),
    row("request-origin-list", InAppSpace(ManageRequestOrigins), "A/requestOrigins", nothing),
    row(
        "request-origin-update",
        InAppSpace(ManageRequestOrigins),
        "A/requestOrigins/N",
        |_| json!({"name": "Shop"}),
    ),
    row("request-origin-remove", InAppSpace(ManageRequestOrigins), "A/requestOrigins/N", nothing),
    row(
        "request-origin-key-generate",
        InAppSpace(ManageRequestOrigins),
        "A/requestOrigins/N/keyManagement",
        |_| json!({"keyType": "basic"}),
    ),
    row(
        "request-origin-key-revoke",
        InAppSpace(ManageRequestOrigins),
        "A/requestOrigins/N/keyManagement",
        nothing,
    ),
    row(
        "callback-create",
        InAppSpace(ManageRequestOrigins),
        "A/requestOrigins/N/callbacks/new",
        |_| json!({"callbackUrl": "shop.example/{*}"}),
    ),
    row(
        "callback-remove",
        InAppSpace(ManageRequestOrigins),
        "A/requestOrigins/N/callbacks?callbackUrl=shop.example",
        nothing,
    ),
    row("access-key-create", InAppSpace(ManageRequestOrigins), "A/requestOrigins/N/accessKeys/new", nothing),
    row("access-key-revoke", InAppSpace(ManageRequestOrigins), "A/requestOrigins/N/accessKeys/none", nothing),
    row("user-list", InAppSpace(ReadUsers), "A/users", nothing),
    row("app-space-user-get", InAppSpace(ReadUsers), "A/users/N", nothing),
    row("user-update", InAppSpace(ManageUsers), "A/users/N", |_| json!({"status": "suspended"})),
    row("user-update", InAppSpace(RevokeUsers), "A/users/N", |_| json!({"status": "revoked"})),
    row("user-device-revoke", InAppSpace(RevokeDevices), "A/users/N/devices/N", nothing),
    row("app-space-challenges", InAppSpace(ReadChallenges), "A/challenges", nothing),
    row(
        "test-challenge-create",
        InAppSpace(SendChallenges),
        "A/challenges/new",
        |_| json!({"accountId": "nobody"}),
    ),
    row("figures-get", InAppSpace(ReadAppSpace), "A/figures", nothing),
    row("delivery-log", InAppSpace(ManageDeliveries), "A/deliveries", nothing),
    row(
        "delivery-resend",
        InAppSpace(ManageDeliveries),
        "A/deliveries/replay",
        |_| json!({"challenge": "01900000-0000-7000-8000-0000000000aa"}),
    ),
    row("audit-search", InCompany(ReadAuditTrail), "C/audit", nothing),
    row("audit-search", InAppSpace(ReadAuditTrail), "C/audit?appSpace={appSpace}", nothing),
    row("audit-verify", InCompany(ReadAuditTrail), "C/audit/chain", nothing),
    row("audit-verify", InAppSpace(ReadAuditTrail), "C/audit/chain?appSpace={appSpace}", nothing),
];

impl Row {
    /// The path, still with `{company}` and `{appSpace}` in it.
    pub(super) fn template(&self) -> String {
        let words = self.path.split('/').map(|word| match word {
            "C" => "/admin/api/companies/{company}",
            "A" => "/admin/api/companies/{company}/appSpaces/{appSpace}",
            "N" => "01900000-0000-7000-8000-0000000000aa",
            word => word,
        });
        words.collect::<Vec<_>>().join("/")
    }
}
