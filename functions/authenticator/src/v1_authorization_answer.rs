//! `PUT /api/authenticator/v1/authorizations/{authorization}`: the person's decision, in a signed call.

use countersign_domain::id::ChallengeId;
use countersign_domain::refused::Refused;
use countersign_lambda::call::Enclosed;
use countersign_lambda::connection::{Connection, Said};
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::authorization;
use crate::data::{self, Data};
use crate::deciding::{self, Decision};

#[derive(Deserialize)]
struct Body {
    confirm: bool,
    authorization_code: String,
}

#[derive(Serialize)]
pub(crate) struct Answered {
    success: bool,
    id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Answered>>, Refusal> {
    let unknown = || Refused::Unknown("authorization");
    for _ in 0..crate::ROUNDS {
        let connection = Connection::of_v1(app, &call).await?.of_active_user()?;
        let body: Body = call.body.read()?;
        let id: ChallengeId = call.path("authorization").parse().map_err(|_| unknown())?;
        let open = authorization::open(&connection, app.now(), |challenge| challenge == id);
        let open = open.ok_or_else(unknown)?;
        let code = authorization::code(&open.value, connection.device_id())?;
        if !code.matches(&body.authorization_code) {
            // It still waits: what the app showed was not what is asked.
            return Ok(data::reply(Answered { success: false, id: id.to_string() }));
        }
        let decision = if body.confirm { Decision::Confirm } else { Decision::Deny };
        let issuer = call.base_url(&app.settings);
        if deciding::decide(app, &issuer, &connection, &open, decision, said(&call)).await?.is_some() {
            return Ok(data::reply(Answered { success: true, id: id.to_string() }));
        }
    }
    Err(Refusal::Conflict)
}

/// What the app says in headers, which are not signed.
pub(crate) fn said<B>(call: &Call<B>) -> Said {
    Said {
        authorization_type: call.optional_header("Authorization-Type").map(str::to_owned),
        geolocation: call.optional_header("GEO-Location").map(str::to_owned),
    }
}
