//! A backend that may bind users and ask them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::callback::{CallbackKind, CallbackRule};
use crate::id::{AppSpaceId, RequestOriginId};
use crate::invalid::Invalid;
use crate::outbound_url::OutboundUrl;
use crate::refused::Refused;
use crate::time::Timestamp;
use crate::web_authn::WebAuthnDomain;

/// Most entries of a whitelist.
pub const CALLBACKS_MAX: usize = 100;
/// Most access keys that are good at one time.
pub const ACCESS_KEYS_MAX: usize = 10;

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

impl Credential {
    /// The word for it in settings; none once it is revoked.
    pub const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Basic { .. } => Some("basic"),
            Self::Hmac { .. } => Some("hmac"),
            Self::Revoked => None,
        }
    }
}

impl AccessKeyRecord {
    /// Whether its time is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
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
    /// Whether it has a credential, without which it cannot call in any way.
    pub const fn is_active(&self) -> bool {
        !matches!(self.credential, Credential::Revoked)
    }

    /// Without its credential and its access keys: what comes later must not wake an old key.
    pub fn without_keys(self) -> Self {
        Self { credential: Credential::Revoked, access_keys: Vec::new(), ..self }
    }

    /// With one more entry in its whitelist; nothing where that is there already.
    pub fn with_callback(mut self, rule: CallbackRule) -> Result<Option<Self>, Refused> {
        if self.callbacks.contains(&rule) {
            return Ok(None);
        }
        if self.callbacks.len() >= CALLBACKS_MAX {
            return Err(Refused::WrongState { what: "whitelist", state: "full" });
        }
        self.callbacks.push(rule);
        Ok(Some(self))
    }

    /// Without this entry in its whitelist.
    pub fn without_callback(mut self, rule: &CallbackRule) -> Result<Self, Refused> {
        let before = self.callbacks.len();
        self.callbacks.retain(|known| known != rule);
        if self.callbacks.len() < before { Ok(self) } else { Err(Refused::Unknown("callback")) }
    }

    /// With one more access key. Those whose time is over make room.
    pub fn with_access_key(mut self, key: AccessKeyRecord, now: Timestamp) -> Result<Self, Refused> {
        self.access_keys.retain(|known| !known.is_over(now));
        if self.access_keys.len() >= ACCESS_KEYS_MAX {
            return Err(Refused::WrongState { what: "list of access keys", state: "full" });
        }
        self.access_keys.push(key);
        Ok(self)
    }

    /// Without the access key `id`, and without those whose time is over.
    pub fn without_access_key(mut self, id: &str, now: Timestamp) -> Result<Self, Refused> {
        self.access_keys.retain(|known| !known.is_over(now));
        let at = self.access_keys.iter().position(|known| known.id == id);
        self.access_keys.remove(at.ok_or(Refused::Unknown("access key"))?);
        Ok(self)
    }

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

    #[test]
    fn a_whitelist_has_each_entry_once_and_an_end() {
        let rule = |text: &str| CallbackRule::parse("callbackUrl", CallbackKind::Result, text).unwrap();
        let mut origin = RequestOrigin { callbacks: Vec::new(), ..request_origin() };
        for number in 0..CALLBACKS_MAX {
            origin = origin.with_callback(rule(&format!("bank.example/{number}"))).unwrap().unwrap();
        }
        assert!(origin.clone().with_callback(rule("BANK.example/0")).unwrap().is_none());
        let full = Refused::WrongState { what: "whitelist", state: "full" };
        assert_eq!(origin.clone().with_callback(rule("bank.example/more")).unwrap_err(), full);
        let fewer = origin.without_callback(&rule("bank.example/7")).unwrap();
        assert_eq!(fewer.callbacks.len(), CALLBACKS_MAX - 1);
        let again = fewer.without_callback(&rule("bank.example/7")).unwrap_err();
        assert_eq!(again, Refused::Unknown("callback"));
    }

    #[test]
    fn access_keys_that_are_over_make_room() {
        use crate::samples::at;
        let key = |id: usize, expires_at| AccessKeyRecord {
            id: id.to_string(),
            hash: String::new(),
            created_at: at(0),
            expires_at,
        };
        let mut origin = RequestOrigin { access_keys: Vec::new(), ..request_origin() };
        for id in 0..ACCESS_KEYS_MAX {
            origin = origin.with_access_key(key(id, (id == 3).then(|| at(10))), at(0)).unwrap();
        }
        assert!(origin.clone().with_access_key(key(10, None), at(9)).is_err());
        let full = origin.with_access_key(key(10, None), at(10)).unwrap();
        assert!(full.access_keys.iter().all(|known| known.id != "3"));
        assert!(full.clone().without_access_key("3", at(10)).is_err());
        assert_eq!(full.clone().without_access_key("4", at(10)).unwrap().access_keys.len(), 9);
        let revoked = full.without_keys();
        assert!(revoked.access_keys.is_empty() && !revoked.is_active());
    }
}
