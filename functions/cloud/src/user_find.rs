//! `GET /api/v1/users?username=`: the same by name.

use countersign_domain::account::Account;
use countersign_domain::refused::Refused;
use countersign_domain::username::Username;
use countersign_lambda::origin::OriginRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use serde::Deserialize;

use crate::user_lookup;
use crate::user_view::UserView;

#[derive(Deserialize)]
pub(crate) struct Query {
    username: String,
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<UserView>, Refusal> {
    let username = Username::parse("username", call.body.username.clone())?;
    let mut read = OriginRead::of(&call)?;
    let slot = read.add::<Account>(keys::account(read.tenant(), username.account_id()));
    let (caller, mut found) = read.authenticate(app, &call).await?;
    let account = found.take(slot)?.ok_or(Refused::Unknown("user"))?;
    let (user, partition) = user_lookup::partition(app, &caller, account.value.user).await?;
    Ok(Reply::ok(UserView::of(&user.value, &partition.devices)))
}
