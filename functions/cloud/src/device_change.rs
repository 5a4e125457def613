//! Changes of a device by its app: the device and its place in the account change together.

use countersign_domain::device::Device;
use countersign_domain::user::User;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Refusal};
use countersign_store::{Record, Write};

/// The write that makes `device` of `user` what is `changed`.
pub(crate) async fn replace(
    app: &App,
    user: &User,
    device: &Record<Device>,
    changed: &Device,
) -> Result<Write, Refusal> {
    let write = Write::new().replace("device", device, changed)?;
    let account = app.store.account_of(user, app.now()).await?;
    let account = account.ok_or_else(internal("a user without an account"))?;
    Ok(write.replace("account", &account, &account.value.clone().with_device(changed))?)
}
