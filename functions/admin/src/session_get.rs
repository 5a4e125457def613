//! `GET /admin/api/session`: who is signed in.

use countersign_lambda::admin::AdminRead;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};

use crate::session_view::SessionView;

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<SessionView>, Refusal> {
    let (caller, _) = AdminRead::of_self(app, &call)?.authenticate(app, &call).await?;
    let (session, administrator) = caller.session()?;
    Ok(Reply::ok(SessionView::of(&session.value, &administrator.value, &caller.company.value)))
}
