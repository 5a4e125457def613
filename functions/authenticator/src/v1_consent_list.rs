//! `GET /api/authenticator/v1/consents`: the user's consents that are in force.

use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::consent;
use crate::data::{self, Data};
use crate::v1_view::Encrypted;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<Vec<Encrypted>>>, Refusal> {
    let connection = Connection::of_v1(app, &call).await?.of_active_user()?;
    let consents = consent::in_force(app, &connection).await?;
    let consents = consents.iter().map(|record| {
        let id = record.value.id.to_string();
        let envelope = consent::encrypted(app, &connection, &record.value, id.clone())?;
        Ok(Encrypted::new(&connection, id, envelope))
    });
    Ok(data::reply(consents.collect::<Result<_, Refusal>>()?))
}
