//! Changes of a device by itself: the device and its place in the account change together.

use countersign_domain::device::Device;
use countersign_domain::user::User;
use countersign_store::{Record, Write};

use crate::app::App;
use crate::refusal::{Refusal, internal};

/// The write that makes `device` of `user` what is `changed`.
pub async fn replace(
    app: &App,
    user: &User,
    device: &Record<Device>,
    changed: &Device,
) -> Result<Write, Refusal> {
    let account = app.store.account_of(user, app.now()).await?;
    let account = account.ok_or_else(internal("a user without an account"))?;
    Ok(Write::new().replace_device(device, &account, changed)?)
}
