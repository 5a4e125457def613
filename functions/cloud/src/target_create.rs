//! `POST /_app/token/dispatch/targets/`: an app that just proved its key says where to reach it and how it signs its calls.

use countersign_domain::actor::Actor;
use countersign_domain::device::{Device, DeviceName, DispatchTarget};
use countersign_domain::invalid::Invalid;
use countersign_domain::text::{self, PushToken};
use countersign_lambda::device_change::replace;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;
use serde_json::Value;

use crate::device_token::Bearer;
use crate::target::{TargetId, encryption_key, platform, signature_key};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    username: String,
    device_id: String,
    name: String,
    target: Option<String>,
    dispatcher: Option<String>,
    signature_key: Value,
    encryption_key: Option<Value>,
}

/// How often the device is read again after somebody was faster.
const ROUNDS: usize = 3;

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<TargetId>, Refusal> {
    for _ in 0..ROUNDS {
        let Bearer { user, device } = Bearer::of(app, &call).await?;
        if !device.value.is_active() {
            return Err(Refusal::Unauthorized);
        }
        user.value.active().map_err(|_| Refusal::UserNotActive)?;
        if call.body.username != user.value.account_id.as_str() {
            return Err(Invalid::new("username", "is not the user of the device token").into());
        }
        let changed = changed(&call.body, device.value.clone())?;
        match app.store.write(replace(app, &user.value, &device, &changed).await?).await {
            Ok(()) => {
                let id = device.value.id.to_string();
                let url = format!("{}/_app/token/dispatch/targets/{id}", call.base_url(&app.settings));
                return Ok(Reply::created(TargetId { id }, url));
            }
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

fn changed(body: &Body, device: Device) -> Result<Device, Refusal> {
    let push_token = body.target.clone().map(|token| PushToken::parse("target", token)).transpose()?;
    let platform = body.dispatcher.as_deref().map(platform).transpose()?;
    if push_token.is_some() && platform.is_none() {
        return Err(Invalid::new("dispatcher", "is missing: it says whose push token target is").into());
    }
    let target = DispatchTarget {
        device_id: text::line("deviceId", body.device_id.clone(), 255)?,
        dispatcher: body.dispatcher.clone().unwrap_or_default(),
        signature_key: signature_key(&body.signature_key)?,
        encryption_key: body.encryption_key.as_ref().map(encryption_key).transpose()?,
    };
    let itself = Actor::Device(device.id);
    let device = device.rename(DeviceName::parse("name", body.name.clone())?, itself)?;
    let device = device.set_target(Some(target))?.set_push_token(push_token)?;
    Ok(Device { platform: platform.unwrap_or(device.platform), ..device })
}
