//! The proof of possession of an enrolling device: a text as it comes, and the same text as claims that are signed well.

#![no_main]

use countersign_crypto::enrolment::{self, Expected, TYP};
use countersign_domain::time::Span;
use countersign_fuzz::{reread, samples, tampering};
use libfuzzer_sys::fuzz_target;

const NONCE: &str = "nonce-1";

fuzz_target!(|text: &str| {
    let (auth, strong) = (samples::auth_key(), samples::strong_key());
    let expected = Expected {
        nonce: NONCE,
        audience: samples::BASE_URL,
        auth_key: auth.public(),
        strong_key: Some(strong.public()),
        now: samples::NOW,
        tolerance: Span::secs(60),
    };
    assert!(enrolment::verify(text, auth.public(), &expected).is_err(), "nobody but the device can sign");

    let Ok(compact) = auth.sign_jws_bytes(TYP, "device", text.as_bytes()) else { return };
    let Ok(proof) = enrolment::verify(&compact, auth.public(), &expected) else { return };
    assert_eq!(proof.nonce, NONCE);
    assert_eq!(proof.aud, samples::BASE_URL);
    assert_eq!(proof.auth_key, auth.public().thumbprint());
    assert_eq!(proof.strong_key, Some(strong.public().thumbprint()));
    assert!((i128::from(samples::NOW.secs()) - i128::from(proof.iat)).abs() <= 60);
    assert_eq!(reread(&proof), proof);
    assert!(!format!("{proof:?}").contains(NONCE));

    tampering::check(&compact, auth.public(), TYP, text.as_bytes());
    assert!(enrolment::verify(&compact, strong.public(), &expected).is_err());
    for other in [
        Expected { nonce: "nonce-2", ..expected },
        Expected { audience: "https://other.example.com", ..expected },
        Expected { auth_key: strong.public(), strong_key: Some(auth.public()), ..expected },
        Expected { strong_key: None, ..expected },
        Expected { now: samples::NOW + Span::minutes(3), ..expected },
    ] {
        assert!(proof.check(&other).is_err());
    }
});
