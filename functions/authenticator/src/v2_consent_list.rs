//! `GET /api/authenticator/v2/consents`: the user's consents that are in force.

use countersign_crypto::authenticator::Envelope;
use countersign_domain::id::Number;
use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde::Serialize;

use crate::consent;
use crate::data::{self, Data};

/// Here the id is a text, as the apps read it.
#[derive(Serialize)]
pub(crate) struct Encrypted {
    id: String,
    connection_id: Number,
    #[serde(flatten)]
    envelope: Envelope,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<Vec<Encrypted>>>, Refusal> {
    let connection = Connection::reading_v2(app, &call).await?.of_active_user()?;
    let consents = consent::in_force(app, &connection).await?;
    let consents = consents.iter().map(|record| {
        let id = consent::id_v2(&record.value);
        let envelope = consent::encrypted(app, &connection, &record.value, id.clone())?;
        Ok(Encrypted { id, connection_id: connection.device_id().number(), envelope })
    });
    Ok(data::reply(consents.collect::<Result<_, Refusal>>()?))
}
