//! The service's own tokens: JWTs (RFC 7519) that it signs, hands out, and reads again.
//!
//! Each kind is a type of its own with a `typ` of its own (RFC 8725, section 3.11), so none is taken for another.
//! Each can also be verified offline with the published key set, except the access key: see [`AccessKey`].

mod access_key;
mod device;
mod intent;
mod status;
mod transaction;

use countersign_domain::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use self::access_key::{AccessKey, AccessKeyClaims, AccessKeyHash};
pub use self::device::DeviceToken;
pub use self::intent::IntentToken;
pub use self::status::StatusToken;
pub use self::transaction::{TransactionStatus, TransactionToken};
use crate::jws::{JwsRefused, Unverified, json};
use crate::keyring::SigningKeys;
use crate::signing_key::SigningFailed;

/// The kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Tracks one operation.
    Status,
    /// States how one operation stands.
    Transaction,
    /// Starts one operation for one user, in place of the access key.
    Intent,
    /// Is what a backend calls with.
    AccessKey,
    /// Lets an app that just proved its key tend to that device. Only for the app: never introspected.
    Device,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Status, Self::Transaction, Self::Intent, Self::AccessKey, Self::Device];

    /// The header's `typ`.
    pub const fn typ(self) -> &'static str {
        match self {
            Self::Status => "status+jwt",
            Self::Transaction => "transaction+jwt",
            Self::Intent => "intent+jwt",
            Self::AccessKey => "access-key+jwt",
            Self::Device => "device+jwt",
        }
    }

    /// The kind that `compact` says it is, NOT verified: tells which type reads it. `None` when it is no token of the
    /// service at all.
    pub fn of(compact: &str) -> Option<Self> {
        let read = Unverified::parse(compact).ok()?;
        Self::ALL.into_iter().find(|kind| read.typ() == Some(kind.typ()))
    }

    /// Whether a Request Origin may ask what such a token says (RFC 7662).
    pub const fn is_introspectable(self) -> bool {
        !matches!(self, Self::Device)
    }
}

/// What a token is about; as text `enroll` or `approval`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Binding a device or another factor to a user.
    Enroll,
    /// Asking a user.
    Approval,
}

/// What RFC 7662, section 2.2, lets an introspection tell about any token. Times are in seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The service's base URL.
    pub iss: String,
    /// For whom it is.
    pub aud: String,
    /// Whom or what it is about, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// The token's id.
    pub jti: String,
    /// When it was issued.
    pub iat: i64,
    /// From when on it is good: when it was issued.
    pub nbf: i64,
    /// From when on it is good no more; only an access key may be without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// What it is good for, a fixed word per kind.
    pub scope: String,
}

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// It is not signed by the service as this kind, or its claims are not of this kind.
    #[error("the token {0}")]
    Jws(#[from] JwsRefused),
    /// `iss` is another service.
    #[error("the token is of another issuer")]
    Issuer,
    /// `nbf` is still to come.
    #[error("the token is not yet good")]
    NotYet,
    /// `exp` has come.
    #[error("the token has expired")]
    Expired,
}

/// The claims of one kind.
trait Claims: Serialize + DeserializeOwned {
    const KIND: Kind;

    /// The registered claims, among them those that follow from the others: `nbf` and `scope`.
    fn registered(&self) -> Registered;

    /// Whether no claim is missing that only together with others may be.
    fn is_whole(&self) -> bool {
        true
    }
}

/// Claims as they are written: those of the type, and those that follow from them.
#[derive(Serialize, Deserialize)]
struct Written<T> {
    nbf: i64,
    scope: String,
    #[serde(flatten)]
    claims: T,
}

fn issue<T: Claims>(keys: &SigningKeys, claims: &T) -> Result<String, SigningFailed> {
    if !claims.is_whole() {
        return Err(SigningFailed::Payload);
    }
    let Registered { nbf, scope, .. } = claims.registered();
    keys.sign_jws(T::KIND.typ(), &Written { nbf, scope, claims })
}

fn verify<T: Claims>(
    keys: &SigningKeys,
    issuer: &str,
    now: Timestamp,
    compact: &str,
) -> Result<T, TokenRefused> {
    let read = Unverified::parse(compact)?;
    // Before the key is looked for, so that a caller learns of a token of another kind that it is one.
    if read.typ() != Some(T::KIND.typ()) {
        return Err(JwsRefused::Type.into());
    }
    let key = read.kid().and_then(|kid| keys.find(kid)).ok_or(JwsRefused::UnknownKey)?;
    let written: Written<T> = read.claims(key, T::KIND.typ())?;
    let claims = whole(written)?;
    let registered = claims.registered();
    if registered.iss != issuer {
        return Err(TokenRefused::Issuer);
    }
    if now.secs() < registered.nbf {
        return Err(TokenRefused::NotYet);
    }
    if registered.exp.is_some_and(|exp| now.secs() >= exp) {
        return Err(TokenRefused::Expired);
    }
    Ok(claims)
}

/// The claims of a token of this kind, NOT verified.
fn peek<T: Claims>(compact: &str) -> Result<T, JwsRefused> {
    let read = Unverified::parse(compact)?;
    if read.typ() != Some(T::KIND.typ()) {
        return Err(JwsRefused::Type);
    }
    whole(json(read.unverified_payload()).ok_or(JwsRefused::Payload)?)
}

/// The claims, when those that follow from others do follow.
fn whole<T: Claims>(written: Written<T>) -> Result<T, JwsRefused> {
    let registered = written.claims.registered();
    let follows = written.nbf == registered.nbf && written.scope == registered.scope;
    if follows && written.claims.is_whole() { Ok(written.claims) } else { Err(JwsRefused::Payload) }
}

/// What the kinds that are verified by their signature can do.
macro_rules! signed_token {
    ($name:ident) => {
        impl $name {
            /// The token as a compact JWS by the current ES256 key.
            ///
            /// # Errors
            /// [`SigningFailed`](crate::signing_key::SigningFailed).
            pub fn issue(
                &self,
                keys: &crate::keyring::SigningKeys,
            ) -> Result<String, crate::signing_key::SigningFailed> {
                super::issue(keys, self)
            }

            /// The claims of `compact`, when a key of the ring has signed it as this kind, `issuer` (the service's
            /// base URL) has issued it, and it is good at `now`, without leeway: the clock that issued it is ours.
            ///
            /// # Errors
            /// [`TokenRefused`](super::TokenRefused).
            pub fn verify(
                keys: &crate::keyring::SigningKeys,
                issuer: &str,
                now: countersign_domain::time::Timestamp,
                compact: &str,
            ) -> Result<Self, super::TokenRefused> {
                super::verify(keys, issuer, now, compact)
            }

            /// The registered claims.
            pub fn registered(&self) -> super::Registered {
                super::Claims::registered(self)
            }
        }
    };
}
use signed_token;

#[cfg(test)]
mod tests;
