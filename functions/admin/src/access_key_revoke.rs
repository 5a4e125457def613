//! `DELETE …/requestOrigins/{requestOrigin}/accessKeys/{accessKey}`: an access key is good no more.

use countersign_domain::event::EventKind;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::origin_change::{Change, change};

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<()>, Refusal> {
    change(app, &call, None, |_, old| {
        let id = call.path("accessKey");
        let detail = format!("of Request Origin {}", old.id);
        Ok(Change::To {
            new: old.without_access_key(id, app.now())?,
            event: EventKind::AccessKeyRevoked,
            subject: Some(id.to_owned()),
            detail: Some(detail),
            made: (),
        })
    })
    .await?;
    Ok(Reply::empty())
}
