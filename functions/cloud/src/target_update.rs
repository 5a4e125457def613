//! `PATCH /_app/token/dispatch/targets/{target}`: an app has another push token, name or key.

use countersign_domain::actor::Actor;
use countersign_domain::device::{Device, DeviceKind, DeviceName, PushRegistration};
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::text::PushToken;
use countersign_lambda::device::{DeviceCaller, DeviceRead, Proof};
use countersign_lambda::device_change::replace;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;
use serde_json::Value;

use crate::target::{Change, TargetId, change, encryption_key, platform, signature_key};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    name: Option<String>,
    #[serde(default, deserialize_with = "change")]
    target: Change<String>,
    dispatcher: Option<String>,
    #[serde(default, deserialize_with = "change")]
    encryption_key: Change<Value>,
    signature_key: Option<Value>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<TargetId>, Refusal> {
    let read = DeviceRead::by(Proof::of_target(&call)?);
    let (caller, _) = read.authenticate(app, &call).await?;
    let caller = caller.of_active_user()?;
    let id = own(&caller, call.path("target"))?;
    let changed = changed(&call.body, caller.device.value.clone())?;
    let write = replace(app, &caller.user.value, &caller.device, &changed).await?;
    caller.write_once(app, write).await?;
    Ok(Reply::ok(TargetId { id }))
}

/// The caller's target, which is the only one that it may name.
pub(crate) fn own(caller: &DeviceCaller, named: &str) -> Result<String, Refused> {
    let id = caller.device.value.id.to_string();
    if named.eq_ignore_ascii_case(&id) { Ok(id) } else { Err(Refused::Unknown("dispatch target")) }
}

fn changed(body: &Body, device: Device) -> Result<Device, Refusal> {
    let DeviceKind::Uaf { target: Some(target), .. } = &device.kind else {
        return Err(Refused::Unknown("dispatch target").into());
    };
    let mut target = target.clone();
    let mut platform_now = device.platform;
    if let Some(dispatcher) = &body.dispatcher {
        platform_now = platform(dispatcher)?;
        target.dispatcher.clone_from(dispatcher);
    }
    if let Some(key) = &body.signature_key {
        target.signature_key = signature_key(key)?;
    }
    if let Some(key) = &body.encryption_key {
        target.encryption_key = key.as_ref().map(encryption_key).transpose()?;
    }
    let has_dispatcher = !target.dispatcher.is_empty();
    let mut device = Device { platform: platform_now, ..device.clone() }.set_target(Some(target))?;
    if let Some(name) = &body.name {
        let itself = Actor::Device(device.id);
        device = device.rename(DeviceName::parse("name", name.clone())?, itself)?;
    }
    if let Some(token) = &body.target {
        let token = token.clone().map(|token| PushToken::parse("target", token)).transpose()?;
        device = device.set_push_token(token)?;
    }
    if !has_dispatcher && device.push != PushRegistration::None {
        return Err(Invalid::new("dispatcher", "is missing: it says whose push token target is").into());
    }
    Ok(device)
}
