//! A consent in the words of the Request Origin API: what `consent/get` answers and what a callback receives.

use countersign_domain::consent::{Consent, ConsentAccount, ConsentContent, ConsentState, SharedData};
use countersign_domain::event::EventKind;
use countersign_domain::time::Timestamp;
use serde::Serialize;

use crate::refusal::Timestamp3339;

/// The whole consent. What a bank encrypted stays unknown: type, third party and accounts are null then.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentView {
    /// In a callback: what happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EventKind>,
    guid: String,
    account_id: String,
    privakey_id: String,
    status: &'static str,
    consent_type: Option<&'static str>,
    tpp_name: Option<String>,
    accounts: Option<Vec<AccountView>>,
    shared_data: Option<SharedData>,
    /// What the bank calls it, where one encrypted it.
    bank_consent_id: Option<String>,
    callback: Option<String>,
    created_at: Timestamp3339,
    expires_at: Timestamp3339,
    revoked_at: Option<Timestamp3339>,
    revoked_by: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountView {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iban: Option<String>,
}

impl ConsentView {
    /// `consent` as it is at `now`.
    pub fn of(consent: &Consent, now: Timestamp) -> Self {
        let (terms, bank_consent_id) = match &consent.content {
            ConsentContent::Plain(terms) => (Some(terms), None),
            ConsentContent::Relayed { consent_id, .. } => (None, Some(consent_id.clone())),
        };
        let revoked = match consent.state {
            ConsentState::Active => None,
            ConsentState::Revoked { at, by } => Some((Timestamp3339(at), by.name())),
        };
        let (revoked_at, revoked_by) = revoked.unzip();
        Self {
            event: None,
            guid: consent.id.to_string(),
            account_id: consent.account_id.to_string(),
            privakey_id: consent.user.to_string(),
            status: consent.state_name(now),
            consent_type: terms.map(|terms| terms.kind.name()),
            tpp_name: terms.map(|terms| terms.tpp_name.clone()),
            accounts: terms.map(|terms| terms.accounts.iter().map(AccountView::of).collect()),
            shared_data: terms.and_then(|terms| terms.shared_data),
            bank_consent_id,
            callback: consent.callback.as_ref().map(ToString::to_string),
            created_at: Timestamp3339(consent.created_at),
            expires_at: Timestamp3339(consent.expires_at),
            revoked_at,
            revoked_by,
        }
    }

    /// As a callback receives it: as it was when `event` happened, at `at`.
    pub fn event(consent: &Consent, event: EventKind, at: Timestamp) -> Self {
        Self { event: Some(event), ..Self::of(consent, at) }
    }
}

impl AccountView {
    fn of(account: &ConsentAccount) -> Self {
        let ConsentAccount { name, account_number, sort_code, iban } = account.clone();
        Self { name, account_number, sort_code, iban }
    }
}
