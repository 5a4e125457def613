//! `POST /api/idp/bind`: an app asks where its user logs in.

use countersign_crypto::digest::Digest;
use countersign_crypto::token::Token;
use countersign_domain::app_space::{AppProtocol, AppSpace};
use countersign_domain::id::AppSpaceId;
use countersign_domain::invalid::Invalid;
use countersign_domain::login::Login;
use countersign_domain::refused::Refused;
use countersign_domain::secret::Secret;
use countersign_domain::time::Span;
use countersign_identity::LoginParameters;
use countersign_lambda::identity::{OpenProvider, seal_verifier};
use countersign_lambda::refusal::Timestamp3339;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::guards::{Attempts, Failures};
use countersign_store::{Read, Write, keys};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    app_space_guid: String,
    auth_key_thumbprint: String,
    app_protocol: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Begun {
    authorization_url: String,
    expires_at: Timestamp3339,
}

/// Nobody is known yet, so that only addresses can be counted; many people may share one.
const LIMIT: Attempts = Attempts { max: 100, window: Span::minutes(5) };
const PURPOSE: &str = "login";

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

    let (now, random) = (app.now(), app.random());
    // Before the provider is asked: a provider that is down must not be asked without limit.
    app.store.count_failure(PURPOSE, call.source_ip(), LIMIT, now).await?;
    let state = Token::random(random);
    // 43 characters of base64url are just what RFC 7636 asks of a verifier (section 4.1).
    let verifier = Secret::new(Token::random(random).expose().to_owned());
    let nonce = Token::random(random).expose().to_owned();
    let protocol = provider.settings.protocol.name();
    let redirect_uri = format!("{}/api/idp/{protocol}/verify", call.base_url(&app.settings));
    let parameters = LoginParameters { verifier: &verifier, nonce: &nonce, redirect_uri: &redirect_uri };
    let url = app.idp()?.authorization_url(&provider.connection(), state.expose(), &parameters, now).await?;

    let state_hash = state.hash().to_string();
    let login = Login {
        app_space: app_space.id,
        provider: provider.settings.id().to_owned(),
        verifier: seal_verifier(app, &state_hash, &verifier).await?,
        state_hash,
        nonce,
        redirect_uri,
        auth_key: auth_key.to_string(),
        connecting: None,
        expires_at: now + app_space.policy.enrolment_lifetime,
    };
    app.store.write(Write::new().insert("login", &login)?).await?;
    let begun = Begun { authorization_url: url.to_string(), expires_at: Timestamp3339(login.expires_at) };
    Ok(Reply::created(begun, url))
}

/// The App Space, for a side that has not begun too many logins.
async fn app_space(app: &App, call: &Call<Body>, id: AppSpaceId) -> Result<AppSpace, Refusal> {
    let mut read = Read::new();
    let begun = read.add::<Failures>(keys::attempts(PURPOSE, call.source_ip()));
    let slot = read.add::<AppSpace>(keys::app_space(id.tenant()));
    let mut found = app.store.read(read, app.now()).await?;
    if let Some(retry_after) = found.take(begun)?.and_then(|begun| begun.value.wait(LIMIT, app.now())) {
        return Err(Refused::TooMany { limit: "too many logins from this address", retry_after }.into());
    }
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
