//! `DELETE /admin/api/session`: ends the session; with `?everywhere=true` all of them, and all links of this administrator.

use countersign_domain::event::EventKind;
use countersign_lambda::admin::{AdminRead, clear_cookie};
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::lenient::Flag;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::{Write, keys};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Query {
    everywhere: Option<Flag>,
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<()>, Refusal> {
    for _ in 0..ROUNDS {
        let (caller, _) = AdminRead::of_self(app, &call)?.authenticate(app, &call).await?;
        let (session, administrator) = caller.session()?;
        // Without a condition: the session's last activity may be noted at the same time.
        let mut write = Write::new().remove_copy("session", &keys::session(&session.value.token_hash))?;
        let everywhere = call.body.everywhere.is_some_and(|flag| flag.0);
        if everywhere {
            let ended = administrator.value.clone().end_sessions(app.now());
            write = write.replace("administrator", administrator, &ended)?;
        }
        let detail = everywhere.then(|| "everywhere".into());
        let act = caller.act(app, EventKind::AdministratorSignedOut, administrator.value.id, detail);
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(Reply::empty().cookie(clear_cookie(&caller.base_url))),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
