//! `POST /_app/uaf/1.1/request/authentication/`: an app begins an authentication of whoever the user says they are.
//!
//! Nothing is looked up but the App Space, so the answer does not tell whether there is such a user.

use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::text::AccountId;
use countersign_lambda::dialect::FIDO_UAF;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::keys;
use serde::Deserialize;

use crate::default_app_space;
use crate::uaf::application::Application;
use crate::uaf::ask;
use crate::uaf::messages::{GetRequest, ReturnRequest};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Context {
    username: Option<String>,
    app_space: Option<String>,
}

pub(crate) async fn handle(app: &App, call: Call<GetRequest>) -> Result<Reply<ReturnRequest>, Refusal> {
    let context: Context = call.body.context("Auth")?;
    let username = context.username.ok_or_else(|| Invalid::new("context.username", "is missing"))?;
    let username = AccountId::parse("context.username", username)?;
    let id = default_app_space::or_default(app, context.app_space.as_deref())?;
    let settings = app.store.get::<CloudSettings>(keys::cloud_settings(id.tenant()), app.now()).await?;
    let settings = settings.map(|record| record.value).filter(|settings| settings.app_space == id);
    let settings = settings.ok_or(Refused::Unknown("application"))?;
    let application = Application::of(&call.base_url(&app.settings), Some(settings))?;
    let request = ask::in_app(app, &application, username.as_str()).await?;
    Ok(Reply::ok(request).media_type(FIDO_UAF))
}
