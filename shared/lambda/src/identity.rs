//! The identity provider of an App Space, ready to be spoken with, and the tokens that it gave.

use countersign_crypto::sealing::Owner;
use countersign_domain::app_space::AppSpace;
use countersign_domain::id::{AppSpaceId, UserId};
use countersign_domain::identity_provider::{IdentityProvider, IdentityTokens};
use countersign_domain::login::Login;
use countersign_domain::secret::Secret;
use countersign_identity::{Connection, Grant};

use crate::app::App;
use crate::refusal::Refusal;

/// An identity provider with its client secret opened.
#[derive(Debug)]
pub struct OpenProvider {
    /// Its settings.
    pub settings: IdentityProvider,
    client_secret: Option<Secret<String>>,
}

impl OpenProvider {
    /// The provider of `app_space`, if it has one.
    pub async fn of(app: &App, app_space: &AppSpace) -> Result<Option<Self>, Refusal> {
        let Some(settings) = app_space.identity_provider.clone() else { return Ok(None) };
        let id = app_space.id.to_string();
        let client_secret = match &settings.client_secret {
            Some(sealed) => Some(app.keys.open(sealed, &client_secret(&id)).await?),
            None => None,
        };
        Ok(Some(Self { settings, client_secret }))
    }

    /// The provider of a user's App Space, as it is set now.
    pub async fn of_user(app: &App, app_space: AppSpaceId) -> Result<Option<Self>, Refusal> {
        Self::of(app, &app.app_space(app_space).await?).await
    }

    /// For `countersign_identity`.
    pub const fn connection(&self) -> Connection<'_> {
        Connection { provider: &self.settings, client_secret: self.client_secret.as_ref() }
    }
}

/// Seals the client secret of an App Space's provider.
pub async fn seal_client_secret(
    app: &App,
    app_space: AppSpaceId,
    secret: &Secret<String>,
) -> Result<String, Refusal> {
    Ok(app.keys.seal(secret, &client_secret(&app_space.to_string()), app.random()).await?)
}

const fn client_secret(app_space: &str) -> Owner<'_> {
    Owner::new("app-space", app_space, "idp-client-secret")
}

const fn access_token(user: &str) -> Owner<'_> {
    Owner::new("user", user, "idp-access-token")
}

const fn refresh_token(user: &str) -> Owner<'_> {
    Owner::new("user", user, "idp-refresh-token")
}

/// The access token, opened.
pub async fn open_access(app: &App, tokens: &IdentityTokens) -> Result<Secret<String>, Refusal> {
    Ok(app.keys.open(&tokens.access, &access_token(&tokens.user.to_string())).await?)
}

/// The refresh token, opened, if there is one.
pub async fn open_refresh(app: &App, tokens: &IdentityTokens) -> Result<Option<Secret<String>>, Refusal> {
    Ok(match &tokens.refresh {
        Some(sealed) => Some(app.keys.open(sealed, &refresh_token(&tokens.user.to_string())).await?),
        None => None,
    })
}

/// A grant's tokens, sealed for `user`.
pub async fn seal_tokens(
    app: &App,
    user: UserId,
    grant: &Grant,
) -> Result<(String, Option<String>), Refusal> {
    let (user, random) = (user.to_string(), app.random());
    let access = app.keys.seal(&grant.access, &access_token(&user), random).await?;
    let refresh = match &grant.refresh {
        Some(refresh) => Some(app.keys.seal(refresh, &refresh_token(&user), random).await?),
        None => None,
    };
    Ok((access, refresh))
}

/// Seals the PKCE code verifier of the login with this state hash.
pub async fn seal_verifier(
    app: &App,
    state_hash: &str,
    verifier: &Secret<String>,
) -> Result<String, Refusal> {
    Ok(app.keys.seal(verifier, &code_verifier(state_hash), app.random()).await?)
}

/// The PKCE code verifier of a login, opened.
pub async fn open_verifier(app: &App, login: &Login) -> Result<Secret<String>, Refusal> {
    Ok(app.keys.open(&login.verifier, &code_verifier(&login.state_hash)).await?)
}

const fn code_verifier(state_hash: &str) -> Owner<'_> {
    Owner::new("login", state_hash, "code-verifier")
}
