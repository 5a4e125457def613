//! What confirming and denying have in common in version 2.

use countersign_crypto::authenticator::Envelope;
use countersign_domain::id::Number;
use countersign_domain::refused::Refused;
use countersign_lambda::call::Enclosed;
use countersign_lambda::connection::{Connection, Said};
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Serialize;

use crate::data::{self, Data};
use crate::deciding::{self, Decision};
use crate::status::Status;
use crate::{authorization, bundle};

#[derive(Serialize)]
pub(crate) struct Decided {
    id: Number,
    status: Status,
}

/// Takes the decision about the authorization that the path names.
pub(crate) async fn take(
    app: &App,
    call: &Call<Enclosed>,
    decision: Decision,
) -> Result<Reply<Data<Decided>>, Refusal> {
    let unknown = || Refused::Unknown("authorization");
    for _ in 0..crate::ROUNDS {
        let connection = Connection::writing_v2(app, call).await?.of_active_user()?;
        let envelope: Envelope = call.body.read()?;
        let id: Number = call.path("authorization").parse().map_err(|_| unknown())?;
        let open = authorization::open(&connection, app.now(), |challenge| challenge.number() == id);
        let open = open.ok_or_else(unknown)?;
        // What a bank encrypted only the bank can compare.
        let is_relayed = open.value.relayed.is_some();
        let said = if is_relayed {
            Said::default()
        } else {
            bundle::open(app, &connection, &open.value, &envelope).await?
        };
        let issuer = call.base_url(&app.settings);
        if deciding::decide(app, &issuer, &connection, &open, decision, said).await?.is_some() {
            let status = match (decision, is_relayed) {
                (Decision::Confirm, false) => Status::Confirmed,
                (Decision::Deny, false) => Status::Denied,
                (Decision::Confirm, true) => Status::ConfirmProcessing,
                (Decision::Deny, true) => Status::DenyProcessing,
            };
            return Ok(data::reply(Decided { id, status }));
        }
    }
    Err(Refusal::Conflict)
}
