//! `DELETE …/users/{user}/devices/{device}`: a device may never act again.

use countersign_domain::device::RevokedBy;
use countersign_domain::refused::Refused;
use countersign_domain::role::Permission;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::Write;

use crate::found;
use crate::user_view::AdminDeviceView;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<AdminDeviceView>, Refusal> {
    for _ in 0..ROUNDS {
        let read = AdminRead::of(app, &call, Permission::RevokeDevices)?;
        let (caller, _) = read.authenticate(app, &call).await?;
        let app_space = caller.app_space()?.value.id;
        let (now, user, id) = (app.now(), found::user_id(&call)?, found::device_id(&call)?);
        let found = app.store.device_with_account(user, id, now).await?;
        let (device, account) = found
            .filter(|(device, _)| device.value.app_space == app_space)
            .ok_or(Refused::Unknown("device"))?;
        let revoked = device.value.clone().revoke(RevokedBy::Administrator, caller.actor, now)?;
        let write = Write::new().replace_device(&device, &account, &revoked)?;
        match caller.write_untold(app, write).await {
            Ok(()) => return Ok(Reply::ok(AdminDeviceView::of(&revoked))),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
