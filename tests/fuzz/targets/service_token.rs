//! The service's own tokens: a text as a token, and as claims that are signed well as each kind.

#![no_main]

use std::sync::OnceLock;

use countersign_crypto::keyring::SigningKeys;
use countersign_crypto::service_token::{
    AccessKeyClaims, AccessKeyHash, DeviceToken, IntentToken, Kind, StatusToken, TransactionToken,
};
use countersign_fuzz::samples::{self, Always, BASE_URL, NOW};
use countersign_fuzz::{reread, tampering};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fn keys() -> &'static SigningKeys {
    static KEYS: OnceLock<SigningKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        SigningKeys::generate(&Always(1), samples::NOW).expect("keys can be made of any seed")
    })
}

/// Whether `$compact` is a good `$token`; if it is, that it holds what it says, and is issued and read as the same.
macro_rules! is_good {
    ($token:ident, $kind:expr, $compact:expr) => {
        match $token::verify(keys(), BASE_URL, NOW, $compact) {
            Err(_) => false,
            Ok(read) => {
                assert_eq!(Kind::of($compact), Some($kind));
                let registered = read.registered();
                assert_eq!(registered.iss, BASE_URL);
                assert!(registered.nbf <= NOW.secs() && registered.exp.is_some_and(|exp| exp > NOW.secs()));
                assert_eq!(reread(&read), read);
                assert_eq!(reread(&registered), registered);
                let again = read.issue(keys()).expect("a token that was read can be issued");
                assert_eq!($token::verify(keys(), BASE_URL, NOW, &again).as_ref(), Ok(&read));
                assert!($token::verify(keys(), "https://other.example.com", NOW, &again).is_err());
                true
            }
        }
    };
}

/// As which kinds `compact` is good.
fn good(compact: &str) -> Vec<Kind> {
    let good = [
        (Kind::Status, is_good!(StatusToken, Kind::Status, compact)),
        (Kind::Transaction, is_good!(TransactionToken, Kind::Transaction, compact)),
        (Kind::Intent, is_good!(IntentToken, Kind::Intent, compact)),
        (Kind::Device, is_good!(DeviceToken, Kind::Device, compact)),
        (Kind::AccessKey, AccessKeyClaims::peek(compact).is_ok()),
    ];
    good.into_iter().filter_map(|(kind, good)| good.then_some(kind)).collect()
}

fuzz_target!(|text: &str| {
    assert!(good(text).iter().all(|kind| *kind == Kind::AccessKey), "nobody but the service can sign");
    if let Ok(hash) = text.parse::<AccessKeyHash>() {
        assert_eq!(reread(&hash), hash);
        assert!(!hash.verify(text));
    }
    let Ok(claims) = serde_json::from_str::<Value>(text) else { return };
    for kind in Kind::ALL {
        let Ok(compact) = keys().sign_jws(kind.typ(), &claims) else { return };
        assert_eq!(Kind::of(&compact), Some(kind));
        let good = good(&compact);
        assert!(good.is_empty() || good == [kind], "{kind:?} is good as {good:?}");
        if !good.is_empty() {
            tampering::check(&compact, keys().current_es256().public(), kind.typ(), text.as_bytes());
        }
    }
});
