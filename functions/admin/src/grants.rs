//! Which roles a caller may give and take.

use countersign_domain::administrator::GRANTS_MAX;
use countersign_domain::app_space::AppSpace;
use countersign_domain::id::AppSpaceId;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::role::{self, Grant, Permission};
use countersign_lambda::admin::AdminCaller;
use countersign_lambda::{App, Refusal};
use countersign_store::{Read, keys};

/// The grants of a request, each once.
pub(crate) fn parse(mut grants: Vec<Grant>) -> Result<Vec<Grant>, Invalid> {
    let mut seen = Vec::with_capacity(grants.len());
    grants.retain(|grant| {
        let fresh = !seen.contains(grant);
        seen.push(*grant);
        fresh
    });
    match grants.len() {
        0 => Err(Invalid::new("grants", "is empty")),
        count if count > GRANTS_MAX => {
            Err(Invalid::new("grants", format!("has more than {GRANTS_MAX} roles")))
        }
        _ => Ok(grants),
    }
}

/// Whether who has `held` sees that somebody has `grant`.
pub(crate) fn sees(held: &[Grant], grant: Grant) -> bool {
    role::allowed(held, Permission::ReadAdministrators, grant.app_space())
}

/// Whether who has `held` may give any role anywhere.
pub(crate) fn gives_any(held: &[Grant]) -> bool {
    held.iter().any(|grant| {
        let role = grant.role();
        role.may(Permission::ManageAdministrators) || role.may(Permission::ManageUserSupport)
    })
}

/// Whether who has `held` may give and take `grant`.
pub(crate) fn may_change(held: &[Grant], grant: Grant) -> bool {
    role::allowed(held, Permission::ManageAdministrators, None)
        || matches!(grant, Grant::UserSupport { app_space }
            if role::allowed(held, Permission::ManageUserSupport, Some(app_space)))
}

/// What is in one of the two and not in the other.
pub(crate) fn difference(old: &[Grant], new: &[Grant]) -> Vec<Grant> {
    let gone = old.iter().filter(|grant| !new.contains(grant));
    let come = new.iter().filter(|grant| !old.contains(grant));
    gone.chain(come).copied().collect()
}

/// Refuses what the caller may not give or take. Of an App Space in which it has no role it learns nothing.
pub(crate) fn check(caller: &AdminCaller, changed: &[Grant]) -> Result<(), Refusal> {
    for grant in changed {
        if role::roles_in(&caller.grants, grant.app_space()).next().is_none() && grant.app_space().is_some() {
            return Err(Refused::Unknown("App Space").into());
        }
        if !may_change(&caller.grants, *grant) {
            return Err(Refusal::Forbidden);
        }
    }
    Ok(())
}

/// Refuses grants in App Spaces that are none of the caller's company.
pub(crate) async fn check_places(app: &App, caller: &AdminCaller, grants: &[Grant]) -> Result<(), Refusal> {
    let mut places: Vec<AppSpaceId> = grants.iter().filter_map(|grant| grant.app_space()).collect();
    places.sort_unstable();
    places.dedup();
    if places.is_empty() {
        return Ok(());
    }
    let mut read = Read::new();
    let slots: Vec<_> = places.iter().map(|id| read.add::<AppSpace>(keys::app_space(id.tenant()))).collect();
    let mut found = app.store.read(read, app.now()).await?;
    for (slot, id) in slots.into_iter().zip(places) {
        let app_space = found.take(slot)?.map(|record| record.value);
        if app_space.is_none_or(|found| found.id != id || found.company != caller.company.value.id) {
            return Err(Refused::Unknown("App Space").into());
        }
    }
    Ok(())
}

/// The roles as the audit trail has them.
pub(crate) fn words(grants: &[Grant]) -> String {
    let word = |grant: &Grant| match grant.app_space() {
        Some(id) => format!("{} of {id}", grant.role().title()),
        None => grant.role().title().to_owned(),
    };
    grants.iter().map(word).collect::<Vec<_>>().join(", ")
}
