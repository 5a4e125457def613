//! The answer to a challenge: a text as it comes, and the same text as claims that are signed well.

#![no_main]

use countersign_crypto::answer::{self, Answer, Expected, TYP};
use countersign_crypto::digest::Digest;
use countersign_domain::time::Span;
use countersign_fuzz::{reread, samples, tampering};
use libfuzzer_sys::fuzz_target;

const CHALLENGE: &str = "challenge-1";
const NONCE: &str = "nonce-1";

fuzz_target!(|text: &str| {
    let digest = Digest::of(b"document");
    let expected =
        Expected { challenge: CHALLENGE, digest, nonce: NONCE, now: samples::NOW, tolerance: Span::secs(60) };
    let key = samples::strong_key();
    assert!(answer::verify(text, key.public(), &expected).is_err(), "nobody but the device can sign");

    let Ok(compact) = key.sign_jws_bytes(TYP, "device", text.as_bytes()) else { return };
    let Ok(claims) = answer::verify(&compact, key.public(), &expected) else { return };
    assert_eq!(claims.challenge, CHALLENGE);
    assert_eq!(claims.digest, digest);
    assert_eq!(claims.nonce.expose(), NONCE);
    assert!(claims.decline_reason.is_none() || claims.answer == Answer::Decline);
    assert!((i128::from(samples::NOW.secs()) - i128::from(claims.iat)).abs() <= 60);
    assert!(reread(&claims).check(&expected).is_ok());
    assert!(!format!("{claims:?}").contains(NONCE));

    tampering::check(&compact, key.public(), TYP, text.as_bytes());
    assert!(answer::verify(&compact, samples::auth_key().public(), &expected).is_err());
    for other in [
        Expected { challenge: "challenge-2", ..expected },
        Expected { digest: Digest::of(b"another"), ..expected },
        Expected { nonce: "nonce-2", ..expected },
        Expected { now: samples::NOW + Span::minutes(3), ..expected },
    ] {
        assert!(answer::verify(&compact, key.public(), &other).is_err());
    }
});
