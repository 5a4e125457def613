//! `PATCH /api/request/cancel`: a Request Origin takes an undecided challenge back.

use countersign_domain::challenge::Challenge;
use countersign_domain::refused::Refused;
use countersign_lambda::origin::{OriginRead, ROUNDS, Written};
use countersign_lambda::processed_request::ProcessedRequest;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::{Write, keys};

use crate::request_guid::RequestGuid;

pub(crate) async fn handle(app: &App, call: Call<RequestGuid>) -> Result<Reply<ProcessedRequest>, Refusal> {
    let id = call.body.parse()?;
    for _ in 0..ROUNDS {
        let mut read = OriginRead::of(&call)?;
        let slot = read.add::<Challenge>(keys::challenge(id));
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let challenge = found.take(slot)?.filter(|record| record.value.app_space == caller.app_space.id);
        let challenge = challenge.ok_or(Refused::Unknown("request"))?;
        let cancelled = challenge.value.clone().cancel(app.now())?;
        let write = Write::new().replace_live("challenge", &challenge, &cancelled, app.now())?;
        let write = app.store.release(write, &challenge.value, &cancelled, app.now()).await?;
        match caller.write(app, write).await {
            Ok(()) => return Ok(Reply::ok(ProcessedRequest::of(&cancelled))),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
