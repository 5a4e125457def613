//! Users of the caller's App Space. A revoked one is gone: this API deletes by revoking.

use countersign_domain::id::UserId;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::user::{User, UserState};
use countersign_lambda::origin::Caller;
use countersign_lambda::{App, Call, Refusal};
use countersign_store::Record;
use countersign_store::user_partition::UserPartition;

/// The user of the path.
pub(crate) fn id_of<B>(call: &Call<B>) -> Result<UserId, Invalid> {
    call.path("userId").parse().map_err(|_| Invalid::new("userId", "is not a UUID"))
}

/// The user `id`, with devices.
pub(crate) async fn partition(
    app: &App,
    caller: &Caller,
    id: UserId,
) -> Result<(Record<User>, UserPartition), Refusal> {
    let mut partition = app.store.user_partition(id, app.now()).await?;
    let user = partition.user.take().filter(|record| is_there(caller, &record.value));
    Ok((user.ok_or(Refused::Unknown("user"))?, partition))
}

/// Whether the caller may know of the user.
pub(crate) fn is_there(caller: &Caller, user: &User) -> bool {
    user.app_space == caller.app_space.id && !matches!(user.state, UserState::Revoked { .. })
}
