//! The generated key of a Request Origin with HTTP Basic, and its salted hash.

use std::fmt;
use std::str::FromStr;

use countersign_domain::chance::{self, Random};
use countersign_domain::secret::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use crate::digest::sha256;
use crate::encoding::{base64url, from_base64url_exact};
use crate::equal::equal;

/// A generated Basic key: 256 random bits, as text 43 characters of base64url. It is shown once and never
/// stored.
#[derive(Debug)]
pub struct BasicKey(Secret<String>);

impl BasicKey {
    /// A fresh key.
    pub fn generate(random: &dyn Random) -> Self {
        Self(Secret::new(base64url(&chance::bytes::<32>(random))))
    }

    /// The password that the Request Origin sends.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is stored in its place.
    pub fn salted_hash(&self, random: &dyn Random) -> SaltedHash {
        SaltedHash::of(chance::bytes(random), self.0.expose())
    }
}

/// SHA-256 over a random 16-byte salt and the key's text; as text `salt.hash`, both base64url.
///
/// No slow hash: a slow hash makes guessing dear where people chose the password. This key is 256 random
/// bits, which nobody can guess at any speed, and every call of a Request Origin would pay for it.
#[derive(Clone)]
pub struct SaltedHash {
    salt: [u8; 16],
    hash: [u8; 32],
}

impl SaltedHash {
    /// A hash that no key has, to verify against when the caller is unknown: both refusals then cost the
    /// same.
    pub const fn dummy() -> Self {
        Self { salt: [0; 16], hash: [0; 32] }
    }

    fn of(salt: [u8; 16], key: &str) -> Self {
        let mut salted = Zeroizing::new(Vec::with_capacity(salt.len() + key.len()));
        salted.extend_from_slice(&salt);
        salted.extend_from_slice(key.as_bytes());
        Self { salt, hash: sha256(&salted) }
    }

    /// Whether `presented` is the key, in constant time.
    pub fn verify(&self, presented: &str) -> bool {
        equal(&Self::of(self.salt, presented).hash, &self.hash)
    }
}

impl fmt::Debug for SaltedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaltedHash(…)")
    }
}

impl fmt::Display for SaltedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", base64url(&self.salt), base64url(&self.hash))
    }
}

/// The text is not a salted hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a salted hash")]
pub struct NotASaltedHash;

impl FromStr for SaltedHash {
    type Err = NotASaltedHash;

    fn from_str(text: &str) -> Result<Self, NotASaltedHash> {
        let (salt, hash) = text.split_once('.').ok_or(NotASaltedHash)?;
        Ok(Self {
            salt: from_base64url_exact(salt).map_err(|_| NotASaltedHash)?,
            hash: from_base64url_exact(hash).map_err(|_| NotASaltedHash)?,
        })
    }
}

impl Serialize for SaltedHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SaltedHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::system::SystemRandom;

    #[test]
    fn only_the_key_itself_verifies() {
        let key = BasicKey::generate(&SystemRandom);
        let stored = key.salted_hash(&SystemRandom);
        let read: SaltedHash = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
        assert!(read.verify(key.expose()));
        assert!(!read.verify(""));
        assert!(!read.verify(&key.expose()[1..]));
        assert!(!read.verify(BasicKey::generate(&SystemRandom).expose()));
    }

    #[test]
    fn the_same_key_is_stored_differently_each_time() {
        let key = BasicKey::generate(&SystemRandom);
        assert_ne!(key.salted_hash(&SystemRandom).to_string(), key.salted_hash(&SystemRandom).to_string());
    }

    #[test]
    fn the_dummy_fits_no_key_and_nothing_is_shown() {
        let key = BasicKey::generate(&SystemRandom);
        assert!(!SaltedHash::dummy().verify(key.expose()));
        assert!(!SaltedHash::dummy().verify(""));
        assert!(!format!("{key:?}").contains(key.expose()));
    }

    proptest! {
        #[test]
        fn malformed_text_is_refused(text in "[A-Za-z0-9_.-]{0,60}") {
            prop_assert_eq!(text.parse::<SaltedHash>().err(), Some(NotASaltedHash));
        }

        #[test]
        fn another_presented_text_fails(presented in ".{0,60}") {
            let key = BasicKey::generate(&SystemRandom);
            prop_assert!(!key.salted_hash(&SystemRandom).verify(&presented));
        }
    }
}
