//! `PUT /api/sca/v1/connections/{connection}/revoke`: a bank revokes an app's connection.

use countersign_domain::actor::Actor;
use countersign_domain::device::RevokedBy;
use countersign_lambda::call::Enclosed;
use countersign_lambda::origin::ROUNDS;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::bank::{BankConnection, BankConnectionState};
use countersign_store::{StoreError, Write};
use serde::Serialize;

use crate::bank_caller::BankRead;
use crate::data::{Data, reply};

#[derive(Serialize)]
pub(crate) struct Revoked {
    connection_id: String,
}

pub(crate) async fn handle(app: &App, call: Call<Enclosed>) -> Result<Reply<Data<Revoked>>, Refusal> {
    for _ in 0..ROUNDS {
        let mut read = BankRead::of(&call)?;
        let connection = read.add_connection(&call);
        let (_, mut found) = read.authenticate(app, &call).await?;
        let connection = connection.take(&mut found)?;
        let done = match connection.value.state {
            BankConnectionState::Pending { .. } => {
                app.store.write(Write::new().remove("connection", &connection)?).await
            }
            BankConnectionState::Joined { user, device } => {
                let found = app.store.device_with_account(user, device, app.now()).await?;
                let (device, account) = match found {
                    Some(found) => found,
                    // Its user is revoked, and every device with the user.
                    None => return Ok(revoked(&connection.value)),
                };
                if !device.value.is_active() {
                    return Ok(revoked(&connection.value));
                }
                let changed = device.value.clone().revoke(RevokedBy::Bank, Actor::Service, app.now())?;
                app.store.write(Write::new().replace_device(&device, &account, &changed)?).await
            }
        };
        match done {
            Ok(()) => return Ok(revoked(&connection.value)),
            Err(StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

fn revoked(connection: &BankConnection) -> Reply<Data<Revoked>> {
    reply(Revoked { connection_id: connection.number.to_string() })
}
