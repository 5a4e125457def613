//! A user in the words of the Cloud API.

use countersign_domain::device::Device;
use countersign_domain::user::{User, UserState};
use countersign_lambda::refusal::Timestamp3339;
use countersign_store::Record;
use serde::Serialize;

use crate::authenticator_view::AuthenticatorView;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserView {
    #[serde(flatten)]
    facts: UserFacts,
    authenticators: Vec<AuthenticatorView>,
}

/// What there is to say beside the authenticators.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserFacts {
    user_id: String,
    username: String,
    status: &'static str,
    created_at: Timestamp3339,
    updated_at: Timestamp3339,
    last_login_date_success: Option<Timestamp3339>,
    last_login_date_failure: Option<Timestamp3339>,
}

impl UserView {
    /// `devices` may hold revoked ones: they are gone for this API.
    pub(crate) fn of(user: &User, devices: &[Record<Device>]) -> Self {
        Self { facts: UserFacts::of(user, devices), authenticators: authenticators(devices) }
    }
}

impl UserFacts {
    pub(crate) fn of(user: &User, devices: &[Record<Device>]) -> Self {
        let changed = user.history.last().map_or(user.created_at, |change| change.at);
        Self {
            user_id: user.id.to_string(),
            username: user.account_id.to_string(),
            status: status(user, devices),
            created_at: Timestamp3339(user.created_at),
            updated_at: Timestamp3339(changed),
            last_login_date_success: user.last_succeeded_at.map(Timestamp3339),
            last_login_date_failure: user.last_failed_at.map(Timestamp3339),
        }
    }
}

/// `new` until there was a first authenticator, or a first answer by another factor.
fn status(user: &User, devices: &[Record<Device>]) -> &'static str {
    match user.state {
        UserState::Active if devices.is_empty() && user.last_active_at.is_none() => "new",
        state => state.name(),
    }
}

/// The active ones, oldest first.
pub(crate) fn authenticators(devices: &[Record<Device>]) -> Vec<AuthenticatorView> {
    let active = devices.iter().map(|record| &record.value).filter(|device| device.is_active());
    active.map(AuthenticatorView::of).collect()
}
