//! `POST /api/request/add`: a Request Origin asks one of its users, or whoever claims it, a question.

use countersign_lambda::link::Link;
use countersign_lambda::processed_request::ProcessedRequest;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Serialize;

use crate::asked::Body;
use crate::asking::Asking;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    #[serde(flatten)]
    request: ProcessedRequest,
    /// What the Request Origin shows its user, with `showCode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claim_qr_code: Option<String>,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Created>, Refusal> {
    let base_url = call.base_url(&app.settings);
    let asking = Asking::of(app, &call, &call.body, None).await?;
    let Asking { caller, challenge, claim_token } = &asking;
    let link = claim_token.as_ref();
    let link = link.map(|token| Link::to_claim(&base_url, &caller.app_space, challenge, token));
    let (claim_uri, claim_qr_code) = link.transpose()?.map(|link| (link.uri, link.qr_code)).unzip();
    let created = Created {
        request: asking.view(),
        code: challenge.matching_code.as_ref().map(|code| code.expose().to_owned()),
        claim_uri,
        claim_qr_code,
    };
    Ok(Reply::created(created, asking.location(&base_url)))
}
