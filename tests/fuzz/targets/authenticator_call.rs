//! Signed calls of version 1. Lines: method, URL, `Expires-at`, `Signature`, body.

#![no_main]

use countersign_crypto::authenticator::LONGEST_VALIDITY;
use countersign_crypto::authenticator::signature_v1::{SignatureRefused, SignedCall, verify};
use countersign_crypto::encoding::base64;
use countersign_fuzz::{lines, samples, tampering};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some([method, url, expires_at, signature, body]) = lines(text) else { return };
    let call = SignedCall { method, url, expires_at, body: body.as_bytes(), signature };
    let checked = |call: &SignedCall<'_>| verify(samples::provider_key().public(), call, samples::NOW);

    let refused = checked(&call).expect_err("nobody but the holder can sign");
    let is_valid = is_valid(expires_at);
    assert_eq!(refused == SignatureRefused::Invalid, is_valid);
    if !is_valid {
        return;
    }
    let message = format!("{}|{url}|{expires_at}|{body}", method.to_ascii_lowercase());
    let signature = samples::provider_signer().sign(message.as_bytes()).expect("any message can be signed");
    let signature = base64(&signature);
    let signed = SignedCall { signature: &signature, ..call };
    assert_eq!(checked(&signed), Ok(()));

    let altered = |part: &str| tampering::altered(part, text.as_bytes());
    if let Some(url) = altered(url) {
        assert!(checked(&SignedCall { url: &url, ..signed }).is_err());
    }
    if let Some(body) = altered(body) {
        assert!(checked(&SignedCall { body: body.as_bytes(), ..signed }).is_err());
    }
    let signature = altered(signed.signature).expect("a signature is not empty");
    assert!(checked(&SignedCall { signature: &signature, ..signed }).is_err());
    let expires_at = altered(expires_at).expect("a valid time is not empty");
    assert!(checked(&SignedCall { expires_at: &expires_at, ..signed }).is_err());
    assert!(checked(&SignedCall { method: &format!("{method}x"), ..signed }).is_err());
});

/// Whether the time is written with digits alone, and ahead by no more than may be.
fn is_valid(expires_at: &str) -> bool {
    let Ok(seconds) = expires_at.parse::<i64>() else { return false };
    let now = samples::NOW.secs();
    seconds.to_string() == expires_at && seconds > now && seconds - now <= LONGEST_VALIDITY.as_secs_up()
}
