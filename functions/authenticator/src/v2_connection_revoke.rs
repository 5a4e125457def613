//! `PUT /api/authenticator/v2/connections/{connection}/revoke`: the app gives its connection up.

use countersign_lambda::call::Enclosed;
use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, Refusal, Reply};

use crate::data::{self, Data};
use crate::disconnecting;
use crate::v2_connection_view::Named;

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Named>>, Refusal> {
    for _ in 0..crate::ROUNDS {
        let connection = Connection::writing_v2(app, &call).await?;
        connection.demand_own(call.path("connection").parse().ok())?;
        if disconnecting::revoke(app, &connection).await? {
            return Ok(data::reply(Named::of(&connection)));
        }
    }
    Err(Refusal::Conflict)
}
