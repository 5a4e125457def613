//! The address that a browser ends at when a connection is made, or could not be.

use countersign_authenticator::rsa_app::token;
use url::Url;

use super::connection::AccessToken;
use super::error::AppError;
use super::key::KeyPair;
use super::link::{ApiVersion, one};

/// Where browsers of this app end.
pub const RETURN_URL: &str = "authenticator://oauth/redirect";

/// The end of a connection's making.
#[derive(Debug)]
pub struct Redirect {
    /// The connection.
    pub id: String,
    /// Its access token.
    pub access_token: AccessToken,
}

impl Redirect {
    /// Reads `<return_url>?id=…&access_token=…` or `?error_class=…&error_message=…`. In version 2 the token is encrypted for the key.
    ///
    /// # Errors
    /// [`AppError`]; [`AppError::LoginFailed`] where the service says so.
    pub fn parse(text: &str, return_url: &str, version: ApiVersion, key: &KeyPair) -> Result<Self, AppError> {
        let unreadable = |what: &str| AppError::Unreadable(format!("redirect: {what}"));
        let url = Url::parse(text.trim()).map_err(|_| unreadable("no URL"))?;
        if !leads_to(text.trim(), return_url) {
            return Err(unreadable("it does not lead to the app"));
        }
        let member = |name| Ok::<_, AppError>(one(&url, name)?.filter(|value| !value.is_empty()));
        if let Some(error_class) = member("error_class")? {
            let error_message = member("error_message")?.unwrap_or_default();
            return Err(AppError::LoginFailed { error_class, error_message });
        }
        let id = member("id")?.ok_or_else(|| unreadable("id"))?;
        let token = member("access_token")?.ok_or_else(|| unreadable("access_token"))?;
        let token = match version {
            ApiVersion::V1 => token,
            ApiVersion::V2 => token::open(key, &token)?,
        };
        Ok(Self { id, access_token: AccessToken::new(token) })
    }
}

/// Whether a URL is the return URL with a query: then no browser is needed.
pub(super) fn leads_to(text: &str, return_url: &str) -> bool {
    text.strip_prefix(return_url).is_some_and(|rest| rest.starts_with(['?', '&']))
}
