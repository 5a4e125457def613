//! How the provider describes itself (OpenID Connect Discovery 1.0, section 3), and its keys.

use serde_json::json;

use super::{IdentityProvider, answer};
use crate::reply::Reply;

impl IdentityProvider {
    /// `GET /.well-known/openid-configuration`.
    pub(super) fn describe(&self) -> Reply {
        let at = |path: &str| format!("{}{path}", self.issuer);
        answer::public(&json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "userinfo_endpoint": at("/userinfo"),
            "introspection_endpoint": at("/introspect"),
            "jwks_uri": at("/jwks"),
            "scopes_supported": ["openid", "offline_access", "profile"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
            "request_uri_parameter_supported": false,
        }))
    }

    /// `GET /jwks`: the published keys (RFC 7517, section 5).
    pub(super) fn key_set(&self) -> Reply {
        answer::public(&json!({"keys": self.state().keys.published()}))
    }
}
