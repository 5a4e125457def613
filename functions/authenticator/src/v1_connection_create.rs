//! `POST /api/authenticator/v1/connections`: an app asks to be connected.

use countersign_crypto::authenticator::AppKey;
use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::invalid::Invalid;
use countersign_lambda::refusal::AuthenticatorRefusal;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::connect::{self, connect};
use crate::data::{self, Data};
use crate::provider::Connectable;

#[derive(Deserialize)]
pub(crate) struct Body {
    public_key: String,
    provider_code: String,
    #[serde(flatten)]
    app: connect::Body,
}

#[derive(Serialize)]
pub(crate) struct Answer {
    id: String,
    connect_url: String,
}

pub(crate) async fn handle(app: &App, call: Call<Data<Body>>) -> Result<Reply<Data<Answer>>, Refusal> {
    let body = &call.body.data;
    let key =
        AppKey::from_pem(&body.public_key).map_err(|error| Invalid::new("public_key", error.to_string()))?;
    let provider = Connectable::find(app, &call, body.provider_code.parse().ok()).await?;
    // A bank encrypts for apps of version 2 only.
    if provider.settings.bank.is_some() {
        return Err(AuthenticatorRefusal::UserNotFound.into());
    }
    let wanted = body.app.wanted(&provider.app_space, AuthenticatorVersion::V1, key)?;
    let connected = connect(app, &call, provider, &body.app, &wanted).await?;
    Ok(data::reply(Answer { id: connected.device.to_string(), connect_url: connected.url }))
}
