//! A Request Origin binds: its user is found or made, and an enrolment is opened.

use countersign_domain::account::Account;
use countersign_domain::app_space::AppSpace;
use countersign_domain::id::UserId;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_domain::user::{User, UserInfo, UserState};
use countersign_store::{Record, Write, keys};

use crate::app::App;
use crate::origin::Caller;
use crate::refusal::Refusal;
use crate::user_change;

/// Who is to be bound, and the beginning of the write that binds.
#[derive(Debug)]
pub struct Bound {
    /// The user.
    pub user: UserId,
    /// Whether the write makes the user.
    pub new_user: bool,
    /// To be carried on.
    pub write: Write,
}

/// Refuses App Spaces whose users come through an identity provider.
pub fn demand_simple(app_space: &AppSpace) -> Result<(), Refused> {
    match app_space.identity_provider {
        None => Ok(()),
        Some(_) => {
            let state = "bound through its identity provider";
            Err(Refused::WrongState { what: "App Space", state })
        }
    }
}

/// The user whom `caller` binds: that of `account`, who must be active; a new one where there is none, or a revoked one.
pub fn user(
    app: &App,
    caller: &Caller,
    account_id: &AccountId,
    account: Option<&Record<Account>>,
    info: Option<UserInfo>,
) -> Result<Bound, Refusal> {
    let write = Write::new();
    // A revoked user stays revoked; the account id is free for a new one.
    let known = account.filter(|record| !matches!(record.value.state, UserState::Revoked { .. }));
    if let Some(record) = known {
        let user = record.value.clone().active()?.user;
        let key = keys::account(caller.app_space.id.tenant(), account_id);
        return Ok(Bound { user, new_user: false, write: write.require_state("account", &key, "active")? });
    }
    let id = UserId::new(app.now(), app.random());
    let user = User::new(id, caller.app_space.id, account_id.clone(), info, caller.actor(), app.now());
    Ok(Bound { user: id, new_user: true, write: user_change::create(write, &user, account)? })
}
