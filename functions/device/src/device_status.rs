//! `GET /device/v1/device`: how a device and its user stand. Answers for a suspended user too.

use countersign_lambda::device::DeviceRead;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::device_view::DeviceView;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<DeviceView>, Refusal> {
    let (caller, _) = DeviceRead::of(&call)?.authenticate(app, &call).await?;
    let device = &caller.device.value;
    let app_space = app.app_space(device.app_space).await?;
    Ok(Reply::ok(DeviceView::of(device, &caller.user.value, &app_space)))
}
