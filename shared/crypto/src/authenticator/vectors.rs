//! Keys, envelopes and signatures that the Python package `cryptography` 48 has made, in `vectors.json`. The private
//! key was made for this and is used nowhere else.

use std::sync::OnceLock;

use serde_json::Value;

use super::{AppKey, Envelope, ProviderKey};
use crate::encoding::from_base64;

/// All of them.
pub(super) fn all() -> &'static Value {
    static ALL: OnceLock<Value> = OnceLock::new();
    ALL.get_or_init(|| serde_json::from_str(include_str!("vectors.json")).unwrap())
}

/// The text at this JSON pointer.
pub(super) fn text(pointer: &str) -> &'static str {
    all().pointer(pointer).unwrap().as_str().unwrap()
}

/// Names and texts of the object at this JSON pointer.
pub(super) fn texts(pointer: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let object = all().pointer(pointer).unwrap().as_object().unwrap();
    object.iter().map(|(name, text)| (name.as_str(), text.as_str().unwrap()))
}

/// The private key that everything is encrypted to and signed with.
pub(super) fn key() -> &'static ProviderKey {
    static KEY: OnceLock<ProviderKey> = OnceLock::new();
    KEY.get_or_init(|| ProviderKey::from_pkcs8(&from_base64(text("/pkcs8")).unwrap()).unwrap())
}

/// A public key of somebody else.
pub(super) fn other() -> AppKey {
    AppKey::from_pem(text("/other_pem")).unwrap()
}

/// What is encrypted to [`key`].
pub(super) fn envelope() -> Envelope {
    serde_json::from_value(all()["envelope"].clone()).unwrap()
}
