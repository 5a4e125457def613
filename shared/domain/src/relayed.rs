//! What the service relays between an app of the Authenticator API and a bank that encrypts for it: it cannot read it.

use serde::{Deserialize, Serialize};

use crate::id::DeviceId;
use crate::time::Timestamp;

/// A challenge that a bank encrypted for its user's apps: an action of the bank's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relayed {
    /// What the bank calls the action.
    pub action_id: String,
    /// What each app decrypts.
    pub envelopes: Vec<DeviceEnvelope>,
}

/// What one app decrypts; all base64, as it came.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceEnvelope {
    /// Whose.
    pub device: DeviceId,
    /// The content key, encrypted to the app.
    pub key: String,
    /// The initialization vector, likewise.
    pub iv: String,
    /// The content.
    pub data: String,
}

impl std::fmt::Debug for Relayed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relayed").field("action_id", &self.action_id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for DeviceEnvelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceEnvelope").field("device", &self.device).finish_non_exhaustive()
    }
}

impl Relayed {
    /// What `device` decrypts.
    pub fn for_device(&self, device: DeviceId) -> Option<&DeviceEnvelope> {
        self.envelopes.iter().find(|envelope| envelope.device == device)
    }
}

/// What the bank said to its user's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum BankReply {
    /// Nothing yet.
    Awaited,
    /// It took it.
    Taken {
        /// When.
        at: Timestamp,
    },
    /// It refused it.
    Refused {
        /// When.
        at: Timestamp,
    },
    /// It could not be reached until nobody waited any more.
    Unreachable {
        /// When that was.
        at: Timestamp,
    },
}
