//! `GET /api/request/getRequest`: a challenge as it is, with the answer and what proves it.

use countersign_domain::challenge::Challenge;
use countersign_domain::refused::Refused;
use countersign_lambda::origin::OriginRead;
use countersign_lambda::processed_request::ProcessedRequest;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;

use crate::request_guid::RequestGuid;

pub(crate) async fn handle(app: &App, call: Call<RequestGuid>) -> Result<Reply<ProcessedRequest>, Refusal> {
    let id = call.body.parse()?;
    let mut read = OriginRead::of(&call)?;
    let slot = read.add::<Challenge>(keys::challenge(id));
    let (caller, mut found) = read.authenticate(app, &call).await?;
    let challenge = found.take(slot)?.filter(|record| record.value.app_space == caller.app_space.id);
    let challenge = challenge.ok_or(Refused::Unknown("request"))?.value.at(app.now());
    Ok(Reply::ok(ProcessedRequest::of(&challenge)))
}
