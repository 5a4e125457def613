//! Values that are stored encrypted: AES-256-GCM under a ring of keys, bound to their owner.
//!
//! A key of the ring is a root: the key that encrypts and the material of reproducible tokens are both
//! derived
//! from it by HKDF-SHA256 (RFC 5869) under labels of their own, so that one use tells nothing about the
//! other.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use countersign_domain::chance::{self, Random};
use countersign_domain::secret::Secret;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::{Zeroize, Zeroizing};

use crate::encoding::{base64url, from_base64url, from_base64url_exact};

/// What a sealed value belongs to. A value sealed for one owner cannot be opened as another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner<'a> {
    kind: &'a str,
    id: &'a str,
    field: &'a str,
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} {}", self.field, self.kind, self.id)
    }
}

impl<'a> Owner<'a> {
    /// An owner: what kind of thing, which one, which of its fields, e.g. `("request-origin", guid,
    /// "hmac-secret")`.
    pub const fn new(kind: &'a str, id: &'a str, field: &'a str) -> Self {
        Self { kind, id, field }
    }

    /// The associated data: each part with its length before it, so that no two owners give the same bytes.
    fn associated_data(&self, kid: &str) -> Vec<u8> {
        parts(&[
            b"countersign sealed 1",
            kid.as_bytes(),
            self.kind.as_bytes(),
            self.id.as_bytes(),
            self.field.as_bytes(),
        ])
    }
}

/// Byte strings one after the other, each with its length (8 bytes, big-endian) before it.
fn parts(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

/// A sealed value: the text `kid.nonce.ciphertext`, nonce and ciphertext in base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of the key that sealed it.
    pub fn kid(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a sealed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a sealed value")]
pub struct NotSealed;

impl FromStr for Sealed {
    type Err = NotSealed;

    fn from_str(text: &str) -> Result<Self, NotSealed> {
        envelope(text).map(|_| Self(text.to_owned())).ok_or(NotSealed)
    }
}

/// Key id, nonce and ciphertext of a sealed text.
fn envelope(text: &str) -> Option<(&str, [u8; 12], Vec<u8>)> {
    let (kid, rest) = text.split_once('.')?;
    let (nonce, ciphertext) = rest.split_once('.')?;
    let ciphertext = from_base64url(ciphertext).ok()?;
    if !is_kid(kid) || ciphertext.len() < AES_256_GCM.tag_len() {
        return None;
    }
    Some((kid, from_base64url_exact(nonce).ok()?, ciphertext))
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// No key of this id is in the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no sealing key of this id is in the ring")]
pub struct NoSuchKey;

/// Why a sealed value could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// The key that sealed it is not in the ring.
    #[error("{0}")]
    NoSuchKey(#[from] NoSuchKey),
    /// It was altered, or sealed for another owner.
    #[error("the sealed value was altered or belongs to another owner")]
    Altered,
    /// It was opened but is not text.
    #[error("the sealed value is not text")]
    NotText,
}

/// What is wrong with the secret that holds the sealing keys, told to an operator without showing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealingKeysInvalid {
    /// Not `{"keys":[{"kid","k","status"}]}`.
    #[error(
        "the secret of the sealing keys is not a JSON object with a list `keys` of objects with `kid`, `k` and `status`"
    )]
    Shape,
    /// A `kid` has other characters or another length.
    #[error(
        "sealing key {0} (counted from 0) has a `kid` that is not 1 to 64 characters of A-Z, a-z, 0-9, - and _"
    )]
    Kid(usize),
    /// A `k` is not 32 bytes.
    #[error("sealing key {0} (counted from 0) has a `k` that is not 32 bytes in base64url")]
    Key(usize),
    /// Two keys have the same `kid`.
    #[error("sealing key {0} (counted from 0) has the `kid` of an earlier one")]
    Duplicate(usize),
    /// There is not exactly one current key.
    #[error("the sealing keys have not exactly one key with the status `current`")]
    Current,
}

/// The ring of sealing keys, as Secrets Manager holds it. New values are sealed with the current key; those
/// of the previous ones can still be opened.
///
/// The nonce is random, so one key may seal at most 2^32 values (NIST SP 800-38D section 8.3); rotate long
/// before.
pub struct SealingKeys {
    current: SealingKey,
    previous: Vec<SealingKey>,
}

