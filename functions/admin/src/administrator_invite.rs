//! `POST /admin/api/companies/{company}/administrators/new`: one more administrator, with a link to join.

use countersign_domain::administrator::Administrator;
use countersign_domain::event::EventKind;
use countersign_domain::id::AdministratorId;
use countersign_domain::idempotency::Made;
use countersign_domain::invitation::Purpose;
use countersign_domain::refused::Refused;
use countersign_domain::role::Grant;
use countersign_domain::text;
use countersign_lambda::admin::{AdminRead, NewLink};
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use serde::Deserialize;

use crate::grants;
use crate::link_view::LinkView;

#[derive(Deserialize)]
pub(crate) struct Body {
    name: String,
    grants: Vec<Grant>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<LinkView>, Refusal> {
    for _ in 0..ROUNDS {
        let mut read = AdminRead::of_anyone(app, &call)?;
        let once = read.once(&call)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        // Whoever may give no role at all is told so before anything about the request.
        if !grants::gives_any(&caller.grants) {
            return Err(Refusal::Forbidden);
        }
        let name = text::line("name", call.body.name.clone(), 100)?;
        let given = grants::parse(call.body.grants.clone())?;
        grants::check(&caller, &given)?;
        if once.repeated(&mut found)?.is_some() {
            return Err(Refused::WrongState { what: "link", state: "shown already" }.into());
        }
        grants::check_places(app, &caller, &given).await?;
        let (id, company) = (AdministratorId::new(app.now(), app.random()), caller.company.value.id);
        let administrator = Administrator::new(id, company, name, given, app.now());
        let link = NewLink::new(app, &administrator, Purpose::Join, caller.actor);
        let detail = Some(format!("{}: {}", administrator.name, grants::words(&administrator.grants)));
        let act = caller.act(app, EventKind::AdministratorInvited, id, detail);
        let write =
            Write::new().insert("administrator", &administrator)?.insert("invitation", &link.invitation)?;
        let write = once.remember(app, write, Made::Administered { id: id.to_string() })?;
        match caller.write(app, write, &act).await {
            Ok(()) => {
                let url = format!("{}/admin/api/companies/{company}/administrators/{id}", caller.base_url);
                let view = LinkView::of(&link, &caller.base_url).of_new(id);
                return Ok(Reply::created(view, url));
            }
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
