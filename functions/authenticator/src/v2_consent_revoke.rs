//! `PUT /api/authenticator/v2/consents/{consent}/revoke`: the user takes a consent back.

use countersign_domain::id::Number;
use countersign_lambda::call::Enclosed;
use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Serialize;

use crate::consent;
use crate::data::{self, Data};

#[derive(Serialize)]
pub(crate) struct Revoked {
    id: Number,
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Revoked>>, Refusal> {
    let id = call.path("consent");
    for _ in 0..crate::ROUNDS {
        let connection = Connection::writing_v2(app, &call).await?.of_active_user()?;
        if let Some(known) = consent::revoke(app, &connection, |known| consent::id_v2(known) == id).await? {
            // Its apps read a number, whatever a bank calls it.
            return Ok(data::reply(Revoked { id: id.parse().unwrap_or(known.id.number()) }));
        }
    }
    Err(Refusal::Conflict)
}
