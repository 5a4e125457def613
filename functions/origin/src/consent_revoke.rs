//! `PUT /api/consent/revoke`: a consent is taken back, for ever.

use countersign_domain::consent::ConsentRevokedBy;
use countersign_lambda::consent_view::ConsentView;
use countersign_lambda::origin::{ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;

use crate::lookup;
use crate::subject_guid::ConsentGuid;

pub(crate) async fn handle(app: &App, call: Call<ConsentGuid>) -> Result<Reply<ConsentView>, Refusal> {
    let id = call.body.parse()?;
    for _ in 0..ROUNDS {
        let (caller, consent) = lookup::consent(app, &call, id).await?;
        let revoked = consent.value.clone().revoke(ConsentRevokedBy::RequestOrigin, app.now())?;
        let write = Write::new().replace("consent", &consent, &revoked)?;
        match caller.write(app, write).await {
            Ok(()) => return Ok(Reply::ok(ConsentView::of(&revoked, app.now()))),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
