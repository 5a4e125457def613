//! A user in the words of the Request Origin API.

use countersign_domain::device::Device;
use countersign_domain::user::{User, UserChange};
use countersign_lambda::device_view::DeviceView;
use countersign_lambda::refusal::Timestamp3339;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountView {
    account_id: String,
    privakey_id: String,
    user_info: Option<String>,
    status: &'static str,
    created_at: Timestamp3339,
    last_active_at: Option<Timestamp3339>,
    history: Vec<ChangeView>,
    devices: Vec<DeviceView>,
}

#[derive(Serialize)]
struct ChangeView {
    at: Timestamp3339,
    #[serde(flatten)]
    what: countersign_domain::user::UserChanged,
}

impl AccountView {
    pub(crate) fn of<'a>(user: &User, devices: impl Iterator<Item = &'a Device>) -> Self {
        let change =
            |change: &UserChange| ChangeView { at: Timestamp3339(change.at), what: change.what.clone() };
        Self {
            account_id: user.account_id.to_string(),
            privakey_id: user.id.to_string(),
            user_info: user.user_info.as_ref().map(|info| info.as_str().to_owned()),
            status: user.state.name(),
            created_at: Timestamp3339(user.created_at),
            last_active_at: user.last_active_at.map(Timestamp3339),
            history: user.history.iter().map(change).collect(),
            devices: devices.map(DeviceView::of).collect(),
        }
    }
}
