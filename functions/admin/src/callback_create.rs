//! `POST …/requestOrigins/{requestOrigin}/callbacks/new`: one more entry of the whitelist.

use countersign_domain::event::EventKind;
use countersign_lambda::{App, Call, Refusal, Reply};

use crate::callback_body::{CallbackBody, CallbackView};
use crate::origin_change::{Change, change};

/// 201; 200 where the whitelist has it already.
pub(crate) async fn handle(app: &App, call: Call<CallbackBody>) -> Result<Reply<CallbackView>, Refusal> {
    let made = change(app, &call, None, |_, old| {
        let rule = call.body.rule()?;
        let (view, detail) = (CallbackView::from(&rule), format!("{} {rule}", rule.kind.name()));
        Ok(match old.with_callback(rule)? {
            None => Change::Nothing((view, false)),
            Some(new) => Change::to(new, EventKind::RequestOriginCallbackAdded, Some(detail), (view, true)),
        })
    });
    let (view, is_new) = made.await?;
    Ok(if is_new { Reply::made(view) } else { Reply::ok(view) })
}
