//! A device in the words of the Request Origin API.

use countersign_domain::device::{Device, DeviceState};
use countersign_lambda::refusal::Timestamp3339;
use serde::Serialize;

use crate::device_kind;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeviceView {
    guid: String,
    name: String,
    kind: &'static str,
    platform: &'static str,
    status: &'static str,
    push: &'static str,
    created_at: Timestamp3339,
    revoked_at: Option<Timestamp3339>,
}

impl DeviceView {
    pub(crate) fn of(device: &Device) -> Self {
        Self {
            guid: device.id.to_string(),
            name: device.name.as_str().to_owned(),
            kind: device_kind::name(&device.kind),
            platform: device.platform.name(),
            status: device.state.name(),
            push: device.push.name(),
            created_at: Timestamp3339(device.created_at),
            revoked_at: match device.state {
                DeviceState::Active => None,
                DeviceState::Revoked { at, .. } => Some(Timestamp3339(at)),
            },
        }
    }
}
