//! Key sets: those of the service's own secrets, which people edit by hand, and published ones.

#![no_main]

use countersign_crypto::jwk_set::JwkSet;
use countersign_crypto::keyring::SigningKeys;
use countersign_crypto::sealing::SealingKeys;
use countersign_crypto::signing_key::SigningKey;
use countersign_fuzz::reread;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|json: &str| {
    if let Ok(keys) = SealingKeys::parse(json) {
        let written = keys.to_json();
        let read = SealingKeys::parse(written.expose()).expect("what was written can be read");
        assert_eq!(read.current_kid(), keys.current_kid());
        assert_eq!(read.to_json().expose(), written.expose());
        assert!(keys.has(keys.current_kid()));
    }
    if let Ok(keys) = SigningKeys::parse(json) {
        let written = keys.to_json().expect("what was read can be written");
        let read = SigningKeys::parse(written.expose()).expect("what was written can be read");
        assert_eq!(read.jwks(), keys.jwks());
        assert!(keys.self_test().is_ok());
        assert!(JwkSet::parse(&keys.jwks().to_string()).is_ok(), "no private key is published");
    }
    if let Ok(key) = SigningKey::parse_jwk(json) {
        let written = key.to_jwk_private().expect("what was read can be written");
        let read = SigningKey::parse_jwk(written.expose()).expect("what was written can be read");
        assert_eq!(read.public(), key.public());
        let signature = key.sign(b"message").expect("a key that was read can sign");
        assert!(key.public().verify(b"message", &signature));
        assert!(!key.public().verify(b"massage", &signature));
    }
    if let (Ok(set), Ok(value)) = (JwkSet::parse(json), serde_json::from_str::<Value>(json)) {
        for kid in value["keys"].as_array().into_iter().flatten().filter_map(|key| key["kid"].as_str()) {
            if let Some(key) = set.find(kid) {
                assert_eq!(reread(key), *key);
            }
        }
    }
});
