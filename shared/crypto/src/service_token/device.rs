//! The device token: an app that just proved the key of a device may tend to that device.

use countersign_domain::id::{AppSpaceId, DeviceId, UserId};
use serde::{Deserialize, Serialize};

use super::{Claims, Kind, Registered, signed_token};

/// The claims of a device token. Times are in seconds since the epoch.
///
/// It lets the app set where pushes go and remove the key. It is for the app alone and is never introspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceToken {
    /// The service's base URL.
    pub iss: String,
    /// The App Space.
    pub aud: AppSpaceId,
    /// The device's user.
    pub sub: UserId,
    /// The device.
    pub device: DeviceId,
    /// The token's id.
    pub jti: String,
    /// When it was issued.
    pub iat: i64,
    /// From when on it is good no more.
    pub exp: i64,
}

impl Claims for DeviceToken {
    const KIND: Kind = Kind::Device;

    fn registered(&self) -> Registered {
        Registered {
            iss: self.iss.clone(),
            aud: self.aud.to_string(),
            sub: Some(self.sub.to_string()),
            jti: self.jti.clone(),
            iat: self.iat,
            nbf: self.iat,
            exp: Some(self.exp),
            scope: "device".to_owned(),
        }
    }
}

signed_token!(DeviceToken);
