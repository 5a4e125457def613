//! The names of authenticator models and of their keys.

use std::fmt;
use std::str::FromStr;

use countersign_crypto::encoding::{base64url, from_base64url_exact};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::tlv::Malformed;

/// The name of an authenticator model: four hexadecimal digits of the vendor, `#`, four of the model
/// (FIDO UAF Protocol, Authenticator Attestation ID). Letters are kept and compared in upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Aaid([u8; 9]);

impl Aaid {
    /// From its nine ASCII characters.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut name: [u8; 9] = bytes.try_into().map_err(|_| Malformed)?;
        name.make_ascii_uppercase();
        let well_formed = name.iter().enumerate().all(|(at, byte)| match at {
            4 => *byte == b'#',
            _ => byte.is_ascii_hexdigit(),
        });
        if well_formed { Ok(Self(name)) } else { Err(Malformed) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Only hexadecimal digits and '#' are ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The vendor's four digits.
    pub fn vendor(&self) -> &str {
        self.as_str().get(..4).unwrap_or_default()
    }
}

impl fmt::Display for Aaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Aaid {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::from_bytes(text.as_bytes())
    }
}

impl Serialize for Aaid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Aaid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The name that an authenticator gave a key: 32 bytes, unique within its AAID; as text, base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 32]);

impl KeyId {
    /// From its 32 bytes.
    ///
    /// # Errors
    /// [`Malformed`] for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        bytes.try_into().map(Self).map_err(|_| Malformed)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url(&self.0))
    }
}

impl FromStr for KeyId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        from_base64url_exact(text).map(Self).map_err(|_| Malformed)
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aaid_is_vendor_and_model_in_hexadecimal_digits() {
        let aaid: Aaid = "00ab#C0de".parse().unwrap();
        assert_eq!((aaid.as_str(), aaid.vendor()), ("00AB#C0DE", "00AB"));
        for text in ["", "00AB#C0D", "00AB#C0DEF", "00AB-C0DE", "00AG#C0DE", "00A##C0DE", "00AB#C0D\u{e9}"] {
            assert_eq!(text.parse::<Aaid>(), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn a_key_id_has_32_bytes() {
        assert_eq!(KeyId::from_bytes(&[1; 31]), Err(Malformed));
        assert_eq!(KeyId::from_bytes(&[1; 33]), Err(Malformed));
        let key_id = KeyId::from_bytes(&[1; 32]).unwrap();
        assert_eq!(key_id.to_string().parse(), Ok(key_id));
    }
}
