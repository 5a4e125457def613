//! `POST /admin/api/companies/{company}/keyManagement`: a provisioning key. It is shown once, and a former one dies.

use countersign_crypto::token::Token;
use countersign_domain::company::Company;
use countersign_domain::event::EventKind;
use countersign_domain::role::Permission;
use countersign_domain::secret::Secret;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::admin::presented::secret_owner;
use countersign_lambda::guarded::{ROUNDS, Written};
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
        let key = Token::random(app.random()).expose().to_owned();
        let id = old.value.id.to_string();
        let sealed = app.keys.seal(&Secret::new(key.clone()), &secret_owner(&id), app.random()).await?;
        let new = Company { provisioning_secret: Some(sealed), ..old.value.clone() };
        let write = Write::new().replace("company", old, &new)?;
        let act = caller.act(app, EventKind::CompanyKeyGenerated, id, None);
        match caller.write(app, write, &act).await {
            Ok(()) => return Ok(Reply::ok(KeyView { key })),
            Err(Written::Conflict(_)) => {}
            Err(Written::Refused(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Conflict)
}
