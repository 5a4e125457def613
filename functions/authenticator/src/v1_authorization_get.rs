//! `GET /api/authenticator/v1/authorizations/{authorization}`: one that waits.

use countersign_domain::id::ChallengeId;
use countersign_domain::refused::Refused;
use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::authorization;
use crate::data::{self, Data};
use crate::v1_view::Encrypted;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<Encrypted>>, Refusal> {
    let connection = Connection::of_v1(app, &call).await?.of_active_user()?;
    let id: Option<ChallengeId> = call.path("authorization").parse().ok();
    let open = authorization::open(&connection, app.now(), |challenge| Some(challenge) == id);
    let open = open.ok_or(Refused::Unknown("authorization"))?;
    Ok(data::reply(Encrypted::authorization(app, &connection, &open.value)?))
}
