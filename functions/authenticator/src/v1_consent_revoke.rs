//! `DELETE /api/authenticator/v1/consents/{consent}`: the user takes a consent back.

use countersign_domain::id::ConsentId;
use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde::Serialize;

use crate::consent;
use crate::data::{self, Data};

#[derive(Serialize)]
pub(crate) struct Revoked {
    success: bool,
    consent_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<Revoked>>, Refusal> {
    let id: Option<ConsentId> = call.path("consent").parse().ok();
    for _ in 0..crate::ROUNDS {
        let connection = Connection::of_v1(app, &call).await?.of_active_user()?;
        if let Some(known) = consent::revoke(app, &connection, |known| Some(known.id) == id).await? {
            return Ok(data::reply(Revoked { success: true, consent_id: known.id.to_string() }));
        }
    }
    Err(Refusal::Conflict)
}
