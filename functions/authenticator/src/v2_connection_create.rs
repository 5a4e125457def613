//! `POST /api/authenticator/v2/connections`: an app asks to be connected. It encrypts its key to the provider's.

use countersign_crypto::authenticator::{AppKey, Envelope};
use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::id::{Number, Tenant};
use countersign_domain::invalid::Invalid;
use countersign_lambda::{App, Call, Refusal, Reply, provider_keys};
use serde::{Deserialize, Serialize};

use crate::bank_connect;
use crate::connect::{self, connect};
use crate::data::{self, Data, SaidNumber};
use crate::provider::Connectable;

#[derive(Deserialize)]
pub(crate) struct Body {
    provider_id: SaidNumber,
    enc_rsa_public_key: Envelope,
    #[serde(flatten)]
    app: connect::Body,
}

#[derive(Serialize)]
pub(crate) struct Answer {
    authentication_url: String,
    connection_id: Number,
}

pub(crate) async fn handle(app: &App, call: Call<Data<Body>>) -> Result<Reply<Data<Answer>>, Refusal> {
    let body = &call.body.data;
    let tenant = body.provider_id.0.and_then(Tenant::from_number);
    let provider = Connectable::find(app, &call, tenant).await?;
    let connected = if provider.settings.bank.is_some() {
        bank_connect::connect(app, &call, provider, &body.app, &body.enc_rsa_public_key).await?
    } else {
        let key = key(app, &provider, &body.enc_rsa_public_key).await?;
        let wanted = body.app.wanted(&provider.app_space, AuthenticatorVersion::V2, key)?;
        connect(app, &call, provider, &body.app, &wanted).await?
    };
    let connection_id = connected.device.number();
    Ok(data::reply(Answer { authentication_url: connected.url, connection_id }))
}

/// The app's key. What cannot be decrypted and what is no key are refused in the same words.
async fn key(app: &App, provider: &Connectable, envelope: &Envelope) -> Result<AppKey, Refusal> {
    let pem = provider_keys::get(app, provider.app_space.id).await?.decrypt(envelope).ok();
    let key = pem.and_then(|pem| AppKey::from_pem(std::str::from_utf8(pem.expose()).ok()?).ok());
    match key {
        Some(key) => Ok(key),
        None => {
            provider.count_undecrypted(app).await?;
            Err(Invalid::new("enc_rsa_public_key", "is no RSA key, encrypted to the provider's").into())
        }
    }
}
