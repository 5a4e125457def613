//! A device in the words of the Device API.

use countersign_domain::app_space::AppSpace;
use countersign_domain::device::Device;
use countersign_domain::user::User;
use countersign_lambda::refusal::Timestamp3339;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeviceView {
    device_guid: String,
    name: String,
    platform: &'static str,
    status: &'static str,
    push: &'static str,
    created_at: Timestamp3339,
    strong_attempts_left: u8,
    privakey_id: String,
    account_id: String,
    account_status: &'static str,
    app_space_guid: String,
    app_space_name: String,
}

impl DeviceView {
    pub(crate) fn of(device: &Device, user: &User, app_space: &AppSpace) -> Self {
        Self {
            device_guid: device.id.to_string(),
            name: device.name.as_str().to_owned(),
            platform: device.platform.name(),
            status: device.state.name(),
            push: device.push.name(),
            created_at: Timestamp3339(device.created_at),
            strong_attempts_left: app_space.policy.strong_failures_max.saturating_sub(device.strong_failures),
            privakey_id: user.id.to_string(),
            account_id: user.account_id.to_string(),
            account_status: user.state.name(),
            app_space_guid: app_space.id.to_string(),
            app_space_name: app_space.name.clone(),
        }
    }
}
