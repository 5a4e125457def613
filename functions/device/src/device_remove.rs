//! `DELETE /device/v1/device`: a device gives itself up, for ever. A suspended user's may, too.

use countersign_lambda::device::DeviceRead;
use countersign_lambda::device_change::replace;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

/// How often the device is read again after somebody was faster.
const ROUNDS: usize = 3;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    for _ in 0..ROUNDS {
        let (caller, _) = DeviceRead::of(&call)?.authenticate(app, &call).await?;
        let revoked = caller.device.try_map(|device| device.revoke_itself(app.now()))?;
        let write = replace(app, &caller.user.value, &caller.device, &revoked).await?;
        match app.store.write(write).await {
            Ok(()) => return Ok(Reply::empty()),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}
