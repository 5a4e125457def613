//! The end of a login: what the user brought back becomes an enrolment token, or an error, in the app.

use std::borrow::Cow;

use countersign_crypto::token::Token;
use countersign_domain::app_space::AppSpace;
use countersign_domain::identity_provider::Identity;
use countersign_domain::invalid::Invalid;
use countersign_domain::login::Login;
use countersign_domain::refused::Refused;
use countersign_identity::{IdpError, LoginParameters};
use countersign_lambda::guesses::Guesses;
use countersign_lambda::identity::{OpenProvider, open_verifier};
use countersign_lambda::{App, Call, Refusal, Reply, connecting, link};
use countersign_store::{Read, Write, keys};
use serde::Deserialize;

use crate::register::{Registered, register};

/// What a provider sends back with a user (RFC 6749, section 4.1.2; RFC 9207).
#[derive(Deserialize)]
pub(crate) struct Brought {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Why the app gets no enrolment token.
pub(crate) struct NoToken {
    /// A word for programs.
    pub(crate) error: Cow<'static, str>,
    /// A sentence for people, without a full stop.
    pub(crate) description: Cow<'static, str>,
}

impl NoToken {
    pub(crate) fn because(
        error: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { error: error.into(), description: description.into() }
    }
}

impl From<IdpError> for NoToken {
    fn from(error: IdpError) -> Self {
        match error {
            IdpError::Refused { error, description } => Self { error, description },
            IdpError::Unavailable(_) => {
                tracing::warn!(%error, "a login failed");
                Self::because("provider_unavailable", "the identity provider does not answer")
            }
            IdpError::Misconfigured(_) => {
                tracing::error!(%error, "a login failed");
                Self::because("provider_misconfigured", "the identity provider's settings do not fit")
            }
        }
    }
}

impl From<Refusal> for NoToken {
    /// The login is used up, so that the app hears of it whatever went wrong.
    fn from(refusal: Refusal) -> Self {
        let told = refusal.tell().body;
        Self::because(told.error, told.message.trim_end_matches('.').to_owned())
    }
}

/// Takes what the user brought back from a provider that speaks `protocol`.
pub(crate) async fn end(
    app: &App,
    call: &Call<Brought>,
    protocol: &'static str,
) -> Result<Reply<()>, Refusal> {
    let (login, app_space, provider) = take(app, call, protocol).await?;
    let ended = match token(app, call, &login, &app_space, &provider).await {
        Ok(registered) => back(app, call, &login, &app_space, &registered).await,
        Err(error) => Err(error),
    };
    Ok(Reply::redirect(ended.unwrap_or_else(|NoToken { error, description }| {
        tracing::info!(%error, "a login gave no enrolment token");
        match &login.connecting {
            Some(connecting) => {
                let told = [("error_class", &*error_class(&error)), ("error_message", &*description)];
                connecting::with_parameters(&connecting.return_url, &told)
            }
            None => opening(app, call, &login, link::failed_login_uri(&app_space, &error, &description)),
        }
    })))
}

/// The way back into the app: with the enrolment's token, or for one of the Authenticator API as its new connection.
async fn back(
    app: &App,
    call: &Call<Brought>,
    login: &Login,
    app_space: &AppSpace,
    registered: &Registered,
) -> Result<String, NoToken> {
    let Registered { enrolment, token } = registered;
    Ok(match &login.connecting {
        Some(connecting) => connecting::by_login(app, app_space, enrolment, connecting).await?.url,
        None => {
            let uri = link::bind_uri(&call.base_url(&app.settings), app_space, &enrolment.value, token);
            opening(app, call, login, uri)
        }
    })
}

/// The link that opens what began the login.
fn opening(app: &App, call: &Call<Brought>, login: &Login, uri: String) -> String {
    if login.web_device { link::at_web_device(&call.base_url(&app.settings), &uri) } else { uri }
}

/// A word as the Authenticator API writes them: `access_denied` is `AccessDenied`.
fn error_class(error: &str) -> String {
    let words = error.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..]);
    let class: String = words.map(capital).collect();
    if class.is_empty() { "LoginFailed".to_owned() } else { class }
}

