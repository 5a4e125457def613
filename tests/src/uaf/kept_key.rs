//! A signature key in a file: its private JWK.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::Value;

use crate::device::keys::KeyPair;

pub(super) fn serialize<S: Serializer>(pair: &KeyPair, serializer: S) -> Result<S::Ok, S::Error> {
    let jwk = pair.to_jwk().map_err(ser::Error::custom)?;
    let jwk: Value = serde_json::from_str(jwk.expose()).map_err(ser::Error::custom)?;
    jwk.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<KeyPair, D::Error> {
    KeyPair::from_jwk(&Value::deserialize(deserializer)?.to_string()).map_err(de::Error::custom)
}
