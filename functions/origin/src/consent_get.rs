//! `GET /api/consent/get`: a consent as it is.

use countersign_lambda::consent_view::ConsentView;
use countersign_lambda::{App, Call, Refusal, Reply};

use crate::lookup;
use crate::subject_guid::ConsentGuid;

pub(crate) async fn handle(app: &App, call: Call<ConsentGuid>) -> Result<Reply<ConsentView>, Refusal> {
    let (_, consent) = lookup::consent(app, &call, call.body.parse()?).await?;
    Ok(Reply::ok(ConsentView::of(&consent.value, app.now())))
}
