//! A login at an identity provider: how an app begins to enrol where users live there (`docs/identity-providers.md`).
//!
//! The app makes its keys, begins the login with the auth key's thumbprint, opens the authorization URL in a browser, and is
//! opened by a link when the user is back: [`super::link::Link::Bind`], redeemed with those very keys, or
//! [`super::link::Link::FailedLogin`].

use std::fmt;

use countersign_domain::id::AppSpaceId;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use url::Url;

use super::error::CallError;
use super::json_body;
use super::keys::DeviceKeys;
use super::service::Service;
use super::service_url::is_loopback;

/// Where a login begins.
pub const LOGINS_PATH: &str = "/api/idp/bind";

/// The body that begins a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewLogin<'a> {
    /// Where the user will belong.
    pub app_space_guid: &'a str,
    /// RFC 7638 thumbprint of the auth key: no other key redeems what the login leads to.
    pub auth_key_thumbprint: &'a str,
    /// The scheme that opens the app. Where it is given, the service checks that it is the App Space's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_protocol: Option<&'a str>,
}

/// A login that has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct BegunLogin {
    /// Where the user logs in, to be opened in a browser: HTTPS, or HTTP to this very machine.
    pub authorization_url: Url,
    /// Until when the user may come back, RFC 3339.
    pub expires_at: String,
}

impl fmt::Debug for BegunLogin {
    /// Without the URL, whose query has the login's state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BegunLogin").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// The reply as it comes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    authorization_url: String,
    expires_at: String,
}

/// Begins a login. Keep `keys` before the browser is opened: the link that comes back is of use to them alone.
///
/// # Errors
/// [`CallError`]; `not_found` when there is no such App Space, `wrong_state` when it has no identity provider,
/// `provider_unavailable`.
pub async fn begin(
    service: &Service,
    app_space: AppSpaceId,
    keys: &DeviceKeys,
    app_protocol: Option<&str>,
) -> Result<BegunLogin, CallError> {
    let body = json_body(&NewLogin {
        app_space_guid: &app_space.to_string(),
        auth_key_thumbprint: &keys.auth.thumbprint(),
        app_protocol,
    })?;
    let reply: Reply = service.send(&Method::POST, LOGINS_PATH, body, None).await?.accepted()?.json()?;
    let authorization_url = browsable(&reply.authorization_url)
        .ok_or(CallError::NotTheProtocol("the authorization URL is neither HTTPS nor on this machine"))?;
    Ok(BegunLogin { authorization_url, expires_at: reply.expires_at })
}

/// A URL that may be given to a browser. Other schemes would open anything, or run something.
fn browsable(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    match url.scheme() {
        "https" => Some(url),
        "http" if url.host().is_some_and(|host| is_loopback(&host)) => Some(url),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_pages_are_opened_and_plain_ones_only_on_this_machine() {
        for text in
            ["https://idp.example/authorize?state=a", "http://127.0.0.1:4566/authorize", "http://[::1]/"]
        {
            assert_eq!(browsable(text).map(String::from).as_deref(), Some(text));
        }
        for text in [
            "",
            "/authorize",
            "http://idp.example/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "demo://st=a",
        ] {
            assert_eq!(browsable(text), None, "{text}");
        }
        let steering = browsable("https://idp.example/\u{1b}[2J?a=\u{202e}b").unwrap();
        assert!(steering.as_str().chars().all(|c| c.is_ascii_graphic()), "{steering}");
    }
}
