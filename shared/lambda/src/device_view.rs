//! A device in the words of backends and administrators.

use countersign_domain::device::{AuthenticatorVersion, Device, DeviceKind, DeviceState};
use serde::Serialize;

use crate::refusal::Timestamp3339;

/// A device, without its keys.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceView {
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
    /// `device` as it is.
    pub fn of(device: &Device) -> Self {
        Self {
            guid: device.id.to_string(),
            name: device.name.as_str().to_owned(),
            kind: kind(&device.kind),
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

fn kind(kind: &DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Native { .. } => "native",
        DeviceKind::Uaf { .. } => "uaf",
        DeviceKind::Fido2 { .. } => "fido2",
        DeviceKind::Authenticator { version: AuthenticatorVersion::V1, .. } => "authenticatorV1",
        DeviceKind::Authenticator { version: AuthenticatorVersion::V2, .. } => "authenticatorV2",
    }
}
