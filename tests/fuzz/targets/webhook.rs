//! Webhooks as a receiver reads them: secret, public key, headers. Lines: secret or key, id, time, signatures, body.

#![no_main]

use countersign_crypto::webhook::{
    WebhookHeaders, WebhookSecret, parse_public_key, public_key_text, sign_v1, sign_v1a, signature_header,
    verify_v1, verify_v1a,
};
use countersign_domain::time::Timestamp;
use countersign_fuzz::lines;
use countersign_fuzz::samples::{self, Always};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some([first, id, timestamp, signature, body]) = lines(text) else { return };
    if let Ok(secret) = first.parse::<WebhookSecret>() {
        assert_eq!(secret.expose().expose(), first);
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }
    if let Ok(key) = parse_public_key(first) {
        assert_eq!(public_key_text(&key).as_deref(), Some(first));
    }

    let secret = WebhookSecret::generate(&Always(1));
    let key = samples::auth_key();
    let body = body.as_bytes();
    let came = WebhookHeaders { id, timestamp, signature };
    assert!(verify_v1(&secret, &came, body, samples::NOW).is_err(), "nobody but the service can sign");
    assert!(verify_v1a(key.public(), &came, body, samples::NOW).is_err());

    let Ok(at) = timestamp.parse() else { return };
    let at = Timestamp::from_secs(at);
    if id.is_empty() || id.contains('.') || !(0..=253_402_300_799).contains(&at.secs()) {
        return;
    }
    let Ok(v1a) = sign_v1a(key, id, at, body) else { panic!("an Ed25519 key signs") };
    let all = signature_header(&[signature.to_owned(), sign_v1(&secret, id, at, body), v1a]);
    let timestamp = at.secs().to_string();
    let sent = WebhookHeaders { id, timestamp: &timestamp, signature: &all };
    assert!(verify_v1(&secret, &sent, body, at).is_ok());
    assert!(verify_v1a(key.public(), &sent, body, at).is_ok());
    let other = [body, b"x"].concat();
    assert!(verify_v1(&secret, &sent, &other, at).is_err());
    assert!(verify_v1a(key.public(), &sent, &other, at).is_err());
    assert!(verify_v1a(samples::p256_key().public(), &sent, body, at).is_err());
});
