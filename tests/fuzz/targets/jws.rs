//! Compact JWS: a text as it comes, and the same text as the payload of one that is signed well.

#![no_main]

use countersign_crypto::encoding::{base64url, from_base64url};
use countersign_crypto::jws::{JwsRefused, Unverified};
use countersign_fuzz::{samples, tampering};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const TYP: &str = "test+jwt";

fuzz_target!(|text: &str| {
    as_it_comes(text);
    as_payload(text);
});

fn as_it_comes(text: &str) {
    let Ok(read) = Unverified::parse(text) else { return };
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("a compact JWS has three parts") };
    for part in [header, payload, signature] {
        let bytes = from_base64url(part).expect("every part is base64url");
        assert_eq!(base64url(&bytes), part);
    }
    let header = from_base64url(header).expect("every part is base64url");
    let header = std::str::from_utf8(&header).expect("the header is UTF-8 (RFC 7515, section 5.2)");
    // Numbers too large for a `Value` may stand in members that nobody reads.
    if let Ok(header) = serde_json::from_str::<Value>(header) {
        assert_eq!(header["alg"], read.algorithm().name());
        assert_eq!(header["typ"].as_str(), read.typ());
        assert_eq!(header["kid"].as_str(), read.kid());
        assert!(header.get("crit").is_none());
    }
    // Nobody but the holders of the keys can sign.
    for key in [samples::auth_key(), samples::p256_key()] {
        assert!(read.verify(key.public(), read.typ().unwrap_or_default()).is_err());
    }
}

fn as_payload(payload: &str) {
    let key = samples::auth_key();
    let signed = key.sign_jws_bytes(TYP, "device", payload.as_bytes());
    let Ok(compact) = signed else { return };
    let read = Unverified::parse(&compact).expect("what was signed can be read");
    assert_eq!(read.kid(), Some("device"));
    assert_eq!(read.verify(key.public(), TYP), Ok(payload.as_bytes()));
    assert_eq!(read.verify(samples::strong_key().public(), TYP), Err(JwsRefused::Signature));
    assert_eq!(read.verify(samples::p256_key().public(), TYP), Err(JwsRefused::Algorithm));
    tampering::check(&compact, key.public(), TYP, payload.as_bytes());
}
