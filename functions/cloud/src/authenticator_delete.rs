//! `DELETE /api/v1/authenticators/{authenticatorId}`: an authenticator may never act again.

use countersign_domain::device::RevokedBy;
use countersign_domain::refused::Refused;
use countersign_lambda::origin::{ROUNDS, Written};
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::Write;

use crate::authenticator_lookup;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    let id = authenticator_lookup::id_of(&call)?;
    for _ in 0..ROUNDS {
        let (caller, user) = authenticator_lookup::owner(app, &call, id).await?;
        let found = app.store.device_with_account(user, id, app.now()).await?;
        let (device, account) = found.ok_or(Refused::Unknown("authenticator"))?;
        let device = authenticator_lookup::active(Some(device))?;
        let revoked = device.value.clone().revoke(RevokedBy::RequestOrigin, caller.actor(), app.now())?;
        let write = Write::new().replace_device(&device, &account, &revoked)?;
        match caller.write(app, write).await {
            Ok(()) => return Ok(Reply::empty()),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
