//! A user in the words of the administration API.

use countersign_domain::device::{Device, DeviceState, RevokedBy};
use countersign_domain::user::{User, UserChange, UserChanged};
use countersign_lambda::device_view::DeviceView;
use countersign_lambda::refusal::Timestamp3339;
use serde::Serialize;

/// A user in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserSummary {
    guid: String,
    account_id: String,
    user_info: Option<String>,
    status: &'static str,
    created_at: Timestamp3339,
    last_active_at: Option<Timestamp3339>,
}

/// A user with all that belongs to them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserView {
    #[serde(flatten)]
    summary: UserSummary,
    /// Of those who came by an identity provider.
    identity: Option<IdentityView>,
    last_succeeded_at: Option<Timestamp3339>,
    last_failed_at: Option<Timestamp3339>,
    devices: Vec<AdminDeviceView>,
    history: Vec<ChangeView>,
}

#[derive(Debug, Serialize)]
struct IdentityView {
    provider: String,
    subject: String,
}

#[derive(Debug, Serialize)]
struct ChangeView {
    at: Timestamp3339,
    actor: String,
    #[serde(flatten)]
    what: UserChanged,
}

/// A device, and who revoked it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AdminDeviceView {
    #[serde(flatten)]
    device: DeviceView,
    revoked_by: Option<&'static str>,
}

impl UserSummary {
    pub(crate) fn of(user: &User) -> Self {
        Self {
            guid: user.id.to_string(),
            account_id: user.account_id.to_string(),
            user_info: user.user_info.as_ref().map(|info| info.as_str().to_owned()),
            status: user.state.name(),
            created_at: Timestamp3339(user.created_at),
            last_active_at: user.last_active_at.map(Timestamp3339),
        }
    }
}

impl UserView {
    pub(crate) fn of<'a>(user: &User, devices: impl Iterator<Item = &'a Device>) -> Self {
        let identity = user.identity.as_ref().map(|identity| IdentityView {
            provider: identity.provider.clone(),
            subject: identity.subject.clone(),
        });
        Self {
            summary: UserSummary::of(user),
            identity,
            last_succeeded_at: user.last_succeeded_at.map(Timestamp3339),
            last_failed_at: user.last_failed_at.map(Timestamp3339),
            devices: devices.map(AdminDeviceView::of).collect(),
            history: user.history.iter().map(ChangeView::of).collect(),
        }
    }
}

impl ChangeView {
    fn of(change: &UserChange) -> Self {
        Self { at: Timestamp3339(change.at), actor: change.by.to_string(), what: change.what.clone() }
    }
}

impl AdminDeviceView {
    pub(crate) fn of(device: &Device) -> Self {
        let revoked_by = match device.state {
            DeviceState::Active => None,
            DeviceState::Revoked { by, .. } => Some(revoked_by(by)),
        };
        Self { device: DeviceView::of(device), revoked_by }
    }
}

fn revoked_by(by: RevokedBy) -> &'static str {
    match by {
        RevokedBy::RequestOrigin => "requestOrigin",
        RevokedBy::Device => "device",
        RevokedBy::StrongFailures => "strongFailures",
        RevokedBy::User => "user",
        RevokedBy::Bank => "bank",
        RevokedBy::Administrator => "administrator",
    }
}
