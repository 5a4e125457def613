//! Receipts, as an auditor verifies them: a text as claims that are signed well.

#![no_main]

use std::sync::OnceLock;

use countersign_crypto::keyring::SigningKeys;
use countersign_crypto::receipt::{self, TYP};
use countersign_fuzz::samples::{self, Always};
use countersign_fuzz::{reread, tampering};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fn keys() -> &'static (SigningKeys, String) {
    static KEYS: OnceLock<(SigningKeys, String)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let keys = SigningKeys::generate(&Always(1), samples::NOW).expect("keys can be made of any seed");
        let jwks = keys.jwks().to_string();
        (keys, jwks)
    })
}

fuzz_target!(|text: &str| {
    let (keys, jwks) = keys();
    assert!(receipt::verify(jwks, text).is_err(), "nobody but the service can sign");
    let Ok(claims) = serde_json::from_str::<Value>(text) else { return };
    let Ok(compact) = keys.sign_jws(TYP, &claims) else { return };
    let Ok(read) = receipt::verify(jwks, &compact) else { return };
    assert_eq!(reread(&read), read);
    let again = receipt::issue(keys, &read).expect("a receipt that was read can be issued");
    assert_eq!(receipt::verify(jwks, &again).as_ref(), Ok(&read));
    assert!(receipt::verify(r#"{"keys":[]}"#, &compact).is_err());
    tampering::check(&compact, keys.current_es256().public(), TYP, text.as_bytes());
});
