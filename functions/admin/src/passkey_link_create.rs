//! `POST /admin/api/passkeys`: a link by which the administrator adds a passkey, here or on another device.

use countersign_domain::administrator::PASSKEYS_MAX;
use countersign_domain::event::EventKind;
use countersign_domain::invitation::Purpose;
use countersign_domain::refused::Refused;
use countersign_lambda::admin::{AdminRead, NewLink};
use countersign_lambda::guarded::Written;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::Write;

use crate::link_view::LinkView;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<LinkView>, Refusal> {
    let (caller, _) = AdminRead::of_self(app, &call)?.authenticate(app, &call).await?;
    let (_, administrator) = caller.session()?;
    if administrator.value.passkeys.len() >= PASSKEYS_MAX {
        return Err(Refused::WrongState { what: "administrator", state: "at the limit of passkeys" }.into());
    }
    let link = NewLink::new(app, &administrator.value, Purpose::AddPasskey, caller.actor);
    let write = Write::new().insert("invitation", &link.invitation)?;
    let id = administrator.value.id;
    let act = caller.act(app, EventKind::AdministratorUpdated, id, Some("a link for a passkey".into()));
    match caller.write(app, write, &act).await {
        Ok(()) => Ok(Reply::made(LinkView::of(&link, &caller.base_url))),
        Err(Written::Conflict(error)) => Err(error.into()),
        Err(Written::Refused(refusal)) => Err(refusal),
    }
}
