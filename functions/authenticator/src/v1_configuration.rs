//! `GET /api/authenticator/v1/configurations/{providerCode}`: what an app must know before it connects.

use countersign_lambda::{App, Call, NoBody, Refusal, Reply};
use serde::Serialize;

use crate::provider;

#[derive(Serialize)]
pub(crate) struct Answer {
    data: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    connect_url: String,
    code: String,
    name: String,
    logo_url: String,
    support_email: String,
    consent_management: bool,
    geolocation_required: Option<bool>,
    version: &'static str,
}

pub(crate) async fn handle(app: &App, call: Call<NoBody>) -> Result<Reply<Answer>, Refusal> {
    let settings = provider::settings(app, call.path("providerCode").parse().ok()).await?;
    let data = Configuration {
        connect_url: call.base_url(&app.settings),
        code: settings.app_space.tenant().to_string(),
        name: settings.name,
        logo_url: settings.logo_url.unwrap_or_default(),
        support_email: settings.support_email,
        consent_management: settings.consent_management,
        geolocation_required: settings.geolocation_required,
        version: "1",
    };
    Ok(Reply::ok(Answer { data }))
}
