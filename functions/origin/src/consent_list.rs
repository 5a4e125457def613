//! `GET /api/consent/getAll`: the consents of a user, also those that are over or revoked.

use countersign_domain::account::Account;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_lambda::consent_view::ConsentView;
use countersign_lambda::origin::OriginRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    account_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Vec<ConsentView>>, Refusal> {
    let account_id = AccountId::parse("accountId", call.body.account_id.clone())?;
    let mut read = OriginRead::of(&call)?;
    let slot = read.add::<Account>(keys::account(read.tenant(), &account_id));
    let (_, mut found) = read.authenticate(app, &call).await?;
    let account = found.take(slot)?.ok_or(Refused::Unknown("user"))?.value;
    let now = app.now();
    let consents = app.store.consents(account.user, now).await?;
    Ok(Reply::ok(consents.iter().map(|record| ConsentView::of(&record.value, now)).collect()))
}
