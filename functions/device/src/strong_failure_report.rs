//! `POST /device/v1/strong-failures`: a PIN or biometric attempt failed; the device is revoked after too many.

use countersign_domain::device::StrongFailure;
use countersign_lambda::device::DeviceRead;
use countersign_lambda::device_change::replace;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::Write;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counted {
    attempts_left: u8,
    device_status: &'static str,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Counted>, Refusal> {
    let (caller, _) = DeviceRead::of(&call)?.authenticate(app, &call).await?;
    let caller = caller.of_active_user()?;
    let max = app.app_space(caller.device.value.app_space).await?.policy.strong_failures_max;
    let (write, device, attempts_left) = match caller.device.value.clone().strong_failure(max, app.now())? {
        StrongFailure::Counted { device, attempts_left } => {
            (Write::new().replace("device", &caller.device, &device)?, device, attempts_left)
        }
        StrongFailure::UsedUp(device) => {
            (replace(app, &caller.user.value, &caller.device, &device).await?, device, 0)
        }
    };
    caller.write_once(app, write).await?;
    Ok(Reply::ok(Counted { attempts_left, device_status: device.state.name() }))
}
