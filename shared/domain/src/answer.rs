//! What a person decided, and what proves it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::DeviceId;

/// What the person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The option with this zero-based index.
    Option(usize),
    /// None of the options.
    Decline(DeclineReason),
}

/// Why a person took none of the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// They do not want to.
    Cancelled,
    /// They did not start this: somebody else may be at work.
    NotMe,
}

impl DeclineReason {
    /// The reason's word in every API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::NotMe => "not_me",
        }
    }
}

/// How the matching code of an answer compares with the challenge's; compared by `countersign_crypto::equal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeCheck {
    /// None was given.
    Absent,
    /// It is the challenge's.
    Right,
    /// It is another.
    Wrong,
}

/// An answer whose signature was verified against a key of the device.
#[derive(Debug, Clone)]
pub struct SignedAnswer {
    /// SHA-256 of the answer as it came: the same answer sent twice is one answer.
    pub id: String,
    /// What was decided.
    pub answer: Answer,
    /// Whether the strong key signed it.
    pub strong: bool,
    /// The matching code.
    pub code: CodeCheck,
    /// What proves it.
    pub evidence: Evidence,
}

/// What the device signed, kept whole, and our statement about it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Which device answered.
    pub device: DeviceId,
    /// The RFC 7638 thumbprint of the key that signed.
    pub key_thumbprint: String,
    /// The public key that signed, as a JWK: the evidence verifies when the device is long gone.
    pub key: String,
    /// The compact JWS.
    pub answer_jws: String,
    /// The receipt, a compact JWS by the service, once the answer was taken.
    pub receipt: Option<String>,
}

impl fmt::Debug for Evidence {
    /// Without what was signed: the matching code is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("device", &self.device)
            .field("key_thumbprint", &self.key_thumbprint)
            .finish_non_exhaustive()
    }
}
