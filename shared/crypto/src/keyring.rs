//! The service's own signing keys, as Secrets Manager holds them: a JWK set of three generations.

use std::fmt;

use countersign_domain::chance::Random;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::digest::Digest;
use crate::jwk::{Algorithm, PublicJwk};
use crate::signing_key::{KeyRefused, SigningKey};

/// The algorithms of which every generation has one key: receipts and tokens, webhooks.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::Es256, Algorithm::EdDsa];

/// Which turn of a key it is.
///
/// A key is published one rotation before it signs and one rotation after, so that no verifier's cached set
/// lacks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Generation {
    /// Published, will sign after the next rotation.
    Next,
    /// Signs.
    Current,
    /// Signs no longer; what it signed still verifies.
    Previous,
}

impl Generation {
    const fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Previous => "previous",
        }
    }
}

/// What is wrong with the secret that holds the signing keys, told to an operator without showing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeysInvalid {
    /// Not a JSON object with a list `keys`.
    #[error("the secret of the signing keys is not a JSON object with a list `keys`")]
    Shape,
    /// A key lacks `generation` or `created`.
    #[error(
        "signing key {0} (counted from 0) has no `generation` of next, current or previous, or no `created` in seconds"
    )]
    Generation(usize),
    /// A key is refused.
    #[error("signing key {0} (counted from 0) {1}")]
    Key(usize, KeyRefused),
    /// A key is neither ES256 nor Ed25519.
    #[error("signing key {0} (counted from 0) is neither EC P-256 nor OKP Ed25519")]
    Algorithm(usize),
    /// A `kid` is not the key's thumbprint.
    #[error("signing key {0} (counted from 0) has a `kid` that is not its RFC 7638 thumbprint")]
    Kid(usize),
    /// Two keys of one algorithm in one generation.
    #[error("signing key {0} (counted from 0) is the second of its algorithm in its generation")]
    Duplicate(usize),
    /// There is no key of an algorithm in a generation that must have one.
    #[error("the signing keys lack the key of {1} in the generation {0}")]
    Missing(&'static str, &'static str),
}

/// A key gave no signature that its own public part verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing key does not verify its own signature")]
pub struct SelfTestFailed;

/// The signing keys: ES256 for receipts and tokens, Ed25519 for webhooks, in the generations next, current
/// and,
/// after the first rotation, previous. The `kid` of each is its RFC 7638 thumbprint.
pub struct SigningKeys {
    next: Pair,
    current: Pair,
    previous: Option<Pair>,
}

/// The two keys of one generation.
struct Pair {
    es256: Key,
    ed25519: Key,
}

struct Key {
    kid: Digest,
    created: Timestamp,
    key: SigningKey,
}

impl Pair {
    fn generate(random: &dyn Random, now: Timestamp) -> Result<Self, KeyRefused> {
        let key = |algorithm| SigningKey::generate(algorithm, random).map(|key| Key::new(key, now));
        Ok(Self { es256: key(Algorithm::Es256)?, ed25519: key(Algorithm::EdDsa)? })
    }

    const fn keys(&self) -> [&Key; 2] {
        [&self.es256, &self.ed25519]
    }
}

impl Key {
    fn new(key: SigningKey, created: Timestamp) -> Self {
        Self { kid: key.public().thumbprint(), created, key }
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids = self.generations().map(|(generation, key)| (generation, key.kid));
        f.debug_list().entries(kids).finish()
    }
}

impl SigningKeys {
    /// Fresh keys for the generations current and next.
    ///
    /// # Errors
    /// [`KeyRefused::Generation`].
    pub fn generate(random: &dyn Random, now: Timestamp) -> Result<Self, KeyRefused> {
        Ok(Self { next: Pair::generate(random, now)?, current: Pair::generate(random, now)?, previous: None })
    }

    /// One turn on: next signs, current becomes previous, the old previous is gone, and next is fresh.
    ///
    /// # Errors
    /// [`KeyRefused::Generation`].
    pub fn rotated(self, random: &dyn Random, now: Timestamp) -> Result<Self, KeyRefused> {
        Ok(Self { next: Pair::generate(random, now)?, current: self.next, previous: Some(self.current) })
    }

