//! `GET /api/authenticator/v1/authorizations`: what waits for the app's person.

use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::authorization;
use crate::data::{self, Data};
use crate::v1_view::Encrypted;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<Vec<Encrypted>>>, Refusal> {
    let connection = Connection::of_v1(app, &call).await?.of_active_user()?;
    let pending = authorization::pending(&connection, app.now());
    let pending = pending.map(|open| Encrypted::authorization(app, &connection, &open.value));
    Ok(data::reply(pending.collect::<Result<_, _>>()?))
}
