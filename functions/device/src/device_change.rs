//! Changes of a device by itself: the device and its place in the account change together.

use countersign_domain::device::Device;
use countersign_lambda::device::DeviceCaller;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Refusal};
use countersign_store::Write;

/// The write that makes the caller's device `changed`.
pub(crate) async fn replace(app: &App, caller: &DeviceCaller, changed: &Device) -> Result<Write, Refusal> {
    let write = Write::new().replace("device", &caller.device, changed)?;
    let account = app.store.account_of(&caller.user.value, app.now()).await?;
    let account = account.ok_or_else(internal("a user without an account"))?;
    Ok(write.replace("account", &account, &account.value.clone().with_device(changed))?)
}
