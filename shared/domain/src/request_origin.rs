//! A backend that may bind users and ask them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::callback::{CallbackKind, CallbackRule};
use crate::id::{AppSpaceId, RequestOriginId};
use crate::invalid::Invalid;
use crate::outbound_url::OutboundUrl;
use crate::time::Timestamp;
use crate::web_authn::WebAuthnDomain;

/// A backend with its credential and its whitelist.
#[derive(Clone, Serialize, Deserialize)]
pub struct RequestOrigin {
    /// Its id; the user name of Basic authentication.
    pub id: RequestOriginId,
    /// The App Space it belongs to, for ever.
    pub app_space: AppSpaceId,
    /// Its name, as administrators see it.
    pub name: String,
    /// What it proves itself with.
    pub credential: Credential,
    /// What it proves itself with on the Cloud API, beside the credential. Worth nothing once that is revoked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access_keys: Vec<AccessKeyRecord>,
    /// Where results may go.
    pub callbacks: Vec<CallbackRule>,
    /// The secret that signs its webhooks (`v1`), sealed.
    pub webhook_secret: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An access key, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessKeyRecord {
    /// The key's `jti`.
    pub id: String,
    /// `countersign_crypto::service_token::AccessKeyHash` as text.
    pub hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From then on it is refused.
    pub expires_at: Option<Timestamp>,
}

/// The one credential of a Request Origin, as it is kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Credential {
    /// HTTP Basic: the key as a salted hash.
    Basic {
        /// `countersign_crypto::basic::SaltedHash` as text.
        salted_hash: String,
    },
    /// CX1-HMAC-SHA256: the secret, sealed.
    Hmac {
        /// `countersign_crypto::sealing` envelope.
        sealed: String,
    },
    /// Calls are refused; nothing is deleted.
    Revoked,
}

impl fmt::Debug for RequestOrigin {
    /// Without its secret, sealed as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestOrigin")
            .field("id", &self.id)
            .field("credential", &self.credential)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic",
            Self::Hmac { .. } => "Hmac",
            Self::Revoked => "Revoked",
        })
    }
}

impl RequestOrigin {
    /// Takes `callback` for results if the whitelist has it.
    pub fn permit(&self, field: &'static str, callback: OutboundUrl) -> Result<OutboundUrl, Invalid> {
        let allowed =
            self.callbacks.iter().any(|rule| rule.kind == CallbackKind::Result && rule.allows(&callback));
        if allowed { Ok(callback) } else { Err(Invalid::new(field, "is not on the callback whitelist")) }
    }

    /// Takes the value of `field` if its pages may ask by WebAuthn.
    pub fn permit_domain(&self, field: &'static str, text: &str) -> Result<WebAuthnDomain, Invalid> {
        let domain = WebAuthnDomain::parse(field, text)?;
        let allowed = self.callbacks.iter().any(|rule| rule.allows_domain(&domain));
        if allowed { Ok(domain) } else { Err(Invalid::new(field, "is not on the whitelist for WebAuthn")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound_url::Loopback;
    use crate::samples::{callback, request_origin};

    #[test]
    fn results_go_only_to_what_the_whitelist_has_for_results() {
        assert_eq!(request_origin().permit("callback", callback()), Ok(callback()));
        for text in ["https://evil.example/cb", "https://bank.example/a/b", "https://login.bank.example/cb"] {
            let url = OutboundUrl::parse("callback", text, Loopback::Refused).unwrap();
            let refused = Invalid::new("callback", "is not on the callback whitelist");
            assert_eq!(request_origin().permit("callback", url), Err(refused), "{text}");
        }
        let none = RequestOrigin { callbacks: Vec::new(), ..request_origin() };
        assert!(none.permit("callback", callback()).is_err());
    }
}
