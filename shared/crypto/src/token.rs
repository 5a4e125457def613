//! Bearer tokens: who holds one may act, so only its hash is stored.

use std::fmt;
use std::str::FromStr;

use countersign_domain::chance::{self, Random};
use countersign_domain::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::digest::{Digest, NotADigest};
use crate::encoding::{base64url, from_base64url_exact};
use crate::sealing::{NoSuchKey, SealingKeys};

/// 256 random bits, as text 43 characters of base64url.
#[derive(Debug)]
pub struct Token(Secret<String>);

/// The text has not the shape of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a token")]
pub struct NotAToken;

impl Token {
    /// A fresh token.
    pub fn random(random: &dyn Random) -> Self {
        Self::of(&chance::bytes::<32>(random))
    }

    /// The token that belongs to `context` under the sealing key `kid` (`None`: the current one): the same
    /// each time,
    /// so that a repeated call can be given its token again though only the hash was stored.
    /// `label` names the purpose and keeps purposes apart.
    ///
    /// # Errors
    /// [`NoSuchKey`] when `kid` is no longer in the ring.
    pub fn derived(
        keys: &SealingKeys,
        kid: Option<&str>,
        label: &str,
        context: &[u8],
    ) -> Result<Self, NoSuchKey> {
        keys.derive(kid, label, context).map(|material| Self::of(material.expose()))
    }

    fn of(bytes: &[u8; 32]) -> Self {
        Self(Secret::new(base64url(bytes)))
    }

    /// The text that the holder keeps and presents.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is stored in its place.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.0.expose())
    }
}

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        from_base64url_exact::<32>(text).map(|bytes| Self::of(&bytes)).map_err(|_| NotAToken)
    }
}

/// SHA-256 of a token's text, as text 43 characters of base64url; fit for a store key.
///
/// A plain hash is enough: a [`Token`]'s 256 random bits cannot be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash(Digest);

impl TokenHash {
    /// The hash of a token of any kind, by the text that stands for it.
    pub(crate) fn of(text: &str) -> Self {
        Self(Digest::of(text.as_bytes()))
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TokenHash {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::system::SystemRandom;

    #[test]
    fn a_token_is_read_back_and_hashes_the_same() {
        let token = Token::random(&SystemRandom);
        assert_eq!(token.expose().len(), 43);
        let read: Token = token.expose().parse().unwrap();
        assert_eq!(read.hash(), token.hash());
        assert_eq!(token.hash().to_string().parse(), Ok(token.hash()));
        assert_ne!(Token::random(&SystemRandom).hash(), token.hash());
    }

    #[test]
    fn a_derived_token_is_the_same_for_the_same_context_and_key_only() {
        let keys = SealingKeys::generate(&SystemRandom);
        let token = |keys: &SealingKeys, kid, label, context: &[u8]| {
            Token::derived(keys, kid, label, context).unwrap().expose().to_owned()
        };
        let first = token(&keys, None, "enrolment", b"one");
        assert_eq!(token(&keys, None, "enrolment", b"one"), first);
        assert_ne!(token(&keys, None, "enrolment", b"two"), first);
        assert_ne!(token(&keys, None, "status", b"one"), first);
        // The boundary between label and context counts.
        assert_ne!(token(&keys, None, "enrolmento", b"ne"), first);
        let rotated = keys.rotated(&SystemRandom);
        assert_ne!(token(&rotated, None, "enrolment", b"one"), first);
        assert_eq!(token(&rotated, Some(keys.current_kid()), "enrolment", b"one"), first);
        assert!(Token::derived(&keys, Some(rotated.current_kid()), "enrolment", b"one").is_err());
    }

    #[test]
    fn neither_debug_nor_hash_shows_the_token() {
        let token = Token::random(&SystemRandom);
        assert!(!format!("{token:?} {:?}", token.hash()).contains(token.expose()));
    }

    proptest! {
        #[test]
        fn what_is_not_43_characters_is_no_token(text in ".{0,42}|[A-Za-z0-9_-]{44,60}") {
            prop_assert_eq!(text.parse::<Token>().err(), Some(NotAToken));
        }
    }
}