/// The login that `state` belongs to, used up by this. Whatever is wrong with it, there is none.
async fn take(
    app: &App,
    call: &Call<Brought>,
    protocol: &'static str,
) -> Result<(Login, AppSpace, OpenProvider), Refusal> {
    let state = call.body.state.as_deref().ok_or_else(|| Invalid::new("state", "is missing"))?;
    let state: Option<Token> = state.parse().ok();
    let mut read = Read::new();
    let guesses = Guesses::of(call, &mut read);
    let slot = state.map(|state| read.add::<Login>(keys::login(&state.hash().to_string())));
    let mut found = app.store.read(read, app.now()).await?;
    guesses.check(app, &mut found)?;
    let Some(login) = slot.map(|slot| found.take(slot)).transpose()?.flatten() else {
        return Err(guesses.wrong(app, "login").await?);
    };
    let unknown = || Refusal::from(Refused::Unknown("login"));
    let key = keys::app_space(login.value.app_space.tenant());
    let app_space = app.store.get::<AppSpace>(key, app.now()).await?.ok_or_else(unknown)?.value;
    let provider = OpenProvider::of(app, &app_space).await?.ok_or_else(unknown)?;
    // A state of the other protocol is none: a code must not reach an endpoint that it was not made for.
    if provider.settings.protocol.name() != protocol || !login.value.is_open(&provider.settings, app.now()) {
        return Err(unknown());
    }
    match app.store.write(Write::new().remove("login", &login)?).await {
        Ok(()) => Ok((login.value, app_space, provider)),
        Err(error) if error.is_conflict() => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}

async fn token(
    app: &App,
    call: &Call<Brought>,
    login: &Login,
    app_space: &AppSpace,
    provider: &OpenProvider,
) -> Result<Registered, NoToken> {
    let (brought, idp, connection) = (&call.body, app.idp()?, provider.connection());
    idp.check_issuer(&connection, brought.iss.as_deref(), app.now()).await?;
    if let Some(error) = given(&brought.error) {
        return Err(refused(error, given(&brought.error_description)));
    }
    let code = given(&brought.code).ok_or_else(|| NoToken::because("invalid_request", "there is no code"))?;
    let verifier = open_verifier(app, login).await?;
    let parameters =
        LoginParameters { verifier: &verifier, nonce: &login.nonce, redirect_uri: &login.redirect_uri };
    let (grant, subject) = idp.exchange(&connection, code, &parameters, app.now()).await?;
    let identity = Identity::new(&provider.settings, subject).map_err(|_| {
        NoToken::because("invalid_token", "the user's id at the identity provider cannot be used")
    })?;
    register(app, app_space, login, identity, &grant).await
}

/// A parameter without a value counts as left out (RFC 6749, section 3.1).
fn given(parameter: &Option<String>) -> Option<&str> {
    parameter.as_deref().filter(|value| !value.is_empty())
}

/// The provider's own words, as far as they are harmless.
fn refused(error: &str, description: Option<&str>) -> NoToken {
    let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
    NoToken::because(
        or(visible(error, 64), "invalid_request"),
        or(visible(description.unwrap_or_default(), 300), "the identity provider refused the login"),
    )
}

/// The characters that RFC 6749 allows in errors (section 4.1.2.1), and no more than `most` of them.
fn visible(text: &str, most: usize) -> String {
    text.chars().filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_class_is_made_of_letters_and_digits() {
        assert_eq!(error_class("access_denied"), "AccessDenied");
        assert_eq!(error_class("interaction-required 2.x"), "InteractionRequired2X");
        assert_eq!(error_class("_"), "LoginFailed");
    }

    #[test]
    fn what_a_provider_calls_an_error_is_cut_to_what_the_rfc_allows() {
        assert_eq!(visible("access_denied", 64), "access_denied");
        assert_eq!(visible("a\r\nLocation: \"x\"\\é", 64), "aLocation: x");
        assert_eq!(visible(&"a".repeat(65), 64).len(), 64);
    }
}
