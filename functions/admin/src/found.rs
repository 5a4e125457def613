//! What paths and bodies name, found in the App Space of the path; what is elsewhere does not exist.

use std::str::FromStr;

use countersign_domain::delivery::Delivery;
use countersign_domain::id::{AppSpaceId, DeviceId, UserId};
use countersign_domain::refused::Refused;
use countersign_domain::user::User;
use countersign_lambda::{App, Call, Refusal};
use countersign_store::Record;
use countersign_store::user_partition::UserPartition;

/// The user that the path names.
pub(crate) fn user_id<B>(call: &Call<B>) -> Result<UserId, Refused> {
    named(call, "user")
}

/// The device that the path names.
pub(crate) fn device_id<B>(call: &Call<B>) -> Result<DeviceId, Refused> {
    named(call, "device")
}

fn named<B, T: FromStr>(call: &Call<B>, what: &'static str) -> Result<T, Refused> {
    call.path(what).parse().map_err(|_| Refused::Unknown(what))
}

/// A user of `app_space`, with devices.
pub(crate) async fn user(
    app: &App,
    app_space: AppSpaceId,
    id: UserId,
) -> Result<(Record<User>, UserPartition), Refusal> {
    let mut partition = app.store.user_partition(id, app.now()).await?;
    let user = partition.user.take().filter(|record| record.value.app_space == app_space);
    Ok((user.ok_or(Refused::Unknown("user"))?, partition))
}

/// Those of `deliveries` that are of `app_space`.
pub(crate) fn deliveries_of(
    deliveries: Vec<Record<Delivery>>,
    app_space: AppSpaceId,
) -> Vec<Record<Delivery>> {
    deliveries.into_iter().filter(|record| record.value.app_space == app_space).collect()
}
