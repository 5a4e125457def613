//! `PUT /device/v1/device/push-token`: the push service gave the app another token, or none.
//!
//! SNS learns of it from the table's stream: a slow or failing SNS does not keep the device waiting.

use countersign_domain::text::PushToken;
use countersign_lambda::device::DeviceRead;
use countersign_lambda::device_change::replace;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;

use crate::device_view::DeviceView;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    /// Null takes the push away; a field that is not there is a mistake.
    #[serde(deserialize_with = "Option::deserialize")]
    push_token: Option<String>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<DeviceView>, Refusal> {
    let token = call.body.push_token.clone().map(|token| PushToken::parse("pushToken", token)).transpose()?;
    let (caller, _) = DeviceRead::of(&call)?.authenticate(app, &call).await?;
    let caller = caller.of_active_user()?;
    let changed = caller.device.try_map(|device| device.set_push_token(token))?;
    let write = replace(app, &caller.user.value, &caller.device, &changed).await?;
    caller.write_once(app, write).await?;
    let app_space = app.app_space(changed.app_space).await?;
    Ok(Reply::ok(DeviceView::of(&changed, &caller.user.value, &app_space)))
}
