//! `GET /api/authenticator/settings`: how apps of the Authenticator API reach the App Space.

use countersign_crypto::authenticator::AppKey;
use countersign_crypto::jwk::PublicJwk;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::refused::Refused;
use countersign_lambda::authenticator_link::{configuration_url, connect_uri};
use countersign_lambda::origin::OriginRead;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use countersign_store::keys;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SettingsView {
    /// What apps of v2 and banks call it.
    provider_id: u64,
    /// What apps of v1 call it.
    provider_code: String,
    /// Nothing where a bank speaks with the apps: it speaks v2.
    configuration_url_v1: Option<String>,
    configuration_url_v2: String,
    connect_uri_v1: Option<String>,
    connect_uri_v2: String,
    public_key: String,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<SettingsView>, Refusal> {
    let base_url = call.base_url(&app.settings);
    let mut read = OriginRead::of(&call)?;
    let slot = read.add::<AuthenticatorSettings>(keys::authenticator_settings(read.tenant()));
    let (caller, mut found) = read.authenticate(app, &call).await?;
    let settings = found.take(slot)?.ok_or(Refused::Unknown("authenticator settings"))?.value;
    let unreadable = internal("a stored provider key cannot be read");
    let key = PublicJwk::parse(&settings.public_key.jwk).map_err(|_| unreadable())?;
    let tenant = caller.app_space.id.tenant();
    let configuration = |version| configuration_url(&base_url, tenant, version);
    let connect = |version| connect_uri(&base_url, tenant, version, None);
    let (v1, v2) = (AuthenticatorVersion::V1, AuthenticatorVersion::V2);
    let takes_v1 = settings.bank.is_none();
    Ok(Reply::ok(SettingsView {
        provider_id: tenant.number().get(),
        provider_code: tenant.to_string(),
        configuration_url_v1: takes_v1.then(|| configuration(v1)),
        configuration_url_v2: configuration(v2),
        connect_uri_v1: takes_v1.then(|| connect(v1)),
        connect_uri_v2: connect(v2),
        public_key: AppKey::from_jwk(key).map_err(|_| unreadable())?.to_pem(),
    }))
}
