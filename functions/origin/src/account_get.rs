//! `GET /api/account/get`: a user with devices and history.

use countersign_domain::account::Account;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_lambda::origin::OriginRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use serde::Deserialize;

use crate::account_view::AccountView;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    account_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<AccountView>, Refusal> {
    let account_id = AccountId::parse("accountId", call.body.account_id.clone())?;
    let mut read = OriginRead::of(&call)?;
    let account = read.add::<Account>(keys::account(read.tenant(), &account_id));
    let (_, mut found) = read.authenticate(app, &call).await?;
    let account = found.take(account)?.ok_or(Refused::Unknown("user"))?;
    let partition = app.store.user_partition(account.value.user, app.now()).await?;
    let user = partition.user.ok_or(Refused::Unknown("user"))?;
    Ok(Reply::ok(AccountView::of(&user.value, partition.devices.iter().map(|record| &record.value))))
}
