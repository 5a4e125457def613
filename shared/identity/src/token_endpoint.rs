//! The token endpoint: codes and refresh tokens become access tokens (RFC 6749, sections 4.1.3 and 6).

use std::fmt;

use countersign_domain::identity_provider::IdpProtocol;
use countersign_domain::outbound_url::OutboundUrl;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AccessToken, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    ExtraTokenFields, IntrospectionUrl, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError,
    StandardRevocableToken, StandardTokenResponse, TokenIntrospectionResponse, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};

use crate::endpoint::{CallFailed, Http};
use crate::error::IdpError;
use crate::{Connection, Idp};

/// The tokens that a provider gave.
#[derive(Debug)]
pub struct Grant {
    /// Opens what the user allowed.
    pub access: Secret<String>,
    /// Gets the next access token; some providers give none.
    pub refresh: Option<Secret<String>>,
    /// Says who logged in, unverified.
    pub(crate) id_token: Option<Secret<String>>,
}

/// What OpenID Connect adds to the answer (Core, section 3.1.3.3).
#[derive(Serialize, Deserialize)]
pub(crate) struct WithIdToken {
    id_token: Option<String>,
}

impl fmt::Debug for WithIdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WithIdToken(…)")
    }
}

impl ExtraTokenFields for WithIdToken {}

type Answer = StandardTokenResponse<WithIdToken, BasicTokenType>;
type Failed = RequestTokenError<CallFailed, BasicErrorResponse>;

/// A client of `oauth2` that knows where to send users and where to get tokens.
pub(crate) type Client = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Idp {
    /// The client for `connection`.
    pub(crate) async fn client(
        &self,
        connection: &Connection<'_>,
        now: Timestamp,
    ) -> Result<Client, IdpError> {
        Ok(match &connection.provider.protocol {
            IdpProtocol::OpenIdConnect(settings) => {
                let description = self.description(settings, now).await?;
                let auth_type =
                    if description.secret_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
                client(connection, &description.authorization_endpoint, &description.token_endpoint)
                    .set_auth_type(auth_type)
            }
            IdpProtocol::OAuth2(settings) => {
                client(connection, &settings.authorization_url, &settings.access_token_url)
            }
        })
    }

    /// Exchanges a code. Who the user is stands in the grant still unread.
    pub(crate) async fn redeem_code(
        &self,
        connection: &Connection<'_>,
        code: &str,
        verifier: &Secret<String>,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Result<Grant, IdpError> {
        let client = self.client(connection, now).await?.set_redirect_uri(redirect(redirect_uri)?);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().clone()))
            .request_async(&Http(self))
            .await;
        answer.map(grant).map_err(token_error)
    }

    /// Exchanges a refresh token.
    ///
    /// # Errors
    /// [`IdpError::Refused`] when the provider says that it is no longer good.
    pub async fn renew(
        &self,
        connection: &Connection<'_>,
        refresh: &Secret<String>,
        now: Timestamp,
    ) -> Result<Grant, IdpError> {
        let client = self.client(connection, now).await?;
        let refresh = RefreshToken::new(refresh.expose().clone());
        let answer = client.exchange_refresh_token(&refresh).request_async(&Http(self)).await;
        answer.map(grant).map_err(token_error)
    }

    /// Whether the provider calls an access token active (RFC 7662), and whose it says it is.
    pub(crate) async fn introspect(
        &self,
        connection: &Connection<'_>,
        endpoint: &OutboundUrl,
        access: &Secret<String>,
        now: Timestamp,
    ) -> Result<(bool, Option<String>), IdpError> {
        let client = self.client(connection, now).await?;
        let client = client.set_introspection_url(IntrospectionUrl::from_url(endpoint.url().clone()));
        let access = AccessToken::new(access.expose().clone());
        let answer = client.introspect(&access).request_async(&Http(self)).await.map_err(token_error)?;
        Ok((answer.active(), answer.sub().map(str::to_owned)))
    }
}

fn client(connection: &Connection<'_>, authorization: &OutboundUrl, token: &OutboundUrl) -> Client {
    let client = oauth2::Client::new(ClientId::new(connection.provider.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(authorization.url().clone()))
        .set_token_uri(TokenUrl::from_url(token.url().clone()));
    match connection.client_secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().clone())),
        None => client,
    }
}

pub(crate) fn redirect(uri: &str) -> Result<RedirectUrl, IdpError> {
    RedirectUrl::new(uri.to_owned())
        .map_err(|_| IdpError::misconfigured("this service does not know its own URL; set PUBLIC_URL"))
}

fn grant(answer: Answer) -> Grant {
    Grant {
        access: Secret::new(answer.access_token().secret().clone()),
        refresh: answer.refresh_token().map(|token| Secret::new(token.secret().clone())),
        id_token: answer.extra_fields().id_token.clone().map(Secret::new),
    }
}

/// What the token endpoint's refusal means (RFC 6749, section 5.2). Its own words may repeat what was sent, so they are
/// not repeated.
fn token_error(error: Failed) -> IdpError {
    match error {
        RequestTokenError::ServerResponse(response) => match response.error() {
            BasicErrorResponseType::InvalidGrant => {
                IdpError::refused("invalid_grant", "the identity provider refuses the code or refresh token")
            }
            BasicErrorResponseType::Extension(word)
                if matches!(word.as_str(), "temporarily_unavailable" | "server_error") =>
            {
                IdpError::Unavailable(word.clone().into())
            }
            BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => {
                IdpError::misconfigured("it refuses the client id or client secret")
            }
            _ => IdpError::misconfigured("it refuses the request for a token"),
        },
        RequestTokenError::Request(failed) => failed.into(),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            IdpError::misconfigured("its token endpoint does not answer as RFC 6749 says")
        }
    }
}
