//! The id of a credential (section 4, "Credential ID").

use countersign_crypto::encoding::{base64url, from_base64url};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// 1 to 1023 bytes that the authenticator chose; as text, base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialId(Vec<u8>);

/// Not 1 to 1023 bytes, or text that is not base64url without padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a credential id of 1 to 1023 bytes")]
pub struct NotACredentialId;

impl CredentialId {
    /// The most bytes (section 6.5.2).
    pub const MAX_BYTES: usize = 1023;

    /// Takes the bytes as they are.
    ///
    /// # Errors
    /// [`NotACredentialId`].
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, NotACredentialId> {
        let bytes = bytes.into();
        if (1..=Self::MAX_BYTES).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(NotACredentialId) }
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`NotACredentialId`].
    pub fn parse(text: &str) -> Result<Self, NotACredentialId> {
        // Four characters hold three bytes: nothing longer is decoded.
        if text.len() > Self::MAX_BYTES.div_ceil(3) * 4 {
            return Err(NotACredentialId);
        }
        Self::new(from_base64url(text).map_err(|_| NotACredentialId)?)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Display for CredentialId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&base64url(&self.0))
    }
}

impl Serialize for CredentialId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CredentialId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_1_to_1023_bytes_and_one_text() {
        let longest = CredentialId::new(vec![1; 1023]).unwrap();
        assert_eq!(CredentialId::parse(&longest.to_string()), Ok(longest));
        assert_eq!(CredentialId::new(vec![]), Err(NotACredentialId));
        assert_eq!(CredentialId::new(vec![1; 1024]), Err(NotACredentialId));
        for text in ["", "AQI=", "A", "+/8", &"A".repeat(1_000_000)] {
            assert_eq!(CredentialId::parse(text), Err(NotACredentialId));
        }
    }
}
