//! The access key: what a backend calls with.

use std::fmt;
use std::str::FromStr;

use countersign_domain::id::{AppSpaceId, RequestOriginId};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Claims, Kind, Registered, TokenRefused, issue, peek};
use crate::digest::{Digest, NotADigest};
use crate::keyring::SigningKeys;
use crate::signing_key::SigningFailed;

/// An access key: a JWT, because callers expect one, but verified by its stored hash and never by its signature.
///
/// A signing key is gone two rotations after it signed, within weeks; an access key lives for years. And a hash that
/// is deleted ends the key at once. The signature still does its part: nobody can make the text without the signing
/// key, and not even who has that key can make the same text again, for an ES256 signature holds a fresh random nonce
/// of 256 bits. So a plain hash is enough.
#[derive(Debug)]
pub struct AccessKey(Secret<String>);

impl AccessKey {
    /// A fresh key with its hash, for the Request Origin `origin` of `app_space`; `id` is the `jti`.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn issue(
        keys: &SigningKeys,
        issuer: &str,
        origin: RequestOriginId,
        app_space: AppSpaceId,
        id: &str,
        now: Timestamp,
        expires: Option<Timestamp>,
    ) -> Result<(Self, AccessKeyHash), SigningFailed> {
        let claims = AccessKeyClaims {
            iss: issuer.to_owned(),
            aud: issuer.to_owned(),
            sub: origin,
            jti: id.to_owned(),
            iat: now.secs(),
            exp: expires.map(Timestamp::secs),
            app_space,
        };
        let text = issue(keys, &claims)?;
        let hash = AccessKeyHash::of(&text);
        Ok((Self(Secret::new(text)), hash))
    }

    /// The text that the backend keeps and presents.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// SHA-256 of an access key's whole text, as text 43 characters of base64url: what is stored in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccessKeyHash(Digest);

impl AccessKeyHash {
    fn of(text: &str) -> Self {
        Self(Digest::of(text.as_bytes()))
    }

    /// Whether this is the hash of `presented`; compared in constant time.
    pub fn verify(&self, presented: &str) -> bool {
        *self == Self::of(presented)
    }
}

impl fmt::Display for AccessKeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for AccessKeyHash {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        text.parse().map(Self)
    }
}

/// What an access key says. Times are in seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessKeyClaims {
    /// The service's base URL.
    pub iss: String,
    /// The service's base URL: it alone takes access keys.
    pub aud: String,
    /// The Request Origin.
    pub sub: RequestOriginId,
    /// The key's id.
    pub jti: String,
    /// When it was issued.
    pub iat: i64,
    /// From when on it is good no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// The Request Origin's App Space.
    pub app_space: AppSpaceId,
}

impl AccessKeyClaims {
    /// What `presented` says, NOT verified: only for finding the Request Origin. Believe it once
    /// [`AccessKeyHash::verify`] holds for the hash that is stored there.
    ///
    /// # Errors
    /// [`TokenRefused::Jws`].
    pub fn peek(presented: &str) -> Result<Self, TokenRefused> {
        Ok(peek(presented)?)
    }

    /// Whether `exp` has come.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.exp.is_some_and(|exp| now.secs() >= exp)
    }

    /// The registered claims.
    pub fn registered(&self) -> Registered {
        Claims::registered(self)
    }
}

impl Claims for AccessKeyClaims {
    const KIND: Kind = Kind::AccessKey;

