//! `PATCH /api/device/revoke`: a device may never act again.

use countersign_domain::device::RevokedBy;
use countersign_domain::id::DeviceId;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_lambda::device_view::DeviceView;
use countersign_lambda::origin::{OriginRead, ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::entities::DeviceOwner;
use countersign_store::{Write, keys};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    device_guid: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<DeviceView>, Refusal> {
    let id: DeviceId =
        call.body.device_guid.parse().map_err(|_| Invalid::new("deviceGuid", "is not a GUID"))?;
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(&call)?;
        let slot = read.add::<DeviceOwner>(keys::device_owner(id));
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let owner = found.take(slot)?.filter(|record| record.value.app_space == caller.app_space.id);
        let owner = owner.ok_or(Refused::Unknown("device"))?;
        let (device, account) = app
            .store
            .device_with_account(owner.value.user, id, app.now())
            .await?
            .ok_or(Refused::Unknown("device"))?;
        let revoked = device.value.clone().revoke(RevokedBy::RequestOrigin, caller.actor(), app.now())?;
        let write = Write::new().replace_device(&device, &account, &revoked)?;
        match caller.write(app, write).await {
            Ok(()) => return Ok(Reply::ok(DeviceView::of(&revoked))),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
