//! `GET /api/account/get`: a user with devices and history.

use countersign_domain::refused::Refused;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;

use crate::account_view::AccountView;
use crate::lookup;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    account_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<AccountView>, Refusal> {
    let partition = lookup::user(app, &call, &call.body.account_id).await?;
    let user = partition.user.ok_or(Refused::Unknown("user"))?;
    Ok(Reply::ok(AccountView::of(&user.value, partition.devices.iter().map(|record| &record.value))))
}
