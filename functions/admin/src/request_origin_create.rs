//! `POST …/requestOrigins/new`: a Request Origin. It has no key yet.

use countersign_domain::event::EventKind;
use countersign_domain::idempotency::Made;
use countersign_domain::role::Permission;
use countersign_domain::text;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::setup::origin_keys;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use serde::Deserialize;

use crate::made::MadeView;

#[derive(Deserialize)]
pub(crate) struct Body {
    name: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<MadeView>, Refusal> {
    for _ in 0..ROUNDS {
        let mut read = AdminRead::of(app, &call, Permission::ManageRequestOrigins)?;
        let once = read.once(&call)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let app_space = caller.app_space()?.value.id;
        let (base, company) = (&caller.base_url, caller.company.value.id);
        let url = format!("{base}/admin/api/companies/{company}/appSpaces/{app_space}/requestOrigins");
        if let Some(made) = once.repeated(&mut found)? {
            return MadeView::again(&url, made);
        }
        let name = text::line("name", call.body.name.clone(), 100)?;
        let sealing = app.keys.sealing().await?;
        // Nobody is shown the secret of its webhooks yet: whoever wants it has one made anew.
        let (origin, _) = origin_keys::new_origin(app, &sealing, app_space, name);
        let write = Write::new().insert("request origin", &origin)?;
        let write = once.remember(app, write, Made::Administered { id: origin.id.to_string() })?;
        let act = caller.act(app, EventKind::RequestOriginCreated, origin.id, None);
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(MadeView::reply(&url, origin.id)),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
