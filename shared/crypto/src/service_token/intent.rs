//! The intent token: a frontend may start one operation for one user with it, in place of the access key.

use countersign_domain::id::{RequestOriginId, UserId};
use serde::{Deserialize, Serialize};

use super::{Claims, Kind, Operation, Registered, signed_token};

/// The claims of an intent token. Times are in seconds since the epoch. It is good once: the store keeps its `jti`.
///
/// At least one of `sub` and `username` is there; a token without is neither issued nor verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntentToken {
    /// The service's base URL.
    pub iss: String,
    /// The Request Origin in whose name the operation starts.
    pub aud: RequestOriginId,
    /// The user, where it exists already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<UserId>,
    /// The user's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The token's id.
    pub jti: String,
    /// When it was issued.
    pub iat: i64,
    /// From when on it is good no more.
    pub exp: i64,
    /// What may be started.
    pub operation: Operation,
    /// By which channels; the caller says what an empty list means.
    pub channels: Vec<String>,
}

impl Claims for IntentToken {
    const KIND: Kind = Kind::Intent;

    fn registered(&self) -> Registered {
        let scope = match self.operation {
            Operation::Enroll => "intent:enroll",
            Operation::Approval => "intent:approve",
        };
        Registered {
            iss: self.iss.clone(),
            aud: self.aud.to_string(),
            sub: self.sub.map(|user| user.to_string()),
            jti: self.jti.clone(),
            iat: self.iat,
            nbf: self.iat,
            exp: Some(self.exp),
            scope: scope.to_owned(),
        }
    }

    fn is_whole(&self) -> bool {
        self.sub.is_some() || self.username.is_some()
    }
}

signed_token!(IntentToken);
