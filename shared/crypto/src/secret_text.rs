//! A secret text inside a signed document: written and read like a string, never printed.

use countersign_domain::secret::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// For `#[serde(serialize_with)]`: only a document that is itself signed and sent holds such a field.
pub(crate) fn serialize<S: Serializer>(
    secret: &Option<Secret<String>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(serializer)
}

/// For `#[serde(deserialize_with)]`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Secret<String>>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(Secret::new))
}
