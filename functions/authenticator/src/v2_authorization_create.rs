//! `POST /api/authenticator/v2/authorizations`: the app scanned an action's code.

use countersign_domain::id::{ChallengeId, Number};
use countersign_domain::refused::Refused;
use countersign_lambda::call::Enclosed;
use countersign_lambda::connection::{Connection, Said};
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::acting::act;
use crate::bank_instant;
use crate::data::{self, Data, SaidNumber};

#[derive(Deserialize)]
struct Body {
    provider_id: SaidNumber,
    action_id: String,
    connection_id: SaidNumber,
}

#[derive(Serialize)]
pub(crate) struct Taken {
    connection_id: Number,
    authorization_id: Number,
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Taken>>, Refusal> {
    let issuer = call.base_url(&app.settings);
    for _ in 0..crate::ROUNDS {
        let connection = Connection::writing_v2(app, &call).await?.of_active_user()?;
        let body: Body = call.body.read()?;
        connection.demand_own(body.connection_id.0)?;
        if body.provider_id.0 != Some(connection.device.value.app_space.tenant().number()) {
            return Err(Refused::Unknown("provider").into());
        }
        if connection.is_the_banks() {
            let id = bank_instant::act(app, &call, &connection, &body.action_id).await?;
            return Ok(taken(&connection, id));
        }
        if let Some(challenge) = act(app, &issuer, &connection, &body.action_id, Said::default()).await? {
            return Ok(taken(&connection, challenge.id));
        }
    }
    Err(Refusal::Conflict)
}

fn taken(connection: &Connection, challenge: ChallengeId) -> Reply<Data<Taken>> {
    data::reply(Taken {
        connection_id: connection.device_id().number(),
        authorization_id: challenge.number(),
    })
}