struct SealingKey {
    kid: String,
    root: Zeroizing<[u8; 32]>,
    aead: LessSafeKey,
}

impl fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKeys(current {}, {} previous)", self.current.kid, self.previous.len())
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    keys: Vec<StoredKey>,
}

#[derive(Serialize, Deserialize)]
struct StoredKey {
    kid: String,
    k: String,
    status: Status,
}

impl Drop for StoredKey {
    fn drop(&mut self) {
        self.k.zeroize();
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Current,
    Previous,
}

impl SealingKey {
    fn new(kid: String, root: Zeroizing<[u8; 32]>) -> Self {
        let key = expand(&root, "seal", b"");
        let key = UnboundKey::new(&AES_256_GCM, key.expose().as_slice())
            .expect("AES-256 takes every key of 32 bytes");
        Self { kid, root, aead: LessSafeKey::new(key) }
    }

    fn generate(random: &dyn Random) -> Self {
        Self::new(base64url(&chance::bytes::<12>(random)), Zeroizing::new(chance::bytes(random)))
    }

    fn copy(&self) -> Self {
        Self::new(self.kid.clone(), self.root.clone())
    }
}

/// HKDF-SHA256 of a root key; label and context are kept apart by their lengths.
fn expand(root: &[u8; 32], label: &str, context: &[u8]) -> Secret<[u8; 32]> {
    let info = parts(&[b"countersign derived 1", label.as_bytes(), context]);
    let mut out = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
        .extract(root)
        .expand(&[&info], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut out))
        .expect("HKDF-SHA256 gives up to 8160 bytes, and this asks for 32");
    Secret::new(out)
}

