//! `GET /_app/uaf/1.1/facets`: which apps may act for an App Space's application id. The same for whoever asks.

use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::refused::Refused;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use countersign_uaf::facets::{MEDIA_TYPE, TrustedFacets};
use serde::Deserialize;

use crate::default_app_space;
use crate::uaf::application::trusted;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    app_space: Option<String>,
}

/// Clients may keep it for as long.
const CACHE_CONTROL: &str = "public, max-age=300";

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<TrustedFacets>, Refusal> {
    let id = default_app_space::or_default(app, call.body.app_space.as_deref())?;
    let settings = app.store.get::<CloudSettings>(keys::cloud_settings(id.tenant()), app.now()).await?;
    let settings = settings.filter(|settings| settings.value.app_space == id);
    let settings = settings.ok_or(Refused::Unknown("application"))?;
    Ok(Reply::ok(trusted(&settings.value.facets)?).media_type(MEDIA_TYPE).cached(CACHE_CONTROL))
}
