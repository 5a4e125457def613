//! `POST /admin/api/companies/{company}/keys/rotate`: the stack's signing or sealing keys are rotated now and not when their time
//! comes.

use countersign_domain::event::EventKind;
use countersign_domain::refused::Refused;
use countersign_domain::role::Permission;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::guarded::Written;
use countersign_lambda::keys::{KeySet, Rotation};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(crate) struct Body {
    which: Which,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Which {
    Signing,
    Sealing,
}

#[derive(Serialize)]
pub(crate) struct Begun {}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Begun>, Refusal> {
    let (caller, _) = AdminRead::of(app, &call, Permission::RotateKeys)?.authenticate(app, &call).await?;
    let (key_set, name) = match call.body.which {
        Which::Signing => (KeySet::Signing, "signing"),
        Which::Sealing => (KeySet::Sealing, "sealing"),
    };
    let act = caller.act(app, EventKind::KeysRotated, caller.company.value.id, Some(name.into()));
    // Written before it is begun: a signature that was used before begins nothing.
    match caller.write(app, Write::new(), &act).await {
        Ok(()) => {}
        Err(Written::Conflict(error)) => return Err(error.into()),
        Err(Written::Refused(refusal)) => return Err(refusal),
    }
    match app.keys.rotate(key_set).await? {
        Rotation::Begun => Ok(Reply::accepted(Begun {})),
        Rotation::UnderWay => {
            Err(Refused::WrongState { what: "rotation", state: "under way already" }.into())
        }
    }
}
