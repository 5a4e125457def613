//! `POST /api/idp/bind`: an app asks where its user logs in.

use countersign_crypto::digest::Digest;
use countersign_domain::app_space::{AppProtocol, AppSpace};
use countersign_domain::id::AppSpaceId;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_lambda::identity::OpenProvider;
use countersign_lambda::lenient::Flag;
use countersign_lambda::login::{self, Beginner, Logins};
use countersign_lambda::refusal::Timestamp3339;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::{Read, keys};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    app_space_guid: String,
    auth_key_thumbprint: String,
    app_protocol: Option<String>,
    web_device: Option<Flag>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Begun {
    authorization_url: String,
    expires_at: Timestamp3339,
}

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Begun>, Refusal> {
    let id: AppSpaceId =
        call.body.app_space_guid.parse().map_err(|_| Invalid::new("appSpaceGuid", "is not a GUID"))?;
    let auth_key: Digest = call
        .body
        .auth_key_thumbprint
        .parse()
        .map_err(|_| Invalid::new("authKeyThumbprint", "is not a SHA-256 digest in base64url"))?;
    let app_space = app_space(app, &call, id).await?;
    check_protocol(&call.body, &app_space)?;
    let Some(provider) = OpenProvider::of(app, &app_space).await? else {
        return Err(Refused::WrongState { what: "App Space", state: "bound by its Request Origins" }.into());
    };
    let beginner =
        if call.body.web_device.is_some_and(|flag| flag.0) { Beginner::WebDevice } else { Beginner::App };
    let begun = login::begin(app, &call, &app_space, &provider, auth_key.to_string(), beginner).await?;
    let url = begun.authorization_url;
    let begun = Begun { authorization_url: url.clone(), expires_at: Timestamp3339(begun.expires_at) };
    Ok(Reply::created(begun, url))
}

/// The App Space, for a side that has not begun too many logins.
async fn app_space(app: &App, call: &Call<Body>, id: AppSpaceId) -> Result<AppSpace, Refusal> {
    let mut read = Read::new();
    let logins = Logins::of(call, &mut read);
    let slot = read.add::<AppSpace>(keys::app_space(id.tenant()));
    let mut found = app.store.read(read, app.now()).await?;
    logins.check(app, &mut found)?;
    let app_space = found.take(slot)?.map(|record| record.value).filter(|app_space| app_space.id == id);
    Ok(app_space.ok_or(Refused::Unknown("App Space"))?)
}

/// An app that knows its own scheme learns at once that another one would be opened.
fn check_protocol(body: &Body, app_space: &AppSpace) -> Result<(), Invalid> {
    let Some(text) = &body.app_protocol else { return Ok(()) };
    if AppProtocol::parse("appProtocol", text)? == app_space.app_protocol {
        return Ok(());
    }
    Err(Invalid::new("appProtocol", "is not that of the App Space"))
}
