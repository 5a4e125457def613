//! Keys of authenticators: what a FIDO UAF or WebAuthn authenticator registered, found by the name that it gave the key.

use serde::{Deserialize, Serialize};

use crate::id::{AppSpaceId, DeviceId, UserId};

/// A registered key. It outlives its device: a name is never taken twice in one App Space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticatorKey {
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// Whose it is.
    pub user: UserId,
    /// The device that stands for it.
    pub device: DeviceId,
    /// What verifies with it.
    pub key: RegisteredKey,
}

/// What a key is called, by protocol.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "protocol", rename_all = "snake_case")]
pub enum KeyName {
    /// FIDO UAF.
    Uaf {
        /// The model, `VVVV#MMMM`.
        aaid: String,
        /// 32 bytes, base64url.
        key_id: String,
    },
    /// WebAuthn.
    Fido2 {
        /// The credential id, base64url.
        credential_id: String,
    },
}

/// The key with what its protocol keeps beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "protocol", rename_all = "snake_case")]
pub enum RegisteredKey {
    /// FIDO UAF.
    Uaf(UafKey),
    /// WebAuthn.
    Fido2 {
        /// The credential id, base64url.
        credential_id: String,
        /// What `countersign_webauthn` stores, as JSON: public key, counter, flags.
        credential: String,
    },
}

/// A key of a FIDO UAF authenticator; opened by `countersign_uaf`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UafKey {
    /// The model.
    pub aaid: String,
    /// 32 bytes, base64url.
    pub key_id: String,
    /// How `public_key` is written (FIDO Registry, key encodings).
    pub key_encoding: u16,
    /// As it was registered, base64url.
    pub public_key: String,
    /// Signatures so far.
    pub sign_counter: u32,
    /// Registrations so far.
    pub registration_counter: u32,
    /// The version of the authenticator.
    pub authenticator_version: u16,
}

impl RegisteredKey {
    /// What the key is called.
    pub fn name(&self) -> KeyName {
        match self {
            Self::Uaf(key) => KeyName::Uaf { aaid: key.aaid.clone(), key_id: key.key_id.clone() },
            Self::Fido2 { credential_id, .. } => KeyName::Fido2 { credential_id: credential_id.clone() },
        }
    }
}
