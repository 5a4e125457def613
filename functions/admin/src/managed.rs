//! The administrator that a path names, for a caller who may manage administrators somewhere.

use countersign_domain::administrator::Administrator;
use countersign_domain::id::AdministratorId;
use countersign_domain::refused::Refused;
use countersign_domain::role::Permission;
use countersign_lambda::admin::{AdminCaller, AdminRead, Place};
use countersign_lambda::{App, Call, Refusal};
use countersign_store::{Record, keys};

use crate::grants;

/// Reads caller and administrator, for a caller who gives roles, or who has `permission` in the company. Of whom the caller sees
/// no role, there is none.
pub(crate) async fn read<B>(
    app: &App,
    call: &Call<B>,
    permission: Option<Permission>,
) -> Result<(AdminCaller, Record<Administrator>), Refusal> {
    let unknown = Refused::Unknown("administrator");
    let company = Place::of(call)?.company;
    let id = call.path("administrator").parse::<AdministratorId>();
    let mut read = match permission {
        Some(permission) => AdminRead::of(app, call, permission)?,
        None => AdminRead::of_anyone(app, call)?,
    };
    let slot = match &id {
        Ok(id) => Some(read.add::<Administrator>(keys::administrator(company, *id))),
        Err(_) => None,
    };
    let (caller, mut found) = read.authenticate(app, call).await?;
    if !grants::gives_any(&caller.grants) {
        return Err(Refusal::Forbidden);
    }
    let own = caller.administrator.clone().filter(|own| id.is_ok_and(|id| id == own.value.id));
    let found = match (own, slot) {
        // An item that is read twice is given to the first who asks: the session.
        (Some(own), _) => Some(own),
        (None, Some(slot)) => found.take(slot)?,
        (None, None) => None,
    };
    let found = found.ok_or(unknown.clone())?;
    let Some(present) = found.value.clone().present() else { return Err(unknown.into()) };
    if !present.grants.iter().any(|grant| grants::sees(&caller.grants, *grant)) {
        return Err(unknown.into());
    }
    Ok((caller, found))
}
