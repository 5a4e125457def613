//! `PATCH /device/v1/device`: a device gets another name.

use countersign_domain::actor::Actor;
use countersign_domain::device::DeviceName;
use countersign_lambda::device::DeviceRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use serde::Deserialize;

use crate::device_view::DeviceView;

#[derive(Deserialize)]
pub(crate) struct Body {
    name: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<DeviceView>, Refusal> {
    let name = DeviceName::parse("name", call.body.name.clone())?;
    let (caller, _) = DeviceRead::of(&call)?.authenticate(app, &call).await?;
    let caller = caller.of_active_user()?;
    let itself = Actor::Device(caller.device.value.id);
    let renamed = caller.device.try_map(|device| device.rename(name, itself))?;
    // The account knows no names: only the device changes.
    caller.write_once(app, Write::new().replace("device", &caller.device, &renamed)?).await?;
    let app_space = app.app_space(renamed.app_space).await?;
    Ok(Reply::ok(DeviceView::of(&renamed, &caller.user.value, &app_space)))
}
