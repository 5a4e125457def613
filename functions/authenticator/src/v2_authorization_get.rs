//! `GET /api/authenticator/v2/authorizations/{authorization}`: how far one is.

use countersign_domain::id::Number;
use countersign_domain::refused::Refused;
use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::authorization;
use crate::data::{self, Data};
use crate::v2_view::View;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<View>>, Refusal> {
    let connection = Connection::reading_v2(app, &call).await?.of_active_user()?;
    let id: Option<Number> = call.path("authorization").parse().ok();
    let shown = authorization::in_sight(&connection, app.now());
    let shown = shown.into_iter().find(|(challenge, _)| Some(challenge.id.number()) == id);
    let (challenge, standing) = shown.ok_or(Refused::Unknown("authorization"))?;
    Ok(data::reply(View::of(app, &connection, challenge, standing)?))
}
