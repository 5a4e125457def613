//! Changes of a user by a Request Origin.

use countersign_domain::account::Account;
use countersign_domain::actor::Actor;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_lambda::origin::{OriginRead, ROUNDS, Written};
use countersign_lambda::user_change::Before;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use countersign_store::user_partition::UserPartition;
use serde::Deserialize;

use crate::account_view::AccountView;

/// The body of suspend, restore and revoke.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    account_id: String,
}

/// Applies `transition` to the user whom the body names.
pub(crate) async fn change_state(
    app: &App,
    call: Call<Body>,
    transition: fn(User, Actor, Timestamp) -> Result<User, Refused>,
) -> Result<Reply<AccountView>, Refusal> {
    let account_id = call.body.account_id.clone();
    change(app, &call, account_id, |user, by, now| Ok(transition(user, by, now)?)).await
}

/// Applies `transition` to the user with this account id, in one write.
pub(crate) async fn change<B>(
    app: &App,
    call: &Call<B>,
    account_id: String,
    transition: impl Fn(User, Actor, Timestamp) -> Result<User, Refusal>,
) -> Result<Reply<AccountView>, Refusal> {
    let account_id = AccountId::parse("accountId", account_id)?;
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(call)?;
        let slot = read.add::<Account>(keys::account(read.tenant(), &account_id));
        let (caller, mut found) = read.authenticate(app, call).await?;
        let account = found.take(slot)?.ok_or(Refused::Unknown("user"))?;
        let UserPartition { user, mut devices, .. } =
            app.store.user_partition(account.value.user, app.now()).await?;
        let user = user.ok_or(Refused::Unknown("user"))?;
        let changed = transition(user.value.clone(), caller.actor(), app.now())?;

        let before = Before { user: &user, account: &account, devices: &mut devices, tokens: None };
        let write = before.becomes(&changed, app.now())?;
        match caller.write(app, write).await {
            Ok(()) => {
                return Ok(Reply::ok(AccountView::of(&changed, devices.iter().map(|record| &record.value))));
            }
            // A new account id that another user has: no other round would change that.
            Err(Written::Conflict(error)) if error.is_conflict_of("new account") => {
                return Err(Refused::WrongState { what: "newAccountId", state: "in use" }.into());
            }
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