fn is_kid(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

impl SealingKeys {
    /// A ring of one fresh key.
    pub fn generate(random: &dyn Random) -> Self {
        Self { current: SealingKey::generate(random), previous: Vec::new() }
    }

    /// The ring with a fresh current key; the others can still open.
    pub fn rotated(&self, random: &dyn Random) -> Self {
        let previous = std::iter::once(&self.current).chain(&self.previous).map(SealingKey::copy).collect();
        Self { current: SealingKey::generate(random), previous }
    }

    /// Reads the stored form, `{"keys":[{"kid":…,"k":<base64url of 32
    /// bytes>,"status":"current"|"previous"}]}`.
    ///
    /// # Errors
    /// [`SealingKeysInvalid`].
    pub fn parse(json: &str) -> Result<Self, SealingKeysInvalid> {
        let stored: Stored = serde_json::from_str(json).map_err(|_| SealingKeysInvalid::Shape)?;
        let mut seen: Vec<&str> = Vec::new();
        let mut current = None;
        let mut previous = Vec::new();
        for (at, key) in stored.keys.iter().enumerate() {
            if !is_kid(&key.kid) {
                return Err(SealingKeysInvalid::Kid(at));
            }
            if seen.contains(&key.kid.as_str()) {
                return Err(SealingKeysInvalid::Duplicate(at));
            }
            seen.push(&key.kid);
            let root = from_base64url_exact(&key.k).map_err(|_| SealingKeysInvalid::Key(at))?;
            let ready = SealingKey::new(key.kid.clone(), Zeroizing::new(root));
            match key.status {
                Status::Previous => previous.push(ready),
                Status::Current if current.is_none() => current = Some(ready),
                Status::Current => return Err(SealingKeysInvalid::Current),
            }
        }
        Ok(Self { current: current.ok_or(SealingKeysInvalid::Current)?, previous })
    }

    /// The stored form, see [`SealingKeys::parse`].
    pub fn to_json(&self) -> Secret<String> {
        let stored =
            |key: &SealingKey, status| StoredKey { kid: key.kid.clone(), k: base64url(&*key.root), status };
        let mut keys = vec![stored(&self.current, Status::Current)];
        keys.extend(self.previous.iter().map(|key| stored(key, Status::Previous)));
        Secret::new(serde_json::to_string(&Stored { keys }).expect("a struct of strings always becomes JSON"))
    }

    /// The id of the current key. Store it beside a token's hash to derive the token again after a rotation.
    pub fn current_kid(&self) -> &str {
        &self.current.kid
    }

    /// Ids of all keys of the ring, the current one first.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.current).chain(&self.previous).map(|key| key.kid.as_str())
    }

    /// Whether the ring has the key `kid`; a ring that was read before a rotation may not.
    pub fn has(&self, kid: &str) -> bool {
        self.find(kid).is_ok()
    }

    fn find(&self, kid: &str) -> Result<&SealingKey, NoSuchKey> {
        std::iter::once(&self.current).chain(&self.previous).find(|key| key.kid == kid).ok_or(NoSuchKey)
    }

    /// Seals `plain` for `owner` with the current key.
    pub fn seal(&self, plain: &[u8], owner: &Owner<'_>, random: &dyn Random) -> Sealed {
        let key = &self.current;
        let nonce = chance::bytes::<12>(random);
        let mut ciphertext = Vec::with_capacity(plain.len() + AES_256_GCM.tag_len());
        ciphertext.extend_from_slice(plain);
        key.aead
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(owner.associated_data(&key.kid)),
                &mut ciphertext,
            )
            .expect("AES-256-GCM seals every value shorter than 64 GiB");
        Sealed(format!("{}.{}.{}", key.kid, base64url(&nonce), base64url(&ciphertext)))
    }

    /// Opens what was sealed for `owner`.
    ///
    /// # Errors
    /// [`NotOpened::NoSuchKey`], [`NotOpened::Altered`].
    pub fn open(&self, sealed: &Sealed, owner: &Owner<'_>) -> Result<Secret<Vec<u8>>, NotOpened> {
        let (kid, nonce, mut bytes) = envelope(&sealed.0).ok_or(NotOpened::Altered)?;
        let key = self.find(kid)?;
        let aad = Aad::from(owner.associated_data(kid));
        let length = key
            .aead
            .open_in_place(Nonce::assume_unique_for_key(nonce), aad, &mut bytes)
            .map_err(|_| NotOpened::Altered)?
            .len();
        bytes.truncate(length);
        Ok(Secret::new(bytes))
    }

    /// Opens a text that was sealed for `owner`.
    ///
    /// # Errors
    /// As [`SealingKeys::open`], and [`NotOpened::NotText`].
    pub fn open_text(&self, sealed: &Sealed, owner: &Owner<'_>) -> Result<Secret<String>, NotOpened> {
        let bytes = self.open(sealed, owner)?;
        let text = std::str::from_utf8(bytes.expose()).map_err(|_| NotOpened::NotText)?;
        Ok(Secret::new(text.to_owned()))
    }

    /// 32 bytes that depend on the key `kid` (`None`: the current one), `label` and `context` alone.
    ///
    /// # Errors
    /// [`NoSuchKey`] when `kid` is not in the ring.
    pub fn derive(
        &self,
        kid: Option<&str>,
        label: &str,
        context: &[u8],
    ) -> Result<Secret<[u8; 32]>, NoSuchKey> {
        let key = kid.map_or(Ok(&self.current), |kid| self.find(kid))?;
        // A prefix of its own: no caller's label can meet the one that encrypts.
        Ok(expand(&key.root, &format!("derive {label}"), context))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::system::SystemRandom;

    const OWNER: Owner<'_> = Owner::new("request-origin", "7e0a4e86", "hmac-secret");

    #[test]
    fn what_is_sealed_opens_for_its_owner_only() {
        let keys = SealingKeys::generate(&SystemRandom);
        let sealed = keys.seal("geheim".as_bytes(), &OWNER, &SystemRandom);
        assert_eq!(keys.open_text(&sealed, &OWNER).unwrap().expose(), "geheim");
        for other in [
            Owner::new("request-origin", "7e0a4e87", "hmac-secret"),
            Owner::new("request-origin", "7e0a4e86", "other"),
            Owner::new("request-origi", "n7e0a4e86", "hmac-secret"),
        ] {
            assert_eq!(keys.open(&sealed, &other).err(), Some(NotOpened::Altered));
        }
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time() {
        let keys = SealingKeys::generate(&SystemRandom);
        assert_ne!(keys.seal(b"x", &OWNER, &SystemRandom), keys.seal(b"x", &OWNER, &SystemRandom));
    }

    #[test]
    fn a_rotated_ring_opens_the_old_and_seals_with_the_new() {
        let old = SealingKeys::generate(&SystemRandom);
        let sealed = old.seal(b"x", &OWNER, &SystemRandom);
        let new =
            SealingKeys::parse(old.rotated(&SystemRandom).rotated(&SystemRandom).to_json().expose()).unwrap();
        assert_eq!(new.open(&sealed, &OWNER).unwrap().expose(), b"x");
        let fresh = new.seal(b"y", &OWNER, &SystemRandom);
        assert_eq!(fresh.kid(), new.current_kid());
        assert_eq!(old.open(&fresh, &OWNER).err(), Some(NotOpened::NoSuchKey(NoSuchKey)));
    }

    #[test]
    fn what_is_not_text_is_opened_as_bytes_only() {
        let keys = SealingKeys::generate(&SystemRandom);
        let sealed = keys.seal(b"\xff", &OWNER, &SystemRandom);
        assert_eq!(keys.open(&sealed, &OWNER).unwrap().expose(), b"\xff");
        assert_eq!(keys.open_text(&sealed, &OWNER).err(), Some(NotOpened::NotText));
    }

    #[test]
    fn an_operator_is_told_what_is_wrong_and_no_key_is_shown() {
        let k = base64url(&[7; 32]);
        let key =
            |kid: &str, k: &str, status: &str| format!(r#"{{"kid":"{kid}","k":"{k}","status":"{status}"}}"#);
        let (good, short) = (key("a", &k, "current"), key("b", "AAAA", "previous"));
        for (keys, wrong) in [
            (String::new(), SealingKeysInvalid::Current),
            (key("a", &k, "previous"), SealingKeysInvalid::Current),
            (format!("{good},{}", key("b", &k, "current")), SealingKeysInvalid::Current),
            (format!("{good},{short}"), SealingKeysInvalid::Key(1)),
            (format!("{good},{}", key("a", &k, "previous")), SealingKeysInvalid::Duplicate(1)),
            (key("a.b", &k, "current"), SealingKeysInvalid::Kid(0)),
            (key("", &k, "current"), SealingKeysInvalid::Kid(0)),
            (key("a", &k, "next"), SealingKeysInvalid::Shape),
        ] {
            let error = SealingKeys::parse(&format!(r#"{{"keys":[{keys}]}}"#)).unwrap_err();
            assert_eq!(error, wrong);
            assert!(!error.to_string().contains(&k));
        }
        for json in ["", "null", "{}", "[]", r#"{"keys":{}}"#, "change-me"] {
            assert_eq!(SealingKeys::parse(json).err(), Some(SealingKeysInvalid::Shape));
        }
        let keys = SealingKeys::parse(&format!(r#"{{"keys":[{good}]}}"#)).unwrap();
        assert!(!format!("{keys:?}").contains(&k));
    }

    #[test]
    fn malformed_sealed_texts_are_refused() {
        for text in
            ["", "a", "a.b", "a.AAAAAAAAAAAAAAAA.AAAA", ".AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA", "a.b.c.d"]
        {
            assert_eq!(text.parse::<Sealed>(), Err(NotSealed), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_value_comes_back(plain in proptest::collection::vec(any::<u8>(), 0..200)) {
            let keys = SealingKeys::generate(&SystemRandom);
            let sealed: Sealed = keys.seal(&plain, &OWNER, &SystemRandom).as_str().parse().unwrap();
            let opened = keys.open(&sealed, &OWNER).unwrap();
            prop_assert_eq!(opened.expose(), &plain);
        }

        #[test]
        fn any_flipped_byte_fails(place in any::<proptest::sample::Index>(), bit in 0u8..8) {
            let keys = SealingKeys::generate(&SystemRandom);
            let mut bytes = keys.seal(b"some value", &OWNER, &SystemRandom).0.into_bytes();
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(Ok(sealed)) = String::from_utf8(bytes).map(|text| text.parse::<Sealed>()) {
                prop_assert!(keys.open(&sealed, &OWNER).is_err());
            }
        }

        #[test]
        fn parsing_never_panics(text in ".{0,80}") {
            let _ = text.parse::<Sealed>();
            let _ = SealingKeys::parse(&text);
        }
    }
}
