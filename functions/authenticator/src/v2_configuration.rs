//! `GET /api/authenticator/v2/configurations/{provider}`: what an app must know before it connects.

use countersign_domain::id::{Number, Tenant};
use countersign_lambda::connection::open_key;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde::Serialize;

use crate::data::{self, Data};
use crate::provider;

#[derive(Serialize)]
pub(crate) struct Configuration {
    sca_service_url: String,
    api_version: &'static str,
    provider_id: Number,
    provider_name: String,
    provider_logo_url: Option<String>,
    provider_support_email: String,
    provider_public_key: String,
    geolocation_required: Option<bool>,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<Configuration>>, Refusal> {
    let number: Option<Number> = call.path("provider").parse().ok();
    let settings = provider::settings(app, number.and_then(Tenant::from_number)).await?;
    Ok(data::reply(Configuration {
        sca_service_url: call.base_url(&app.settings),
        api_version: "2",
        provider_id: settings.app_space.tenant().number(),
        provider_public_key: open_key(settings.encryption_key())?.to_pem(),
        provider_name: settings.name,
        provider_logo_url: settings.logo_url,
        provider_support_email: settings.support_email,
        geolocation_required: settings.geolocation_required,
    }))
}
