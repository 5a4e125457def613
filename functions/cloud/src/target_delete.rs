//! `DELETE /_app/token/dispatch/targets/{target}`: an app is not to be reached any more, and signs no more calls.

use countersign_lambda::device::{DeviceRead, Proof};
use countersign_lambda::device_change::replace;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::target_update::own;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    let read = DeviceRead::by(Proof::of_target(&call)?);
    let (caller, _) = read.authenticate(app, &call).await?;
    own(&caller, call.path("target"))?;
    let changed = caller.device.try_map(|device| device.set_target(None)?.set_push_token(None))?;
    let write = replace(app, &caller.user.value, &caller.device, &changed).await?;
    caller.write_once(app, write).await?;
    Ok(Reply::empty())
}