    fn registered(&self) -> Registered {
        Registered {
            iss: self.iss.clone(),
            aud: self.aud.clone(),
            sub: Some(self.sub.to_string()),
            jti: self.jti.clone(),
            iat: self.iat,
            nbf: self.iat,
            exp: self.exp,
            scope: "access".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_domain::time::Span;
    use proptest::prelude::*;

    use super::*;
    use crate::jws::JwsRefused;
    use crate::system::SystemRandom;

    const ISSUER: &str = "https://auth.example.com";
    const NOW: Timestamp = Timestamp::from_millis(1_795_341_600_123);

    fn key(keys: &SigningKeys, expires: Option<Timestamp>) -> (AccessKey, AccessKeyHash, RequestOriginId) {
        let app_space = AppSpaceId::new(&SystemRandom);
        let origin = RequestOriginId::new(app_space, &SystemRandom);
        let (key, hash) = AccessKey::issue(keys, ISSUER, origin, app_space, "key-1", NOW, expires).unwrap();
        (key, hash, origin)
    }

    fn keys() -> SigningKeys {
        SigningKeys::generate(&SystemRandom, NOW).unwrap()
    }

    #[test]
    fn a_key_verifies_by_its_hash_when_its_signing_key_is_long_gone() {
        let (key, hash, origin) = key(&keys(), None);
        assert!(hash.verify(key.expose()));
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(serde_json::to_value(hash).unwrap(), hash.to_string());
        let claims = AccessKeyClaims::peek(key.expose()).unwrap();
        assert_eq!((claims.sub, claims.jti.as_str()), (origin, "key-1"));
        assert_eq!(claims.app_space.tenant(), origin.tenant());
        assert!(!claims.is_expired(Timestamp::from_millis(i64::MAX)));
        let registered = serde_json::to_value(claims.registered()).unwrap();
        let expected = serde_json::json!({ "iss": ISSUER, "aud": ISSUER, "sub": origin, "jti": "key-1",
            "iat": 1_795_341_600, "nbf": 1_795_341_600, "scope": "access" });
        assert_eq!(registered, expected);
    }

    #[test]
    fn a_key_expires_in_the_second_that_it_names() {
        let expires = NOW + Span::days(700);
        let (key, _, _) = key(&keys(), Some(expires));
        let claims = AccessKeyClaims::peek(key.expose()).unwrap();
        assert!(!claims.is_expired(expires - Span::secs(1)));
        assert!(claims.is_expired(expires));
    }

    #[test]
    fn the_same_claims_make_another_key() {
        let keys = keys();
        let app_space = AppSpaceId::new(&SystemRandom);
        let origin = RequestOriginId::new(app_space, &SystemRandom);
        let issue = || AccessKey::issue(&keys, ISSUER, origin, app_space, "key-1", NOW, None).unwrap();
        let ((first, first_hash), (second, second_hash)) = (issue(), issue());
        assert_ne!(first_hash, second_hash);
        assert!(!first_hash.verify(second.expose()) && !second_hash.verify(first.expose()));
    }

    #[test]
    fn neither_debug_nor_hash_shows_the_key() {
        let (key, hash, _) = key(&keys(), None);
        let shown = format!("{key:?} {hash:?} {hash}");
        assert!(key.expose().split('.').all(|part| !shown.contains(part)), "{shown}");
    }

    #[test]
    fn only_an_access_key_is_peeked_at() {
        let keys = keys();
        let (key, _, _) = key(&keys, None);
        let claims = AccessKeyClaims::peek(key.expose()).unwrap();
        let other = keys.sign_jws("status+jwt", &claims).unwrap();
        assert_eq!(AccessKeyClaims::peek(&other), Err(TokenRefused::Jws(JwsRefused::Type)));
        // Without `nbf` and `scope`, as nobody issues it.
        let half = keys.sign_jws("access-key+jwt", &claims).unwrap();
        assert_eq!(AccessKeyClaims::peek(&half), Err(TokenRefused::Jws(JwsRefused::Payload)));
        assert_eq!(AccessKeyClaims::peek("change-me"), Err(TokenRefused::Jws(JwsRefused::Shape)));
    }

    proptest! {
        #[test]
        fn any_other_text_has_another_hash(place in any::<proptest::sample::Index>(), other in "[A-Za-z0-9._-]") {
            let (key, hash, _) = key(&keys(), None);
            let mut text = key.expose().to_owned();
            let at = place.index(text.len());
            text.replace_range(at..=at, &other);
            prop_assert_eq!(hash.verify(&text), text == key.expose());
            let _ = AccessKeyClaims::peek(&text);
        }
    }
}
