//! Detached JWS. Lines: header, body. The header also comes as the protected header of one that is signed well.

#![no_main]

use countersign_crypto::authenticator::signature_v2::verify;
use countersign_crypto::encoding::base64url;
use countersign_fuzz::{lines, samples, tampering};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let Some([header, body]) = lines(text) else { return };
    let body = body.as_bytes();
    let key = samples::provider_key();
    assert!(verify(key.public(), header, body).is_err(), "nobody but the holder can sign");
    as_protected_header(header, body);

    let signed = key.sign_detached(body).expect("any body can be signed");
    assert_eq!(verify(key.public(), &signed, body), Ok(()));
    let altered = tampering::altered(&signed, text.as_bytes()).expect("a signature is not empty");
    assert!(verify(key.public(), &altered, body).is_err());
    assert!(verify(key.public(), &signed, &[body, b" "].concat()).is_err());
    let inside = signed.replacen("..", &format!(".{}.", base64url(body)), 1);
    assert_eq!(verify(key.public(), &inside, body).is_ok(), body.is_empty());
});

fn as_protected_header(header: &str, body: &[u8]) {
    let protected = base64url(header.as_bytes());
    let message = format!("{protected}.{}", base64url(body));
    let signature = samples::provider_signer().sign(message.as_bytes()).expect("any message can be signed");
    let signed = format!("{protected}..{}", base64url(&signature));
    let verified = verify(samples::provider_key().public(), &signed, body);
    // Numbers too large for a `Value` may stand in members that nobody reads.
    let Ok(header) = serde_json::from_str::<Value>(header) else { return };
    if verified.is_ok() {
        assert_eq!(header["alg"], "RS256");
        assert!(header.get("crit").is_none());
    }
}
