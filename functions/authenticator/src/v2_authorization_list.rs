//! `GET /api/authenticator/v2/authorizations`: what waits for the app's person, and for a moment what became of it.

use countersign_crypto::token::Token;
use countersign_domain::id::ChallengeId;
use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::entities::Claim;
use countersign_store::keys;
use serde::Deserialize;

use crate::authorization;
use crate::data::{self, Data};
use crate::status::Status;
use crate::v2_view::View;

#[derive(Deserialize)]
pub(crate) struct Query {
    /// Only what this action is about.
    action_id: Option<String>,
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Data<Vec<View>>>, Refusal> {
    let connection = Connection::reading_v2(app, &call).await?.of_active_user()?;
    let mut shown = authorization::in_sight(&connection, app.now());
    shown.retain(|(_, standing)| standing.status != Status::Closed);
    if let Some(action) = &call.body.action_id {
        let claimed = claimed(app, action).await?;
        shown.retain(|(challenge, _)| {
            let relayed = challenge.relayed.as_ref().is_some_and(|relayed| relayed.action_id == *action);
            relayed || Some(challenge.id) == claimed
        });
    }
    let shown =
        shown.into_iter().map(|(challenge, standing)| View::of(app, &connection, challenge, standing));
    Ok(data::reply(shown.collect::<Result<_, _>>()?))
}

/// The challenge that an action's token claims.
async fn claimed(app: &App, action: &str) -> Result<Option<ChallengeId>, Refusal> {
    let Ok(token) = action.parse::<Token>() else { return Ok(None) };
    let claim = app.store.get::<Claim>(keys::claim(&token.hash().to_string()), app.now()).await?;
    Ok(claim.map(|claim| claim.value.challenge))
}
