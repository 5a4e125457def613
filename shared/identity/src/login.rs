//! From the redirect to the provider to who logged in.

use countersign_domain::identity_provider::{IdpProtocol, OpenIdConnect, Scopes};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier, Scope};
use url::Url;

use crate::error::IdpError;
use crate::id_token::{self, Expected, Wrong};
use crate::token_endpoint::{Grant, redirect};
use crate::{Connection, Idp};

/// What a login is begun and ended with; all of it serves one login only.
#[derive(Debug)]
pub struct LoginParameters<'a> {
    /// The PKCE code verifier (RFC 7636), 43 characters or more.
    pub verifier: &'a Secret<String>,
    /// Comes back in the id token.
    pub nonce: &'a str,
    /// Where the provider sends the user back to.
    pub redirect_uri: &'a str,
}

impl Idp {
    /// Where the user logs in. `state` comes back with the user (RFC 6749, section 10.12).
    pub async fn authorization_url(
        &self,
        connection: &Connection<'_>,
        state: &str,
        login: &LoginParameters<'_>,
        now: Timestamp,
    ) -> Result<Url, IdpError> {
        let client = self.client(connection, now).await?.set_redirect_uri(redirect(login.redirect_uri)?);
        let verifier = PkceCodeVerifier::new(login.verifier.expose().clone());
        let state = CsrfToken::new(state.to_owned());
        let request = client
            .authorize_url(|| state)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        let (url, _) = match &connection.provider.protocol {
            IdpProtocol::OAuth2(settings) => request.add_scopes(scopes(&settings.scopes)),
            IdpProtocol::OpenIdConnect(settings) => {
                let request = request
                    .add_scope(Scope::new("openid".into()))
                    .add_scopes(scopes(&settings.scopes))
                    .add_extra_param("nonce", login.nonce);
                if self.description(settings, now).await?.offers_offline_access {
                    // Core, section 11: without the prompt a provider may leave out the refresh token.
                    request
                        .add_scope(Scope::new("offline_access".into()))
                        .add_extra_param("prompt", "consent")
                } else {
                    request
                }
            }
        }
        .url();
        Ok(url)
    }

    /// Exchanges the code that the user brought back, after [`Idp::check_issuer`]; gives the tokens and the subject.
    ///
    /// # Errors
    /// [`IdpError::Refused`] when it is not what this very login must bring.
    pub async fn exchange(
        &self,
        connection: &Connection<'_>,
        code: &str,
        login: &LoginParameters<'_>,
        now: Timestamp,
    ) -> Result<(Grant, String), IdpError> {
        let grant = self.redeem_code(connection, code, login.verifier, login.redirect_uri, now).await?;
        let subject = match &connection.provider.protocol {
            IdpProtocol::OpenIdConnect(settings) => {
                let client_id = &connection.provider.client_id;
                let expected = Expected { client_id, nonce: login.nonce, now };
                self.subject(settings, &grant, &expected).await?
            }
            IdpProtocol::OAuth2(settings) => self.profile_subject(settings, &grant.access).await?,
        };
        Ok((grant, subject))
    }

    /// Checks who sent the user back, with a code or with an error (RFC 9207, section 2.4): a code of one provider is never
    /// sent to another.
    pub async fn check_issuer(
        &self,
        connection: &Connection<'_>,
        named: Option<&str>,
        now: Timestamp,
    ) -> Result<(), IdpError> {
        // Plain OAuth2 has no word for who a provider is.
        let IdpProtocol::OpenIdConnect(settings) = &connection.provider.protocol else { return Ok(()) };
        let refused = |what| Err(IdpError::refused("invalid_issuer", what));
        match named {
            Some(issuer) if issuer != settings.issuer => refused("the answer comes from another issuer"),
            None if self.description(settings, now).await?.names_itself => {
                refused("the answer does not name its issuer")
            }
            _ => Ok(()),
        }
    }

    async fn subject(
        &self,
        settings: &OpenIdConnect,
        grant: &Grant,
        expected: &Expected<'_>,
    ) -> Result<String, IdpError> {
        let Some(token) = &grant.id_token else {
            return Err(IdpError::refused("invalid_token", "there is no id token"));
        };
        let description = self.description(settings, expected.now).await?;
        match id_token::subject(token.expose(), &description, expected) {
            Ok(subject) => return Ok(subject),
            Err(Wrong::Refused(error)) => return Err(error),
            Err(Wrong::UnknownKey) => {}
        }
        // Core, section 10.1.1: the provider may have a new key by now.
        let description = self.description_anew(settings, expected.now).await?;
        id_token::subject(token.expose(), &description, expected).map_err(|wrong| match wrong {
            Wrong::Refused(error) => error,
            Wrong::UnknownKey => {
                IdpError::refused("invalid_token", "the id token is signed by an unknown key")
            }
        })
    }
}

fn scopes(scopes: &Scopes) -> Vec<Scope> {
    scopes.iter().map(|scope| Scope::new(scope.to_owned())).collect()
}
