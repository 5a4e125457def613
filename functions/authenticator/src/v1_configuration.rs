//! `GET /api/authenticator/v1/configurations/{providerCode}`: what an app must know before it connects.

use countersign_domain::refused::Refused;
use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde::Serialize;

use crate::data::{self, Data};
use crate::provider;

#[derive(Serialize)]
pub(crate) struct Configuration {
    connect_url: String,
    code: String,
    name: String,
    logo_url: Option<String>,
    support_email: String,
    consent_management: bool,
    geolocation_required: Option<bool>,
    version: &'static str,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Data<Configuration>>, Refusal> {
    let settings = provider::settings(app, call.path("providerCode").parse().ok()).await?;
    // A bank encrypts for apps of version 2 only.
    if settings.bank.is_some() {
        return Err(Refused::Unknown("provider").into());
    }
    Ok(data::reply(Configuration {
        connect_url: call.base_url(&app.settings),
        code: settings.app_space.tenant().to_string(),
        name: settings.name,
        logo_url: settings.logo_url,
        support_email: settings.support_email,
        consent_management: settings.consent_management,
        geolocation_required: settings.geolocation_required,
        version: "1",
    }))
}
