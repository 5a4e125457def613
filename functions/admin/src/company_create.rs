//! `POST /admin/api/companies/new`: a company for which the caller's provisioning key acts too.

use countersign_domain::company::Company;
use countersign_domain::event::EventKind;
use countersign_domain::id::CompanyId;
use countersign_domain::idempotency::Made;
use countersign_domain::text;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use serde::Deserialize;

use crate::made::MadeView;

#[derive(Deserialize)]
pub(crate) struct Body {
    name: String,
}

/// Only a key makes companies, and only one of a company that the operator made: they are tenants of the whole stack.
pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<MadeView>, Refusal> {
    let url = format!("{}/admin/api/companies", call.base_url(&app.settings));
    for _ in 0..ROUNDS {
        let mut read = AdminRead::of_self(app, &call)?;
        let once = read.once(&call)?;
        let (caller, mut found) = read.authenticate(app, &call).await?;
        let holder = &caller.company.value;
        if caller.administrator.is_some() || holder.parent.is_some() {
            return Err(Refusal::Forbidden);
        }
        if let Some(made) = once.repeated(&mut found)? {
            return MadeView::again(&url, made);
        }
        let name = text::line("name", call.body.name.clone(), 100)?;
        let id = CompanyId::new(app.now(), app.random());
        let company = Company::new(id, name, Some(holder.id), app.now());
        let write = Write::new().insert("company", &company)?;
        let write = once.remember(app, write, Made::Administered { id: id.to_string() })?;
        let act = caller.act(app, EventKind::CompanyCreated, id, None);
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(MadeView::reply(&url, id)),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
