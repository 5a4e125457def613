//! A session, as its administrator's browser sees it.

use countersign_domain::administrator::{Administrator, Passkey};
use countersign_domain::company::Company;
use countersign_domain::role::Grant;
use countersign_domain::session::Session;
use countersign_lambda::refusal::Timestamp3339;
use serde::Serialize;

/// Who is signed in, and until when.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionView {
    administrator: OwnView,
    company: CompanyName,
    began_at: Timestamp3339,
    /// If nothing more is done.
    ends_at: Timestamp3339,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnView {
    guid: String,
    name: String,
    grants: Vec<Grant>,
    signed_in_at: Option<Timestamp3339>,
    passkeys: Vec<PasskeyView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PasskeyView {
    id: String,
    name: String,
    created_at: Timestamp3339,
    used_at: Option<Timestamp3339>,
    /// Whether the session began by it.
    current: bool,
}

/// A company by its name.
#[derive(Serialize)]
pub(crate) struct CompanyName {
    guid: String,
    name: String,
}

impl From<&Company> for CompanyName {
    fn from(company: &Company) -> Self {
        Self { guid: company.id.to_string(), name: company.name.clone() }
    }
}

impl SessionView {
    pub(crate) fn of(session: &Session, administrator: &Administrator, company: &Company) -> Self {
        let passkeys = administrator.passkeys.iter();
        Self {
            administrator: OwnView {
                guid: administrator.id.to_string(),
                name: administrator.name.clone(),
                grants: administrator.grants.clone(),
                signed_in_at: administrator.signed_in_at.map(Timestamp3339),
                passkeys: passkeys.map(|passkey| PasskeyView::of(passkey, session)).collect(),
            },
            company: company.into(),
            began_at: Timestamp3339(session.began_at),
            ends_at: Timestamp3339(session.ends_at()),
        }
    }
}

impl PasskeyView {
    fn of(passkey: &Passkey, session: &Session) -> Self {
        Self {
            id: passkey.credential_id.clone(),
            name: passkey.name.clone(),
            created_at: Timestamp3339(passkey.created_at),
            used_at: passkey.used_at.map(Timestamp3339),
            current: passkey.credential_id == session.passkey,
        }
    }
}
