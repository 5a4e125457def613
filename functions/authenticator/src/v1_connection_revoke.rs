//! `DELETE /api/authenticator/v1/connections`: the app gives its connection up.

use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde::Serialize;

use crate::data::{self, Data};
use crate::disconnecting;

#[derive(Serialize)]
pub(crate) struct Revoked {
    success: bool,
    /// As the app sent it.
    access_token: String,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<Revoked>>, Refusal> {
    for _ in 0..crate::ROUNDS {
        let connection = Connection::of_v1(app, &call).await?;
        if disconnecting::revoke(app, &connection).await? {
            let access_token = call.optional_header("Access-Token").unwrap_or_default().to_owned();
            return Ok(data::reply(Revoked { success: true, access_token }));
        }
    }
    Err(Refusal::Conflict)
}
