//! `PUT /api/authenticator/v1/actions/{action}`: the app scanned an action's code.

use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde::Serialize;

use crate::acting::{act, is_answered_by_claim};
use crate::data::{self, Data};
use crate::v1_authorization_answer::said;

#[derive(Serialize)]
pub(crate) struct Taken {
    success: bool,
    /// With the authorization to confirm; left out where there is nothing more to confirm.
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_id: Option<String>,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<Taken>>, Refusal> {
    let issuer = call.base_url(&app.settings);
    for _ in 0..crate::ROUNDS {
        let connection = Connection::of_v1(app, &call).await?.of_active_user()?;
        let taken = act(app, &issuer, &connection, call.path("action"), said(&call)).await?;
        if let Some(challenge) = taken {
            let to_confirm = !is_answered_by_claim(&challenge);
            return Ok(data::reply(Taken {
                success: true,
                connection_id: to_confirm.then(|| connection.device_id().to_string()),
                authorization_id: to_confirm.then(|| challenge.id.to_string()),
            }));
        }
    }
    Err(Refusal::Conflict)
}
