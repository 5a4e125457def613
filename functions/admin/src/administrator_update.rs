//! `PATCH /admin/api/companies/{company}/administrators/{administrator}`: another name, other roles.

use countersign_domain::administrator::Administrator;
use countersign_domain::event::EventKind;
use countersign_domain::role::{self, Grant, Permission};
use countersign_domain::text;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use serde::Deserialize;

use crate::{company_keeper, grants, managed};

#[derive(Deserialize)]
pub(crate) struct Body {
    name: Option<String>,
    grants: Option<Vec<Grant>>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<()>, Refusal> {
    for _ in 0..ROUNDS {
        let (caller, old) = managed::read(app, &call, None).await?;
        let mut new = old.value.clone();
        let mut changed = Vec::new();
        if let Some(name) = call.body.name.clone() {
            if !role::allowed(&caller.grants, Permission::ManageAdministrators, None) {
                return Err(Refusal::Forbidden);
            }
            new.name = text::line("name", name, 100)?;
            if new.name != old.value.name {
                changed.push("name".to_owned());
            }
        }
        if let Some(wanted) = call.body.grants.clone() {
            new.grants = regranted(&caller.grants, &old.value, grants::parse(wanted)?);
            let difference = grants::difference(&old.value.grants, &new.grants);
            grants::check(&caller, &difference)?;
            let added: Vec<_> =
                difference.iter().filter(|grant| new.grants.contains(grant)).copied().collect();
            grants::check_places(app, &caller, &added).await?;
            if !difference.is_empty() {
                changed.push(format!("roles: {}", grants::words(&new.grants)));
            }
        }
        if changed.is_empty() {
            return Ok(Reply::empty());
        }
        let write = Write::new().replace("administrator", &old, &new)?;
        let write = company_keeper::keep(app, &caller, write, &old.value, &new).await?;
        let act = caller.act(app, EventKind::AdministratorUpdated, new.id, Some(changed.join("; ")));
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(Reply::empty()),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

/// The roles that are asked for, and those that whoever asks does not see: nobody takes what they do not know of.
fn regranted(held: &[Grant], old: &Administrator, wanted: Vec<Grant>) -> Vec<Grant> {
    let mut regranted: Vec<Grant> =
        old.grants.iter().filter(|grant| !grants::sees(held, **grant)).copied().collect();
    regranted.extend(wanted);
    regranted
}
