//! An identity provider: OpenID Connect, and plain OAuth2 in the shape of Login With Amazon.
//!
//! It is small and strict: one client, one form to log in, opaque access tokens, PKCE always (RFC 7636), refresh tokens
//! that rotate. A test makes it misbehave through [`IdentityProvider`]. It signs with ES256 only; the RS256 that
//! Discovery wants of every provider would cost each start the making of an RSA key. A restart forgets all logins.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_crypto::system::SystemRandom;
use countersign_domain::time::Clock;
use http::request::Parts;

use crate::reply::Reply;

mod answer;
mod authorize;
mod client;
mod control;
mod description;
mod grants;
mod hs256;
mod id_token;
mod keys;
mod page;
mod resources;
mod token;

pub use control::{NameInRedirect, Tamper};

use control::Control;
use grants::Grants;
use keys::Keys;

/// The id of the one client.
pub const CLIENT_ID: &str = "countersign";
/// The secret of the one client.
pub const CLIENT_SECRET: &str = "demo-secret";

/// What every path of it begins with.
const PREFIX: &str = "/identity-provider";

/// The identity provider of this machine. Its client is [`CLIENT_ID`] with [`CLIENT_SECRET`].
pub struct IdentityProvider {
    issuer: String,
    clock: Arc<dyn Clock>,
    random: SystemRandom,
    state: Mutex<State>,
}

struct State {
    grants: Grants,
    keys: Keys,
    control: Control,
}

impl IdentityProvider {
    /// The provider at `endpoint_url`, e.g. `http://127.0.0.1:4566`.
    pub(crate) fn new(endpoint_url: &str, clock: Arc<dyn Clock>) -> Self {
        let random = SystemRandom;
        let state =
            State { grants: Grants::default(), keys: Keys::fresh(&random), control: Control::default() };
        Self { issuer: format!("{endpoint_url}{PREFIX}"), clock, random, state: Mutex::new(state) }
    }

    /// Whether a request of this path is for the provider.
    pub(crate) fn serves(path: &str) -> bool {
        path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Answers one request; `None` closes the connection without an answer.
    pub(crate) fn answer(&self, parts: &Parts, body: &[u8]) -> Option<Reply> {
        {
            let control = &self.state().control;
            if control.hang_up {
                return None;
            }
            if let Some(status) = control.status {
                return Some(answer::status_on_purpose(status));
            }
        }
        Some(self.route(parts, body))
    }

    fn route(&self, parts: &Parts, body: &[u8]) -> Reply {
        let path = parts.uri.path().strip_prefix(PREFIX).unwrap_or_default();
        let query = parts.uri.query().unwrap_or_default();
        let headers = &parts.headers;
        match (path, parts.method.as_str()) {
            ("/.well-known/openid-configuration", "GET") => self.describe(),
            ("/jwks", "GET") => self.key_set(),
            ("/authorize", "GET") => self.authorize(query),
            ("/token", "POST") => self.token(headers, body),
            ("/introspect", "POST") => self.introspect(headers, body),
            ("/userinfo", "GET") => self.userinfo(headers),
            ("/user/profile", "GET") => self.user_profile(headers),
            ("/auth/o2/tokeninfo", "GET") => self.token_info(query),
            ("/token" | "/introspect", _) => answer::method_not_allowed("POST"),
            (
                "/.well-known/openid-configuration"
                | "/jwks"
                | "/authorize"
                | "/userinfo"
                | "/user/profile"
                | "/auth/o2/tokeninfo",
                _,
            ) => answer::method_not_allowed("GET"),
            _ => answer::not_found(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
