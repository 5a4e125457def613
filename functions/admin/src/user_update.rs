//! `PATCH …/users/{user}`: a user is suspended, restored, or revoked for ever.

use countersign_domain::actor::Actor;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::role::Permission;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_lambda::admin::{AdminCaller, AdminRead};
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::refusal::internal;
use countersign_lambda::user_change::Before;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;

use crate::found;
use crate::user_view::UserView;

#[derive(Deserialize)]
pub(crate) struct Body {
    status: String,
}

type Transition = fn(User, Actor, Timestamp) -> Result<User, Refused>;

impl Body {
    fn transition(&self) -> Result<(Transition, Permission), Invalid> {
        match self.status.as_str() {
            "active" => Ok((User::restore, Permission::ManageUsers)),
            "suspended" => Ok((User::suspend, Permission::ManageUsers)),
            "revoked" => Ok((User::revoke, Permission::RevokeUsers)),
            _ => Err(Invalid::new("status", "is not one of active, suspended, revoked")),
        }
    }
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<UserView>, Refusal> {
    let (transition, permission) = call.body.transition()?;
    for _ in 0..ROUNDS {
        let (caller, _) = AdminRead::of(app, &call, permission)?.authenticate(app, &call).await?;
        demand_simple(&caller)?;
        let (now, id) = (app.now(), found::user_id(&call)?);
        let (user, mut partition) = found::user(app, caller.app_space()?.value.id, id).await?;
        let changed = transition(user.value.clone(), caller.actor, now)?;
        // Who is not revoked has an account.
        let account = app.store.account_of(&user.value, now).await?;
        let account = account.ok_or_else(internal("a user without an account"))?;
        let devices = &mut partition.devices;
        let before = Before { user: &user, account: &account, devices, tokens: None };
        let write = before.becomes(&changed, now)?;
        match caller.write_untold(app, write).await {
            Ok(()) => {
                let devices = partition.devices.iter().map(|record| &record.value);
                return Ok(Reply::ok(UserView::of(&changed, devices)));
            }
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}

/// Who may revoke users and do nothing else to them, may do so only where Request Origins bind users: those of an identity
/// provider come back by themselves.
fn demand_simple(caller: &AdminCaller) -> Result<(), Refusal> {
    let simple = caller.app_space()?.value.identity_provider.is_none();
    if simple || caller.may(Permission::ManageUsers) { Ok(()) } else { Err(Refusal::Forbidden) }
}
