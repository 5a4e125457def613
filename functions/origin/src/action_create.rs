//! `POST /api/action/add`: a Request Origin shows a code, and whose app of the Authenticator API scans it is asked.

use countersign_domain::device::AuthenticatorVersion;
use countersign_lambda::authenticator_link::action_uri;
use countersign_lambda::lenient::Flag;
use countersign_lambda::link::Link;
use countersign_lambda::processed_request::ProcessedRequest;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::action_terms::ActionTerms;
use crate::asked;
use crate::asking::Asking;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    content: Option<Value>,
    additional_info: Option<Value>,
    callback: Option<String>,
    duration: Option<String>,
    transaction_id: Option<String>,
    notification_title: Option<String>,
    notification_body: Option<String>,
    return_to: Option<String>,
    /// Whether there is something to confirm; else to scan it is to answer it.
    confirm: Option<Flag>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    #[serde(flatten)]
    request: ProcessedRequest,
    action_uri_v1: String,
    action_qr_code_v1: String,
    action_uri_v2: String,
    action_qr_code_v2: String,
}

impl Body {
    fn question(&self) -> asked::Body {
        asked::Body {
            claimable: Some(Flag(true)),
            content: self.content.clone(),
            additional_info: self.additional_info.clone(),
            callback: self.callback.clone(),
            duration: self.duration.clone(),
            transaction_id: self.transaction_id.clone(),
            notification_title: self.notification_title.clone(),
            notification_body: self.notification_body.clone(),
            ..asked::Body::default()
        }
    }

    fn terms(&self) -> ActionTerms {
        let confirm = self.confirm.is_none_or(|Flag(confirm)| confirm);
        ActionTerms { confirm, return_to: self.return_to.clone() }
    }
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Created>, Refusal> {
    let base_url = call.base_url(&app.settings);
    let asking = Asking::of(app, &call, &call.body.question(), Some(&call.body.terms())).await?;
    let token = asking.claim_token.as_ref().ok_or_else(internal("an action that nobody can claim"))?;
    let action = asking.challenge.action.as_ref().ok_or_else(internal("an action without its terms"))?;
    let link = |version| {
        let tenant = asking.caller.app_space.id.tenant();
        Link::of(action_uri(&base_url, tenant, version, token, action.return_to.as_deref()))
    };
    let (v1, v2) = (link(AuthenticatorVersion::V1)?, link(AuthenticatorVersion::V2)?);
    let created = Created {
        request: asking.view(),
        action_uri_v1: v1.uri,
        action_qr_code_v1: v1.qr_code,
        action_uri_v2: v2.uri,
        action_qr_code_v2: v2.qr_code,
    };
    Ok(Reply::created(created, asking.location(&base_url)))
}
