//! `DELETE /admin/api/passkeys/{passkey}`: the administrator's own passkey is over, and the sessions that began by it.

use countersign_domain::event::EventKind;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::Write;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    let passkey = call.path("passkey");
    for _ in 0..ROUNDS {
        let (caller, _) = AdminRead::of_self(app, &call)?.authenticate(app, &call).await?;
        let (_, old) = caller.session()?;
        let name = old.value.passkey(passkey).map(|passkey| passkey.name.clone());
        let new = old.value.clone().remove_passkey(passkey)?;
        let write = Write::new().replace("administrator", old, &new)?;
        let act = caller.act(app, EventKind::PasskeyRemoved, new.id, name);
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(Reply::empty()),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
