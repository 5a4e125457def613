//! The dispatch token: what a link, a QR code or a push hands to the app, to fetch one operation with.

use std::str::FromStr;

use countersign_domain::secret::Secret;
use uuid::{Builder, Uuid, Variant};

use crate::sealing::{NoSuchKey, SealingKeys};
use crate::token::TokenHash;

/// 122 random bits in the shape of a UUIDv4 (RFC 9562, section 5.4), written in lower case with hyphens.
///
/// Other bearer tokens have 256 bits; here the protocol fixes the shape (`nma_data.token`). It is enough: a token
/// lives for minutes, is used once, and guesses are limited.
#[derive(Debug)]
pub struct DispatchToken(Secret<String>);

/// The text has not the shape of a dispatch token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a dispatch token")]
pub struct NotADispatchToken;

impl DispatchToken {
    /// The token that belongs to `context` under the sealing key `kid` (`None`: the current one): the same each time,
    /// though only its hash is stored. `label` names the purpose and keeps purposes apart.
    ///
    /// # Errors
    /// [`NoSuchKey`] when `kid` is no longer in the ring.
    pub fn derived(
        keys: &SealingKeys,
        kid: Option<&str>,
        label: &str,
        context: &[u8],
    ) -> Result<Self, NoSuchKey> {
        let material = keys.derive(kid, label, context)?;
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&material.expose()[..16]);
        Ok(Self::of(Builder::from_random_bytes(bytes).as_uuid()))
    }

    fn of(uuid: &Uuid) -> Self {
        Self(Secret::new(uuid.as_hyphenated().to_string()))
    }

    /// The text that the app presents.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is stored in its place. A plain hash is enough: 122 random bits cannot be guessed while the token lives.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.0.expose())
    }
}

impl FromStr for DispatchToken {
    type Err = NotADispatchToken;

    /// From the hyphenated form of a UUIDv4, in either case; no other form is a dispatch token.
    fn from_str(text: &str) -> Result<Self, NotADispatchToken> {
        if text.len() != 36 {
            return Err(NotADispatchToken);
        }
        let uuid = Uuid::try_parse(text).map_err(|_| NotADispatchToken)?;
        if uuid.get_version_num() != 4 || uuid.get_variant() != Variant::RFC4122 {
            return Err(NotADispatchToken);
        }
        Ok(Self::of(&uuid))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::system::SystemRandom;

    fn keys() -> SealingKeys {
        SealingKeys::generate(&SystemRandom)
    }

    fn token(keys: &SealingKeys, label: &str, context: &[u8]) -> DispatchToken {
        DispatchToken::derived(keys, None, label, context).unwrap()
    }

    #[test]
    fn a_derived_token_is_the_same_for_the_same_context_and_key_only() {
        let keys = keys();
        let first = token(&keys, "redeem", b"one").hash();
        assert_eq!(token(&keys, "redeem", b"one").hash(), first);
        assert_ne!(token(&keys, "redeem", b"two").hash(), first);
        assert_ne!(token(&keys, "push", b"one").hash(), first);
        let rotated = keys.rotated(&SystemRandom);
        assert_ne!(token(&rotated, "redeem", b"one").hash(), first);
        let kid = Some(keys.current_kid());
        assert_eq!(DispatchToken::derived(&rotated, kid, "redeem", b"one").unwrap().hash(), first);
        assert!(DispatchToken::derived(&keys, Some(rotated.current_kid()), "redeem", b"one").is_err());
    }

    #[test]
    fn a_token_is_read_in_either_case_and_hashes_the_same() {
        let token = token(&keys(), "redeem", b"one");
        for text in [token.expose().to_owned(), token.expose().to_uppercase()] {
            let read: DispatchToken = text.parse().unwrap();
            assert_eq!((read.expose(), read.hash()), (token.expose(), token.hash()));
        }
    }

    #[test]
    fn other_forms_and_versions_are_no_token() {
        for text in [
            "",
            "f81d4fae7dec41d0a76500a0c91e6bf6",
            "{f81d4fae-7dec-41d0-a765-00a0c91e6bf6}",
            "urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf6 ",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bfg",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "f81d4fae-7dec-71d0-a765-00a0c91e6bf6",
            "f81d4fae-7dec-41d0-c765-00a0c91e6bf6",
            "00000000-0000-0000-0000-000000000000",
            "f81d4fae7-dec-41d0-a765-00a0c91e6bf6",
        ] {
            assert_eq!(text.parse::<DispatchToken>().err(), Some(NotADispatchToken), "{text}");
        }
        assert!("f81d4fae-7dec-41d0-a765-00a0c91e6bf6".parse::<DispatchToken>().is_ok());
    }

    #[test]
    fn neither_debug_nor_hash_shows_the_token() {
        let token = token(&keys(), "redeem", b"one");
        assert!(!format!("{token:?} {:?}", token.hash()).contains(token.expose()));
    }

    proptest! {
        #[test]
        fn every_derived_token_has_the_shape_and_is_read_back(context in proptest::collection::vec(any::<u8>(), 0..40)) {
            let token = token(&keys(), "redeem", &context);
            let text = token.expose();
            prop_assert_eq!(text.len(), 36);
            prop_assert_eq!(&text[14..15], "4");
            prop_assert!(text.is_char_boundary(19) && "89ab".contains(&text[19..20]));
            prop_assert_eq!(text.parse::<DispatchToken>().map(|read| read.hash()), Ok(token.hash()));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}|[0-9a-f-]{36}|[^a]{36}") {
            if let Ok(token) = text.parse::<DispatchToken>() {
                prop_assert_eq!(token.expose(), text.to_lowercase());
            }
        }
    }
}
