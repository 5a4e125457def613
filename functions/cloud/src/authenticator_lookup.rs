//! Authenticators of the caller's App Space. A revoked one is gone.

use countersign_domain::device::Device;
use countersign_domain::id::{DeviceId, UserId};
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_lambda::origin::{Caller, OriginRead};
use countersign_lambda::{App, Call, Refusal};
use countersign_store::entities::DeviceOwner;
use countersign_store::{Record, keys};

/// The authenticator of the path.
pub(crate) fn id_of<B>(call: &Call<B>) -> Result<DeviceId, Invalid> {
    call.path("authenticatorId").parse().map_err(|_| Invalid::new("authenticatorId", "is not a UUID"))
}

/// The caller, and whose authenticator it is.
pub(crate) async fn owner<B>(app: &App, call: &Call<B>, id: DeviceId) -> Result<(Caller, UserId), Refusal> {
    let mut read = OriginRead::of(call)?;
    let slot = read.add::<DeviceOwner>(keys::device_owner(id));
    let (caller, mut found) = read.authenticate(app, call).await?;
    let owner = found.take(slot)?.filter(|record| record.value.app_space == caller.app_space.id);
    Ok((caller, owner.ok_or(Refused::Unknown("authenticator"))?.value.user))
}

/// The authenticator, if it is still there.
pub(crate) fn active(device: Option<Record<Device>>) -> Result<Record<Device>, Refused> {
    device.filter(|device| device.value.is_active()).ok_or(Refused::Unknown("authenticator"))
}
