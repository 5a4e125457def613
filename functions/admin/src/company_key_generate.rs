//! `POST /admin/api/companies/{company}/keyManagement`: a provisioning key. It is shown once, and a former one dies.

use countersign_domain::event::EventKind;
use countersign_domain::role::Permission;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::setup::company_key;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::Write;
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct KeyView {
    key: String,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<KeyView>, Refusal> {
    for _ in 0..ROUNDS {
        let (caller, _) =
            AdminRead::of(app, &call, Permission::ManageCompany)?.authenticate(app, &call).await?;
        let old = &caller.company;
        let (new, key) = company_key::with_key(app, old.value.clone()).await?;
        let write = Write::new().replace("company", old, &new)?;
        let act = caller.act(app, EventKind::CompanyKeyGenerated, new.id, None);
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(Reply::ok(KeyView { key: key.expose().clone() })),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
