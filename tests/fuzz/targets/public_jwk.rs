//! Public keys, as devices send them.

#![no_main]

use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::webhook;
use countersign_fuzz::reread;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// Members of private and symmetric keys (RFC 7518, sections 6.2.2, 6.3.2, 6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

fuzz_target!(|json: &str| {
    let Ok(key) = PublicJwk::parse(json) else { return };
    // Numbers too large for a `Value` may stand in members that nobody reads.
    if let Ok(value) = serde_json::from_str::<Value>(json) {
        assert!(PRIVATE.iter().all(|name| value.get(name).is_none()));
    }
    assert_eq!(reread(&key), key);

    let published = key.published();
    assert_eq!(PublicJwk::parse(&published.to_string()).as_ref(), Ok(&key));
    assert_eq!(published["kid"], key.thumbprint().to_string());
    assert_eq!(published["alg"], key.algorithm().name());

    // Keys of small order would take these for anything.
    let message = json.as_bytes();
    for length in [0, 1, 32, 64, 256, 512] {
        assert!(!key.verify(message, &vec![0; length]));
        assert!(!key.verify(message, &vec![0xff; length]));
    }
    let mut neutral = [0; 64];
    neutral[0] = 1;
    assert!(!key.verify(message, &neutral));
    assert!(!key.verify_as("none", message, &[]));

    if let Some(text) = webhook::public_key_text(&key) {
        assert_eq!(webhook::parse_public_key(&text), Ok(key));
    }
});
