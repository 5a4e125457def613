//! `DELETE /admin/api/companies/{company}/administrators/{administrator}`: all access is over; by an App Space Admin, what they
//! may take of it.

use countersign_domain::administrator::Administrator;
use countersign_domain::event::EventKind;
use countersign_domain::role::{self, Grant, Permission};
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::Write;

use crate::{company_keeper, grants, managed};

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    for _ in 0..ROUNDS {
        let (caller, old) = managed::read(app, &call, None).await?;
        let left = left(&caller.grants, &old.value.grants);
        if left.len() == old.value.grants.len() {
            return Err(Refusal::Forbidden);
        }
        let (new, event, detail) = if left.is_empty() {
            (old.value.clone().remove(app.now()), EventKind::AdministratorRemoved, old.value.name.clone())
        } else {
            let detail = format!("roles: {}", grants::words(&left));
            (Administrator { grants: left, ..old.value.clone() }, EventKind::AdministratorUpdated, detail)
        };
        let write = Write::new().replace("administrator", &old, &new)?;
        let write = company_keeper::keep(app, &caller, write, &old.value, &new).await?;
        let act = caller.act(app, event, new.id, Some(detail));
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(Reply::empty()),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

/// The roles that whoever has `held` cannot take.
fn left(held: &[Grant], grants: &[Grant]) -> Vec<Grant> {
    if role::allowed(held, Permission::ManageAdministrators, None) {
        return Vec::new();
    }
    grants.iter().filter(|grant| !grants::may_change(held, **grant)).copied().collect()
}
