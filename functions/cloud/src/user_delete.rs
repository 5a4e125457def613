//! `DELETE /api/v1/users/{userId}`: a user and all authenticators are revoked, for ever. The name is free for another.

use countersign_domain::refused::Refused;
use countersign_lambda::origin::{OriginRead, ROUNDS, Written};
use countersign_lambda::user_change::Before;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::user_lookup;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    let id = user_lookup::id_of(&call)?;
    for _ in 0..ROUNDS {
        let (caller, _) = OriginRead::of(&call)?.authenticate(app, &call).await?;
        let (user, mut partition) = user_lookup::partition(app, &caller, id).await?;
        let account = app.store.account_of(&user.value, app.now()).await?;
        let account = account.ok_or(Refused::Unknown("user"))?;
        let revoked = user.value.clone().revoke(caller.actor(), app.now())?;
        let devices = &mut partition.devices;
        let before = Before { user: &user, account: &account, devices, tokens: None };
        match caller.write(app, before.becomes(&revoked, app.now())?).await {
            Ok(()) => return Ok(Reply::empty()),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
