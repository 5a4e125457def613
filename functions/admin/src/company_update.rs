//! `PATCH /admin/api/companies/{company}`: a company's name.

use countersign_domain::company::Company;
use countersign_domain::event::EventKind;
use countersign_domain::role::Permission;
use countersign_domain::text;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Body {
    name: String,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<()>, Refusal> {
    let name = text::line("name", call.body.name.clone(), 100)?;
    for _ in 0..ROUNDS {
        let read = AdminRead::of(app, &call, Permission::ManageCompany)?;
        let (caller, _) = read.authenticate(app, &call).await?;
        let old = &caller.company;
        if old.value.name == name {
            return Ok(Reply::empty());
        }
        let new = Company { name: name.clone(), ..old.value.clone() };
        let write = Write::new().replace("company", old, &new)?;
        let act = caller.act(app, EventKind::CompanyUpdated, new.id, Some("name".into()));
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(Reply::empty()),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
