//! A login at an App Space's identity provider begins: where the user is sent, and what is remembered until the way back.

use countersign_crypto::token::Token;
use countersign_domain::app_space::AppSpace;
use countersign_domain::login::{Connecting, Login};
use countersign_domain::refused::Refused;
use countersign_domain::secret::Secret;
use countersign_domain::time::{Span, Timestamp};
use countersign_identity::LoginParameters;
use countersign_store::guards::{Attempts, Failures};
use countersign_store::{Found, Read, Slot, Write, keys};

use crate::app::App;
use crate::call::Call;
use crate::identity::{OpenProvider, seal_verifier};
use crate::refusal::Refusal;

/// Nobody is known yet, so that only addresses can be counted; many people may share one.
const LIMIT: Attempts = Attempts { max: 100, window: Span::minutes(5) };
const PURPOSE: &str = "login";

/// The count of logins that were begun from the caller's address.
#[derive(Debug)]
pub struct Logins {
    slot: Slot<Failures>,
}

impl Logins {
    /// Reads the count with everything else.
    pub fn of<B>(call: &Call<B>, read: &mut Read) -> Self {
        Self { slot: read.add(keys::attempts(PURPOSE, call.source_ip())) }
    }

    /// Refuses whoever began too many.
    pub fn check(&self, app: &App, found: &mut Found) -> Result<(), Refusal> {
        match found.take(self.slot)?.and_then(|begun| begun.value.wait(LIMIT, app.now())) {
            Some(retry_after) => {
                Err(Refused::TooMany { limit: "too many logins from this address", retry_after }.into())
            }
            None => Ok(()),
        }
    }
}

/// A login that has begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the user logs in.
    pub authorization_url: String,
    /// Until when the user may take.
    pub expires_at: Timestamp,
}

/// Counts a login that begins. Before the provider is asked: one that is down must not be asked without limit.
pub async fn count<B>(app: &App, call: &Call<B>) -> Result<(), Refusal> {
    Ok(app.store.count_failure(PURPOSE, call.source_ip(), LIMIT, app.now()).await?)
}

/// Who begins a login, and so where it ends.
#[derive(Debug)]
pub enum Beginner {
    /// An app of the Device API: a link opens it.
    App,
    /// The web device: the browser comes back to its page.
    WebDevice,
    /// An app of the Authenticator API.
    Connecting(Connecting),
}

/// Begins a login for the key with the thumbprint `auth_key`, which alone may finish it.
pub async fn begin<B>(
    app: &App,
    call: &Call<B>,
    app_space: &AppSpace,
    provider: &OpenProvider,
    auth_key: String,
    beginner: Beginner,
) -> Result<Begun, Refusal> {
    let (now, random) = (app.now(), app.random());
    count(app, call).await?;
    let state = Token::random(random);
    // 43 characters of base64url are just what RFC 7636 asks of a verifier (section 4.1).
    let verifier = Secret::new(Token::random(random).expose().to_owned());
    let nonce = Token::random(random).expose().to_owned();
    let protocol = provider.settings.protocol.name();
    let redirect_uri = format!("{}/api/idp/{protocol}/verify", call.base_url(&app.settings));
    let parameters = LoginParameters { verifier: &verifier, nonce: &nonce, redirect_uri: &redirect_uri };
    let url = app.idp()?.authorization_url(&provider.connection(), state.expose(), &parameters, now).await?;

    let state_hash = state.hash().to_string();
    let web_device = matches!(beginner, Beginner::WebDevice);
    let connecting = match beginner {
        Beginner::Connecting(connecting) => Some(connecting),
        Beginner::App | Beginner::WebDevice => None,
    };
    let login = Login {
        app_space: app_space.id,
        provider: provider.settings.id().to_owned(),
        verifier: seal_verifier(app, &state_hash, &verifier).await?,
        state_hash,
        nonce,
        redirect_uri,
        auth_key,
        connecting,
        web_device,
        expires_at: now + app_space.policy.enrolment_lifetime,
    };
    app.store.write(Write::new().insert("login", &login)?).await?;
    Ok(Begun { authorization_url: url.to_string(), expires_at: login.expires_at })
}
