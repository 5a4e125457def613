//! `PATCH /api/v1/authenticators/{authenticatorId}`: an authenticator gets another name.

use countersign_domain::device::{Device, DeviceName};
use countersign_lambda::origin::{ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::{Write, keys};
use serde::Deserialize;

use crate::authenticator_lookup;
use crate::authenticator_view::AuthenticatorView;

#[derive(Deserialize)]
pub(crate) struct Body {
    name: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<AuthenticatorView>, Refusal> {
    let id = authenticator_lookup::id_of(&call)?;
    let name = DeviceName::parse("name", call.body.name.clone())?;
    for _ in 0..ROUNDS {
        let (caller, user) = authenticator_lookup::owner(app, &call, id).await?;
        let device = app.store.get::<Device>(keys::device(user, id), app.now()).await?;
        let device = authenticator_lookup::active(device)?;
        let renamed = device.try_map(|device| device.rename(name.clone(), caller.actor()))?;
        match caller.write(app, Write::new().replace("device", &device, &renamed)?).await {
            Ok(()) => return Ok(Reply::ok(AuthenticatorView::of(&renamed))),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
