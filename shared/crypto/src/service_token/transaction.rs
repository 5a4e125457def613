//! The transaction token: the service's word on how one operation stands.

use countersign_domain::id::{AppSpaceId, DeviceId, UserId};
use serde::{Deserialize, Serialize};

use super::{Claims, Kind, Operation, Registered, signed_token};

/// How an operation stood when the token was issued; as text `pending`, `succeeded` or `failed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransactionStatus {
    /// Not yet ended.
    Pending,
    /// Enrolled or approved.
    Succeeded,
    /// Declined, cancelled, failed or timed out.
    Failed,
}

/// The claims of a transaction token. Times are in seconds since the epoch.
///
/// The signature says that the statement is true, not that it is new: a token is consumed by its `jti`, once, in the
/// store. So the `jti` depends on the operation and its status alone; asking again gives no second one to consume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionToken {
    /// The service's base URL.
    pub iss: String,
    /// GUID of the Request Origin that started the operation, or of the App Space where an app started it.
    pub aud: String,
    /// The user; absent while an operation that anybody may claim is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<UserId>,
    /// The token's id: always the same for one operation and status.
    pub jti: String,
    /// When it was issued.
    pub iat: i64,
    /// From when on it is good no more.
    pub exp: i64,
    /// What was done.
    pub operation: Operation,
    /// The operation's GUID.
    pub transaction: String,
    /// How it stood.
    pub status: TransactionStatus,
    /// The device that ended it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// SHA-256 of the document that was shown, in base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The App Space.
    pub app_space: AppSpaceId,
}

impl Claims for TransactionToken {
    const KIND: Kind = Kind::Transaction;

    fn registered(&self) -> Registered {
        Registered {
            iss: self.iss.clone(),
            aud: self.aud.clone(),
            sub: self.sub.map(|user| user.to_string()),
            jti: self.jti.clone(),
            iat: self.iat,
            nbf: self.iat,
            exp: Some(self.exp),
            scope: "transaction".to_owned(),
        }
    }
}

signed_token!(TransactionToken);
