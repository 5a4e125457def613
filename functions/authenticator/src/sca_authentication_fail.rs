//! `PUT /api/sca/v1/connections/{connection}/fail_authentication`: nobody logged in at the bank.

use countersign_domain::invalid::Invalid;
use countersign_lambda::call::Enclosed;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use countersign_store::bank::BankConnectionState;
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
    let mut read = BankRead::of(&call)?;
    let connection = read.add_connection(&call);
    let (_, mut found) = read.authenticate(app, &call).await?;
    let body: Body = call.body.read()?;
    let connection = connection.take(&mut found)?;
    if let BankConnectionState::Joined { .. } = connection.value.state {
        return Err(Invalid::new("connection", "has a user: revoke it").into());
    }
    app.store.write(Write::new().remove("connection", &connection)?).await?;
    tracing::info!(has_message = body.fail_message.is_some(), "a bank let nobody in");
    Ok(reply(Failed { connection_id: connection.value.number.to_string() }))
}
