//! RSA public keys in PEM: a text as it comes, and the same text between the lines that begin and end a key.

#![no_main]

use countersign_crypto::authenticator::{AppKey, Envelope};
use countersign_fuzz::{reread, samples};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    check(text);
    for label in ["PUBLIC KEY", "RSA PUBLIC KEY"] {
        check(&format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n"));
    }
});

fn check(pem: &str) {
    let Ok(key) = AppKey::from_pem(pem) else { return };
    let written = key.to_pem();
    assert!(written.lines().all(|line| line.len() <= 64));
    for same in [written.clone(), written.replace('\n', "\r\n"), written.replace('\n', " ")] {
        assert_eq!(AppKey::from_pem(&same).as_ref(), Ok(&key));
    }
    assert_eq!(AppKey::from_jwk(reread(key.public_jwk())).as_ref(), Ok(&key));
    assert_eq!(key.thumbprint(), key.public_jwk().thumbprint());
    assert!(Envelope::encrypt(&key, pem.as_bytes(), &samples::Always(7)).is_ok());
    // A weak key would take these for signatures.
    for length in [0, 1, 256, 512] {
        assert!(!key.public_jwk().verify(pem.as_bytes(), &vec![0; length]));
    }
}
