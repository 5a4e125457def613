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
    /// What was signed, whole.
    pub signed: Signed,
    /// The receipt, a compact JWS by the service, once the answer was taken.
    pub receipt: Option<String>,
}

/// What a device signed, by its protocol: enough to verify the signature again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "camelCase")]
pub enum Signed {
    /// The Device API: the answer.
    #[serde(rename = "jws")]
    Jws {
        /// Compact JWS.
        jws: String,
    },
    /// A call that was signed whole: the proof has the SHA-256 of the body as `bh`.
    #[serde(rename = "call")]
    Call {
        /// Compact JWS.
        proof: String,
        /// As it came.
        body: String,
    },
    /// FIDO UAF: an assertion over the final challenge.
    #[serde(rename = "uaf")]
    #[serde(rename_all = "camelCase")]
    Uaf {
        /// As it came, base64url; its SHA-256 is in the assertion.
        fc_params: String,
        /// The TLV, base64url.
        assertion: String,
        /// The transaction's content, whose SHA-256 is in the assertion.
        #[serde(skip_serializing_if = "Option::is_none")]
        transaction: Option<String>,
    },
    /// WebAuthn: an assertion over the challenge.
    #[serde(rename = "fido2")]
    #[serde(rename_all = "camelCase")]
    Fido2 {
        /// base64url.
        authenticator_data: String,
        /// base64url.
        client_data_json: String,
        /// base64url.
        signature: String,
    },
    /// The Authenticator API v1: a call, signed over `method|url|expires_at|body`.
    #[serde(rename = "authenticator_v1")]
    #[serde(rename_all = "camelCase")]
    AuthenticatorV1 {
        /// Lower case.
        method: String,
        /// As the app called it.
        url: String,
        /// Unix seconds, as they came.
        expires_at: String,
        /// As it came.
        body: String,
        /// base64.
        signature: String,
        /// How the app says the person released the answer; not signed.
        #[serde(skip_serializing_if = "Option::is_none")]
        authorization_type: Option<String>,
        /// Where the app says it was; not signed.
        #[serde(skip_serializing_if = "Option::is_none")]
        geolocation: Option<String>,
    },
    /// The Authenticator API v2: a body, signed by a detached JWS (RFC 7515, appendix F).
    #[serde(rename = "authenticator_v2")]
    #[serde(rename_all = "camelCase")]
    AuthenticatorV2 {
        /// `header..signature`.
        jws: String,
        /// As it came; what it encrypts is signed with it.
        body: String,
        /// How the app says the person released the answer; in the encrypted part.
        #[serde(skip_serializing_if = "Option::is_none")]
        authorization_type: Option<String>,
        /// Where the app says it was; in the encrypted part.
        #[serde(skip_serializing_if = "Option::is_none")]
        geolocation: Option<String>,
    },
}

impl Signed {
    /// As one text: the JWS itself, or the members of another protocol as JSON.
    pub fn text(&self) -> String {
        match self {
            Self::Jws { jws } => jws.clone(),
            other => serde_json::to_string(other).unwrap_or_default(),
        }
    }
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
