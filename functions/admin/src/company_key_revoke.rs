//! `DELETE /admin/api/companies/{company}/keyManagement`: the provisioning key dies.

use countersign_domain::company::Company;
use countersign_domain::event::EventKind;
use countersign_domain::role::Permission;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::{ROUNDS, Written};
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::Write;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    for _ in 0..ROUNDS {
        let (caller, _) =
            AdminRead::of(app, &call, Permission::ManageCompany)?.authenticate(app, &call).await?;
        let old = &caller.company;
        if old.value.provisioning_secret.is_none() {
            return Ok(Reply::empty());
        }
        let new = Company { provisioning_secret: None, ..old.value.clone() };
        let write = Write::new().replace("company", old, &new)?;
        let act = caller.act(app, EventKind::CompanyKeyRevoked, new.id, None);
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(Reply::empty()),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
