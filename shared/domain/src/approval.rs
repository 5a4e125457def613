//! What the Cloud API adds to a challenge: how it reaches its user, and which authenticators may answer it.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::id::DeviceId;
use crate::sms::Sms;
use crate::web_authn::WebAuthnCeremony;

/// An approval.
#[derive(Clone, Serialize, Deserialize)]
pub struct Approval {
    /// How it reaches its user.
    pub channel: Channel,
    /// What is asked: plain text or the closed subset of HTML; nothing for a mere authentication.
    pub message: Option<String>,
    /// Whether the app asks for a yes before it asks for the authenticator.
    pub prompt: bool,
    /// Who may answer.
    pub audience: Audience,
    /// Id of the sealing key from which its dispatch tokens and its code are derived.
    pub token_key: String,
    /// Where its code goes, on that channel.
    pub sms: Option<Sms>,
    /// What WebAuthn is asked for, on that channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_authn: Option<WebAuthnCeremony>,
}

impl std::fmt::Debug for Approval {
    /// Without what is asked.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Approval")
            .field("channel", &self.channel)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// Who may answer an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Any authenticator of the user.
    Any,
    /// This one.
    Only(DeviceId),
}

impl Approval {
    /// Whether `device` may answer.
    pub fn is_for(&self, device: DeviceId) -> bool {
        match self.audience {
            Audience::Any => true,
            Audience::Only(only) => only == device,
        }
    }
}
