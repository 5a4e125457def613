//! `DELETE …/requestOrigins/{requestOrigin}`: away with a Request Origin that cannot call any more.

use countersign_domain::refused::Refused;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::origin_change::{Change, change};

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    change(app, &call, None, |_, old| {
        if old.is_active() {
            // Two steps: what still calls shows itself before it cannot be told any more who it was.
            return Err(Refused::WrongState { what: "Request Origin", state: "active" }.into());
        }
        Ok(Change::Remove(()))
    })
    .await?;
    Ok(Reply::empty())
}
