//! A device in the words of the Cloud API.

use countersign_domain::device::{Device, DeviceKind, Platform};
use countersign_lambda::refusal::Timestamp3339;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticatorView {
    authenticator_id: String,
    name: String,
    /// Nothing for what is neither.
    r#type: Option<&'static str>,
    authenticator_type: &'static str,
    state: &'static str,
    enrolled_at: Timestamp3339,
    /// As `enrolled_at`: its key is set once.
    updated_at: Timestamp3339,
    #[serde(skip_serializing_if = "Option::is_none")]
    uaf: Option<UafView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UafView {
    aaid: String,
    key_id: String,
    /// Whether the app takes what is dispatched to it.
    dispatch_target: bool,
}

impl AuthenticatorView {
    pub(crate) fn of(device: &Device) -> Self {
        let uaf = match &device.kind {
            DeviceKind::Uaf { aaid, key_id, target, .. } => Some(UafView {
                aaid: aaid.clone(),
                key_id: key_id.clone(),
                dispatch_target: target.is_some(),
            }),
            _ => None,
        };
        Self {
            authenticator_id: device.id.to_string(),
            name: device.name.as_str().to_owned(),
            r#type: match device.platform {
                Platform::Android => Some("android"),
                Platform::Ios => Some("ios"),
                Platform::Other => None,
            },
            authenticator_type: match device.kind {
                DeviceKind::Fido2 { .. } => "fido2",
                DeviceKind::Native { .. } | DeviceKind::Uaf { .. } | DeviceKind::Authenticator { .. } => {
                    "app"
                }
            },
            state: device.state.name(),
            enrolled_at: Timestamp3339(device.created_at),
            updated_at: Timestamp3339(device.created_at),
            uaf,
        }
    }
}
