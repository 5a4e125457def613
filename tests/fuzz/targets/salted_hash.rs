//! The salted hash of a Basic key, and what is presented as the key.

#![no_main]

use countersign_crypto::basic::{BasicKey, SaltedHash};
use countersign_fuzz::samples::Always;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(hash) = text.parse::<SaltedHash>() {
        assert_eq!(hash.to_string(), text);
        assert!(!hash.verify(text));
        assert_eq!(format!("{hash:?}"), "SaltedHash(…)");
    }
    assert!(!SaltedHash::dummy().verify(text));
    let key = BasicKey::generate(&Always(1));
    let hash = key.salted_hash(&Always(u8::try_from(text.len() % 256).unwrap_or_default()));
    let read: SaltedHash = hash.to_string().parse().expect("what was written can be read");
    assert!(read.verify(key.expose()));
    assert_eq!(read.verify(text), text == key.expose());
});
