//! `GET /api/authenticator/v2/connections/{connection}`: what is known of the app's connection.

use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::data::{self, Data};
use crate::v2_connection_view::View;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<View>>, Refusal> {
    let connection = Connection::reading_v2(app, &call).await?.of_active_user()?;
    connection.demand_own(call.path("connection").parse().ok())?;
    Ok(data::reply(View::of(&connection)))
}
