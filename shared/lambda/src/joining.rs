//! A new device joins its user, who must be active and have room for it.

use countersign_domain::account::Account;
use countersign_domain::app_space::AppSpace;
use countersign_domain::device::Device;
use countersign_domain::id::UserId;
use countersign_domain::refused::Refused;
use countersign_domain::user::User;
use countersign_store::entities::DeviceOwner;
use countersign_store::{Record, Write};

use crate::app::App;
use crate::refusal::{Refusal, internal};
use crate::user_change;

/// Whom devices may join, as it was read.
#[derive(Debug)]
pub struct Host {
    /// The user.
    pub user: User,
    /// The account that leads there.
    pub account: Record<Account>,
    /// All devices, revoked ones too, oldest first.
    pub devices: Vec<Record<Device>>,
}

impl Host {
    /// Reads the user, who must be active.
    pub async fn of(app: &App, user: UserId) -> Result<Self, Refusal> {
        let partition = app.store.user_partition(user, app.now()).await?;
        let user = partition.user.ok_or_else(internal("an enrolment without a user"))?.value;
        user.active()?;
        let account = app.store.account_of(&user, app.now()).await?;
        let account = account.ok_or_else(internal("a user without an account"))?;
        Ok(Self { user, account, devices: partition.devices })
    }

    /// Adds to a write that `devices` join, if there is room.
    pub fn take_in(
        &self,
        mut write: Write,
        app_space: &AppSpace,
        devices: &[Device],
    ) -> Result<Write, Refusal> {
        // By the account, whose version this write is bound to: a device may have joined since the others were read.
        let active = self.account.value.targets.len();
        if active + devices.len() > app_space.policy.devices_max as usize {
            return Err(Refused::WrongState { what: "user", state: "at the limit of devices" }.into());
        }
        let mut account = self.account.value.clone();
        for device in devices {
            let owner = DeviceOwner { device: device.id, user: self.user.id, app_space: self.user.app_space };
            write = write.insert("device", device)?.insert("owner", &owner)?;
            account = account.with_device(device);
        }
        Ok(write.replace("account", &self.account, &account)?.require_active_user(self.user.id)?)
    }
}

/// Adds to a write that `user` is made, whose first device is `device`. `former` is the account of a revoked user that had
/// the account id before.
pub fn join_new_user(
    write: Write,
    user: &User,
    former: Option<&Record<Account>>,
    device: &Device,
) -> Result<Write, Refusal> {
    let account = Account::of(user).with_device(device);
    let owner = DeviceOwner { device: device.id, user: user.id, app_space: user.app_space };
    let write = user_change::create_with(write, user, &account, former)?;
    Ok(write.insert("device", device)?.insert("owner", &owner)?)
}

/// Adds to a write that `device` joins its user.
pub async fn join(app: &App, write: Write, app_space: &AppSpace, device: &Device) -> Result<Write, Refusal> {
    let host = Host::of(app, device.user).await?;
    host.take_in(write, app_space, std::slice::from_ref(device))
}