    /// Reads the stored form: a JWK set of private keys, each with `generation`, `created` (seconds since the
    /// epoch)
    /// and, if present, `kid` equal to its thumbprint.
    ///
    /// # Errors
    /// [`SigningKeysInvalid`].
    pub fn parse(json: &str) -> Result<Self, SigningKeysInvalid> {
        #[derive(Deserialize)]
        struct Stored {
            keys: Vec<Value>,
        }
        #[derive(Deserialize)]
        struct Place {
            generation: Generation,
            created: i64,
            kid: Option<String>,
        }
        let stored: Stored = serde_json::from_str(json).map_err(|_| SigningKeysInvalid::Shape)?;
        let mut found: Vec<(Generation, Key)> = Vec::new();
        for (at, value) in stored.keys.iter().enumerate() {
            let place = Place::deserialize(value).map_err(|_| SigningKeysInvalid::Generation(at))?;
            let key =
                SigningKey::parse_jwk(&value.to_string()).map_err(|why| SigningKeysInvalid::Key(at, why))?;
            if !ALGORITHMS.contains(&key.algorithm()) {
                return Err(SigningKeysInvalid::Algorithm(at));
            }
            let key = Key::new(key, Timestamp::from_secs(place.created));
            if place.kid.is_some_and(|kid| kid != key.kid.to_string()) {
                return Err(SigningKeysInvalid::Kid(at));
            }
            let same = |(generation, other): &(Generation, Key)| {
                *generation == place.generation && other.key.algorithm() == key.key.algorithm()
            };
            if found.iter().any(same) {
                return Err(SigningKeysInvalid::Duplicate(at));
            }
            found.push((place.generation, key));
        }
        let has_previous = found.iter().any(|(generation, _)| *generation == Generation::Previous);
        let mut take = |generation: Generation| {
            let mut key = |algorithm: Algorithm| {
                let at =
                    found.iter().position(|(of, key)| *of == generation && key.key.algorithm() == algorithm);
                at.map(|at| found.swap_remove(at).1)
                    .ok_or(SigningKeysInvalid::Missing(generation.name(), algorithm.name()))
            };
            Ok(Pair { es256: key(Algorithm::Es256)?, ed25519: key(Algorithm::EdDsa)? })
        };
        Ok(Self {
            next: take(Generation::Next)?,
            current: take(Generation::Current)?,
            previous: if has_previous { Some(take(Generation::Previous)?) } else { None },
        })
    }

    /// The stored form, see [`SigningKeys::parse`].
    ///
    /// # Errors
    /// [`KeyRefused::Private`] when the backend does not give a key out.
    pub fn to_json(&self) -> Result<Secret<String>, KeyRefused> {
        let mut keys = Vec::new();
        for (generation, key) in self.generations() {
            let mut members = key.key.private_members()?;
            members.insert("kid".to_owned(), json!(key.kid));
            members.insert("use".to_owned(), json!("sig"));
            members.insert("alg".to_owned(), json!(key.key.algorithm()));
            members.insert("generation".to_owned(), json!(generation.name()));
            members.insert("created".to_owned(), json!(key.created.secs()));
            keys.push(Value::Object(members));
        }
        Ok(Secret::new(json!({ "keys": keys }).to_string()))
    }

    fn generations(&self) -> impl Iterator<Item = (Generation, &Key)> {
        let pairs = [
            (Generation::Next, Some(&self.next)),
            (Generation::Current, Some(&self.current)),
            (Generation::Previous, self.previous.as_ref()),
        ];
        pairs
            .into_iter()
            .filter_map(|(generation, pair)| Some((generation, pair?)))
            .flat_map(|(generation, pair)| pair.keys().map(|key| (generation, key)))
    }

    /// The key that signs receipts and tokens.
    pub const fn current_es256(&self) -> &SigningKey {
        &self.current.es256.key
    }

    /// The key that signs webhooks.
    pub const fn current_ed25519(&self) -> &SigningKey {
        &self.current.ed25519.key
    }

    /// A compact JWS by the current ES256 key, whose thumbprint is the `kid`.
    ///
    /// # Errors
    /// [`crate::signing_key::SigningFailed`].
    pub fn sign_jws(
        &self,
        typ: &str,
        payload: &impl serde::Serialize,
    ) -> Result<String, crate::signing_key::SigningFailed> {
        let Key { kid, key, .. } = &self.current.es256;
        key.sign_jws(typ, &kid.to_string(), payload)
    }

    /// The public key of this `kid`, of any generation.
    pub fn find(&self, kid: &str) -> Option<&PublicJwk> {
        let kid: Digest = kid.parse().ok()?;
        self.generations().find(|(_, key)| key.kid == kid).map(|(_, key)| key.key.public())
    }

    /// When the current keys were made.
    pub const fn current_created(&self) -> Timestamp {
        self.current.es256.created
    }

    /// The public JWK set of all generations, with `kid`, `use` and `alg`.
    pub fn jwks(&self) -> Value {
        json!({ "keys": self.generations().map(|(_, key)| key.key.public().published()).collect::<Vec<_>>() })
    }

