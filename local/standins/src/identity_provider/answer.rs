//! What goes back to a client: JSON, and refusals in the words of OAuth 2.0.

use http::header::{ALLOW, CACHE_CONTROL, PRAGMA, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::reply::{self, Reply};

/// Why an endpoint for clients refuses (RFC 6749, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// `invalid_request`: what is missing or wrong.
    Request(&'static str),
    /// `invalid_client`, with a challenge.
    Client,
    /// `invalid_grant`: what is wrong with the code or refresh token.
    Grant(&'static str),
    /// `unsupported_grant_type`.
    GrantType,
    /// `invalid_scope`.
    Scope,
    /// The provider itself failed.
    Internal,
}

impl Refused {
    pub(super) fn reply(self) -> Reply {
        let (status, error, description) = match self {
            Self::Request(what) => (StatusCode::BAD_REQUEST, "invalid_request", what),
            Self::Client => (
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "the client must authenticate with its id and secret by HTTP Basic",
            ),
            Self::Grant(what) => (StatusCode::BAD_REQUEST, "invalid_grant", what),
            Self::GrantType => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "only authorization_code and refresh_token are here",
            ),
            Self::Scope => {
                (StatusCode::BAD_REQUEST, "invalid_scope", "the scope is malformed or was not granted")
            }
            Self::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "the id token could not be signed")
            }
        };
        let mut reply = private(status, &json!({"error": error, "error_description": description}));
        if self == Self::Client {
            let challenge = HeaderValue::from_static("Basic realm=\"identity-provider\", charset=\"UTF-8\"");
            reply.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        reply
    }
}

/// Why the holder of an access token is refused (RFC 6750, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BearerRefused {
    /// There is no token at all.
    Missing,
    /// The token is unknown, expired or revoked.
    Invalid,
    /// The token was not given for `openid`.
    Scope,
}

impl BearerRefused {
    pub(super) fn reply(self) -> Reply {
        let (status, challenge, error) = match self {
            Self::Missing => (StatusCode::UNAUTHORIZED, "Bearer", None),
            Self::Invalid => {
                (StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\"", Some("invalid_token"))
            }
            Self::Scope => (
                StatusCode::FORBIDDEN,
                "Bearer error=\"insufficient_scope\", scope=\"openid\"",
                Some("insufficient_scope"),
            ),
        };
        let content = error.map_or_else(|| json!({}), |error| json!({"error": error}));
        let mut reply = private(status, &content);
        reply.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        reply
    }
}

/// JSON that everybody may see.
pub(super) fn public(content: &Value) -> Reply {
    reply::json(StatusCode::OK, JSON, content)
}

/// JSON that concerns one client or user, and is not to be kept (RFC 6749, section 5.1).
pub(super) fn private(status: StatusCode, content: &Value) -> Reply {
    not_kept(reply::json(status, JSON, content))
}

/// The same answer, not to be kept by anybody on the way.
pub(super) fn not_kept(mut reply: Reply) -> Reply {
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    reply
}

/// A status that a test asked for, with a body that no protocol knows.
pub(super) fn status_on_purpose(status: u16) -> Reply {
    let status = Some(status)
        .filter(|status| (200..600).contains(status))
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply::of(status, "text/plain", "on purpose\n")
}

pub(super) fn method_not_allowed(allowed: &'static str) -> Reply {
    let mut reply = reply::of(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "another method is needed\n");
    reply.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    reply
}

pub(super) fn not_found() -> Reply {
    reply::of(StatusCode::NOT_FOUND, "text/plain", "nothing is here\n")
}

const JSON: &str = "application/json";
