//! `GET /api/device/getAll`: the devices of a user, revoked ones too.

use countersign_domain::account::Account;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_lambda::origin::OriginRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use serde::Deserialize;

use crate::device_view::DeviceView;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    account_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Vec<DeviceView>>, Refusal> {
    let account_id = AccountId::parse("accountId", call.body.account_id.clone())?;
    let mut read = OriginRead::of(&call)?;
    let account = read.add::<Account>(keys::account(read.tenant(), &account_id));
    let (_, mut found) = read.authenticate(app, &call).await?;
    let account = found.take(account)?.ok_or(Refused::Unknown("user"))?;
    let partition = app.store.user_partition(account.value.user, app.now()).await?;
    Ok(Reply::ok(partition.devices.iter().map(|record| DeviceView::of(&record.value)).collect()))
}
