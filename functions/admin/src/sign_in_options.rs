//! `POST /admin/api/session/options`: what a browser asks a passkey of an administrator for. It is the same for everybody.

use countersign_lambda::admin::{ceremony, check_page};
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_webauthn::{UserVerification, request_options};
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignInOptions {
    public_key: Value,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<SignInOptions>, Refusal> {
    check_page(app, &call)?;
    let rp = ceremony::relying_party(&call.base_url(&app.settings))?;
    let challenge = ceremony::sign_in_challenge(app).await?;
    let timeout = ceremony::timeout();
    let public_key = request_options(&rp, &challenge, &[], UserVerification::Required, timeout);
    Ok(Reply::ok(SignInOptions { public_key }))
}
