//! The proof that every call of a device carries: a text as it comes, and the same text as claims that are signed well.

#![no_main]

use countersign_crypto::digest::Digest;
use countersign_crypto::jws::Unverified;
use countersign_crypto::proof::{self, ProofClaims, TOLERANCE, TYP};
use countersign_fuzz::{samples, tampering};
use libfuzzer_sys::fuzz_target;

const METHOD: &str = "POST";
const URL: &str = "https://auth.example.com/device/v1/challenges";
const BODY: &[u8] = b"body";

fuzz_target!(|text: &str| {
    if let Ok(read) = Unverified::parse(text) {
        let _ = proof::claimed_user(&read);
        assert!(proof::verify(&read, samples::auth_key().public()).is_err());
    }

    let Ok(compact) = samples::auth_key().sign_jws_bytes(TYP, "device", text.as_bytes()) else { return };
    let read = Unverified::parse(&compact).expect("what was signed can be read");
    let Ok(claims) = proof::verify(&read, samples::auth_key().public()) else { return };
    assert_eq!(
        proof::claimed_user(&read).as_ref(),
        Some(&claims.sub),
        "the key that was looked for is the user's"
    );
    assert!((16..=128).contains(&claims.jti.len()));
    assert!(proof::verify(&read, samples::strong_key().public()).is_err());
    tampering::check(&compact, samples::auth_key().public(), TYP, text.as_bytes());

    let again = claims.sign(samples::auth_key(), "device").expect("claims can be signed");
    let again = Unverified::parse(&again).expect("what was signed can be read");
    assert_eq!(proof::verify(&again, samples::auth_key().public()).as_ref(), Ok(&claims));

    let fits = claims.htm == METHOD && claims.htu == URL && claims.bh == Digest::of(BODY) && is_near(&claims);
    assert_eq!(proof::check(&claims, METHOD, URL, BODY, samples::NOW, TOLERANCE).is_ok(), fits);
    if fits {
        assert!(proof::check(&claims, "GET", URL, BODY, samples::NOW, TOLERANCE).is_err());
        assert!(proof::check(&claims, METHOD, URL, b"another", samples::NOW, TOLERANCE).is_err());
    }
});

fn is_near(claims: &ProofClaims) -> bool {
    let distance = i128::from(samples::NOW.secs()) - i128::from(claims.iat);
    distance.abs() <= 60
}