    /// Signs and verifies once with each key: what a rotation does before it puts a set into use.
    ///
    /// # Errors
    /// [`SelfTestFailed`].
    pub fn self_test(&self) -> Result<(), SelfTestFailed> {
        for (_, key) in self.generations() {
            let message = b"countersign self test";
            let signature = key.key.sign(message).map_err(|_| SelfTestFailed)?;
            if !key.key.public().verify(message, &signature) {
                return Err(SelfTestFailed);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::jwk_set::JwkSet;
    use crate::jws::Unverified;
    use crate::system::SystemRandom;

    const NOW: Timestamp = Timestamp::from_secs(1_795_341_600);

    fn keys() -> SigningKeys {
        SigningKeys::generate(&SystemRandom, NOW).unwrap()
    }

    fn kids(keys: &SigningKeys) -> Vec<(Generation, Digest)> {
        keys.generations().map(|(generation, key)| (generation, key.kid)).collect()
    }

    #[test]
    fn the_stored_form_is_read_back() {
        let keys = keys();
        keys.self_test().unwrap();
        for keys in [keys.rotated(&SystemRandom, NOW).unwrap(), self::keys()] {
            let read = SigningKeys::parse(keys.to_json().unwrap().expose()).unwrap();
            assert_eq!(kids(&read), kids(&keys));
            assert_eq!(read.current_created(), NOW);
            read.self_test().unwrap();
        }
    }

    #[test]
    fn a_rotation_moves_every_generation_on() {
        let first = keys();
        let (next, current) = (first.next.es256.kid, first.current.es256.kid);
        let compact = first.sign_jws("t", &json!({})).unwrap();
        let second = first.rotated(&SystemRandom, NOW).unwrap();
        assert_eq!(second.current.es256.kid, next);
        assert_eq!(second.previous.as_ref().unwrap().es256.kid, current);
        // What the old key signed still verifies, with the published set too.
        let read = Unverified::parse(&compact).unwrap();
        let kid = read.kid().unwrap();
        assert!(read.verify(second.find(kid).unwrap(), "t").is_ok());
        assert!(JwkSet::parse(&second.jwks().to_string()).unwrap().find(kid).is_some());
        let third = second.rotated(&SystemRandom, NOW).unwrap();
        assert!(third.find(kid).is_none());
        assert_eq!(third.previous.unwrap().es256.kid, next);
    }

    #[test]
    fn the_published_set_has_every_generation_and_no_private_part() {
        let keys = keys().rotated(&SystemRandom, NOW).unwrap();
        let set = keys.jwks();
        let list = set["keys"].as_array().unwrap();
        assert_eq!(list.len(), 6);
        for key in list {
            let names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
            assert!(
                names.iter().all(|name| ["kty", "crv", "x", "y", "kid", "use", "alg"].contains(name)),
                "{names:?}"
            );
            assert_eq!(key["use"], "sig");
        }
        assert_eq!(keys.current_es256().algorithm(), Algorithm::Es256);
        assert_eq!(keys.current_ed25519().algorithm(), Algorithm::EdDsa);
    }

    #[test]
    fn an_operator_is_told_what_is_wrong_and_no_key_is_shown() {
        let stored: Value = serde_json::from_str(keys().to_json().unwrap().expose()).unwrap();
        let d = stored["keys"][0]["d"].as_str().unwrap().to_owned();
        let refused = |change: &dyn Fn(&mut Value)| {
            let mut changed = stored.clone();
            change(&mut changed);
            let error = SigningKeys::parse(&changed.to_string()).unwrap_err();
            assert!(!error.to_string().contains(&d) && !format!("{error:?}").contains(&d));
            error
        };
        use SigningKeysInvalid as Invalid;
        assert_eq!(refused(&|set| set["keys"] = json!([])), Invalid::Missing("next", "ES256"));
        assert_eq!(refused(&|set| set["keys"] = json!({})), Invalid::Shape);
        assert_eq!(refused(&|set| set["keys"][1]["generation"] = json!("old")), Invalid::Generation(1));
        assert_eq!(refused(&|set| set["keys"][1]["created"] = json!(null)), Invalid::Generation(1));
        assert_eq!(refused(&|set| set["keys"][2]["kid"] = json!(d)), Invalid::Kid(2));
        assert_eq!(refused(&|set| set["keys"][1]["d"] = json!(d)), Invalid::Key(1, KeyRefused::Mismatch));
        assert_eq!(refused(&|set| set["keys"][0]["d"] = json!(7)), Invalid::Key(0, KeyRefused::Private));
        assert_eq!(refused(&|set| set["keys"][0] = json!(d)), Invalid::Generation(0));
        assert_eq!(refused(&|set| set["keys"][2] = set["keys"][0].clone()), Invalid::Duplicate(2));
        assert_eq!(
            refused(&|set| {
                set["keys"].as_array_mut().unwrap().remove(3);
            }),
            Invalid::Missing("current", "EdDSA")
        );
        assert_eq!(
            refused(&|set| set["keys"][2]["generation"] = json!("previous")),
            Invalid::Missing("current", "ES256")
        );
        let rsa = SigningKey::generate(Algorithm::Rs256, &SystemRandom).unwrap();
        let mut rsa = Value::Object(rsa.private_members().unwrap());
        rsa["generation"] = json!("next");
        rsa["created"] = json!(1);
        assert_eq!(refused(&|set| set["keys"][0] = rsa.clone()), Invalid::Algorithm(0));
        for json in ["", "change-me", "null", "[]", "{}"] {
            assert_eq!(SigningKeys::parse(json).err(), Some(Invalid::Shape));
        }
        assert!(!format!("{:?}", SigningKeys::parse(&stored.to_string()).unwrap()).contains(&d));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,80}") {
            let _ = SigningKeys::parse(&text);
            let _ = SigningKeys::parse(&format!(r#"{{"keys":[{text}]}}"#));
        }
    }
}
