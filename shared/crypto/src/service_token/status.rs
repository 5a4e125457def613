//! The status token: whoever holds it may ask how one operation stands, and nothing else.

use countersign_domain::id::{RequestOriginId, UserId};
use serde::{Deserialize, Serialize};

use super::{Claims, Kind, Operation, Registered, signed_token};

/// The claims of a status token. Times are in seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusToken {
    /// The service's base URL.
    pub iss: String,
    /// The Request Origin that started the operation.
    pub aud: RequestOriginId,
    /// The user, where the operation has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<UserId>,
    /// The token's id.
    pub jti: String,
    /// When it was issued.
    pub iat: i64,
    /// From when on it is good no more.
    pub exp: i64,
    /// What is tracked.
    pub operation: Operation,
    /// The operation's GUID.
    pub transaction: String,
    /// Where the record of an enrolment lies: the hash of its token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

impl Claims for StatusToken {
    const KIND: Kind = Kind::Status;

    fn registered(&self) -> Registered {
        Registered {
            iss: self.iss.clone(),
            aud: self.aud.to_string(),
            sub: self.sub.map(|user| user.to_string()),
            jti: self.jti.clone(),
            iat: self.iat,
            nbf: self.iat,
            exp: Some(self.exp),
            scope: "status".to_owned(),
        }
    }
}

signed_token!(StatusToken);
