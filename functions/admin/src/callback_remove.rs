//! `DELETE …/requestOrigins/{requestOrigin}/callbacks?callbackUrl=&type=`: an entry less in the whitelist.

use countersign_domain::event::EventKind;
use countersign_lambda::{App, Call, Refusal, Reply};

use crate::callback_body::CallbackBody;
use crate::origin_change::{Change, change};

pub(crate) async fn handle(app: &App, call: Call<CallbackBody>) -> Result<Reply<()>, Refusal> {
    change(app, &call, None, |_, old| {
        let rule = call.body.rule()?;
        let detail = format!("{} {rule}", rule.kind.name());
        let new = old.without_callback(&rule)?;
        Ok(Change::to(new, EventKind::RequestOriginCallbackRemoved, Some(detail), ()))
    })
    .await?;
    Ok(Reply::empty())
}
