//! `PUT /api/sca/v1/connections/{connection}/fail_authentication`: nobody logged in at the bank.

use countersign_domain::id::Number;
use countersign_domain::invalid::Invalid;
use countersign_lambda::call::Enclosed;
use countersign_lambda::refusal::AuthenticatorRefusal;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::bank::{BankConnection, BankConnectionState};
use countersign_store::{Write, keys};
use serde::{Deserialize, Serialize};

use crate::bank_caller::BankRead;
use crate::data::{Data, reply};

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    fail_message: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Failed {
    connection_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Failed>>, Refusal> {
    let number = call.path("connection").parse::<Number>().ok();
    let mut read = BankRead::of(&call)?;
    let tenant = read.tenant();
    let connection = number.map(|number| read.add::<BankConnection>(keys::bank_connection(tenant, number)));
    let (_, mut found) = read.authenticate(app, &call).await?;
    let body: Body = call.body.read()?;
    let connection = connection.map(|slot| found.take(slot)).transpose()?.flatten();
    let connection = connection.ok_or(AuthenticatorRefusal::ConnectionNotFound)?;
    if let BankConnectionState::Joined { .. } = connection.value.state {
        return Err(Invalid::new("connection", "has a user: revoke it").into());
    }
    app.store.write(Write::new().remove("connection", &connection)?).await?;
    tracing::info!(has_message = body.fail_message.is_some(), "a bank let nobody in");
    Ok(reply(Failed { connection_id: connection.value.number.to_string() }))
}
