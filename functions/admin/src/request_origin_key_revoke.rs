//! `DELETE …/requestOrigins/{requestOrigin}/keyManagement`: a Request Origin can no longer call. Its users and challenges stay.

use countersign_domain::event::EventKind;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::origin_change::{Change, change};

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    change(app, &call, None, |_, old| {
        if !old.is_active() {
            return Ok(Change::Nothing(()));
        }
        Ok(Change::to(old.without_keys(), EventKind::RequestOriginKeyRevoked, None, ()))
    })
    .await?;
    Ok(Reply::empty())
}
