//! What apps say of their dispatch targets, parsed.

use countersign_crypto::jwe::EncryptionKey;
use countersign_crypto::jwk::PublicJwk;
use countersign_domain::device::{Platform, PublicKey};
use countersign_domain::invalid::Invalid;
use countersign_lambda::Refusal;
use countersign_lambda::device::keep_key;
use serde::Serialize;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The id of a dispatch target: its device's.
#[derive(Serialize)]
pub(crate) struct TargetId {
    /// See [`TargetId`].
    pub(crate) id: String,
}

/// A member that may be absent, null, or a value: absent leaves things as they are, null takes them away.
pub(crate) type Change<T> = Option<Option<T>>;

/// Reads a [`Change`] whose member is there.
pub(crate) fn change<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Change<T>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Which platform's push service a dispatcher is, whatever the app runs on.
pub(crate) fn platform(dispatcher: &str) -> Result<Platform, Invalid> {
    match dispatcher {
        "firebase-cloud-messaging" | "fcm" => Ok(Platform::Android),
        "apns" => Ok(Platform::Ios),
        _ => Err(Invalid::new("dispatcher", "is not one of firebase-cloud-messaging, fcm, apns")),
    }
}

/// A key that signs the app's calls.
pub(crate) fn signature_key(jwk: &Value) -> Result<PublicKey, Refusal> {
    let key = PublicJwk::parse(&jwk.to_string());
    let key = key.map_err(|error| Invalid::new("signatureKey", error.to_string()))?;
    keep_key(&key, &key.thumbprint())
}

/// A key that pushes are encrypted to.
pub(crate) fn encryption_key(jwk: &Value) -> Result<PublicKey, Refusal> {
    let key = EncryptionKey::parse(&jwk.to_string());
    let key = key.map_err(|error| Invalid::new("encryptionKey", error.to_string()))?;
    keep_key(&key, &key.thumbprint())
}
