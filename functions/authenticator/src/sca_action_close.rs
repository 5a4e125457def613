//! `PUT /api/sca/v1/actions/{action}/close`: a bank takes an action back; what was decided stays so.

use countersign_domain::refused::Refused;
use countersign_lambda::call::Enclosed;
use countersign_lambda::{App, Call, Refusal, Reply, bank_action};
use countersign_store::bank::BankAction;
use countersign_store::keys;
use serde::Serialize;

use crate::bank_caller::BankRead;
use crate::data::{Data, reply};

#[derive(Serialize)]
pub(crate) struct Closed {
    action_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Closed>>, Refusal> {
    let mut read = BankRead::of(&call)?;
    let slot = read.add::<BankAction>(keys::bank_action(read.tenant(), call.path("action")));
    let (_, mut found) = read.authenticate(app, &call).await?;
    let action = found.take(slot)?.ok_or(Refused::Unknown("action"))?.value;
    bank_action::close(app, &action).await?;
    Ok(reply(Closed { action_id: action.action_id }))
}
