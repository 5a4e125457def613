//! Signed documents, and the same with one character changed.

use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::jws::Unverified;

/// `text` with one of its characters changed, which one and to what depends on `data`. `None` for an empty text.
pub fn altered(text: &str, data: &[u8]) -> Option<String> {
    const OTHERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= ";
    let hash = hashed(data)?;
    let mut bytes = text.as_bytes().to_vec();
    let length = bytes.len();
    let place = bytes.get_mut(hash % length.max(1))?;
    let other = OTHERS[(hash / 65536) % OTHERS.len()];
    *place = if *place == other { b'~' } else { other };
    String::from_utf8(bytes).ok()
}

/// `bytes` with one of them changed, which one and to what depends on `data`. `None` for no bytes.
pub fn altered_bytes(bytes: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let hash = hashed(data)?;
    let mut bytes = bytes.to_vec();
    let length = bytes.len();
    let place = bytes.get_mut(hash % length.max(1))?;
    *place ^= u8::try_from(1 + (hash / 65536) % 255).ok()?;
    Some(bytes)
}

/// FNV-1a: every byte of the input counts, so the fuzzer can reach every place.
fn hashed(data: &[u8]) -> Option<usize> {
    let hash = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    usize::try_from(hash >> 16).ok()
}

/// Asserts that `compact`, which `key` has signed as a `typ`, verifies as it is and in no other form.
///
/// # Panics
/// When it does not.
pub fn check(compact: &str, key: &PublicJwk, typ: &str, data: &[u8]) {
    let read = Unverified::parse(compact).expect("what was signed can be read");
    assert!(read.verify(key, typ).is_ok());
    assert!(read.verify(key, "another+jwt").is_err());
    if let Some(other) = altered(compact, data) {
        let verified = Unverified::parse(&other).and_then(|read| read.verify(key, typ).map(<[u8]>::to_vec));
        assert!(verified.is_err(), "{other}");
    }
}
