//! `POST /admin/api/companies/{company}/administrators/{administrator}/recovery`: a link by which somebody gets access again.

use countersign_domain::event::EventKind;
use countersign_domain::invitation::Purpose;
use countersign_domain::role::Permission;
use countersign_lambda::admin::NewLink;
use countersign_lambda::guarded::Written;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::Write;

use crate::link_view::LinkView;
use crate::managed;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<LinkView>, Refusal> {
    // Whoever has the link becomes that administrator, with all the roles: none of them may be beyond the caller's.
    let demanded = Some(Permission::ManageAdministrators);
    let (caller, administrator) = managed::read(app, &call, demanded).await?;
    let link = NewLink::new(app, &administrator.value, Purpose::Recover, caller.actor);
    let write = Write::new().insert("invitation", &link.invitation)?;
    let act = caller.act(app, EventKind::AdministratorRecovery, administrator.value.id, None);
    match caller.write(app, write, &act).await {
        Ok(()) => Ok(Reply::made(LinkView::of(&link, &caller.base_url))),
        Err(Written::Conflict(error)) => Err(error.into()),
        Err(Written::Refused(refusal)) => Err(refusal),
    }
}
