//! `PATCH /api/authenticator/v2/connections/{connection}/update`: the push service gave the app another token, or none.
//!
//! SNS learns of it from the table's stream: a slow or failing SNS does not keep the app waiting.

use countersign_lambda::call::Enclosed;
use countersign_lambda::connection::Connection;
use countersign_lambda::device_change::replace;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;

use crate::connect::push_token;
use crate::data::{self, Data};
use crate::v2_connection_view::Named;

#[derive(Deserialize)]
struct Body {
    /// Null and an empty one take the push away; a member that is not there is a mistake.
    #[serde(deserialize_with = "Option::deserialize")]
    push_token: Option<String>,
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Named>>, Refusal> {
    let connection = Connection::writing_v2(app, &call).await?.of_active_user()?;
    connection.demand_own(call.path("connection").parse().ok())?;
    let token = push_token(call.body.read::<Body>()?.push_token)?;
    let changed = connection.device.try_map(|device| device.set_push_token(token))?;
    let write = replace(app, &connection.user.value, &connection.device, &changed).await?;
    connection.write_once(app, write).await?;
    Ok(data::reply(Named::of(&connection)))
}
