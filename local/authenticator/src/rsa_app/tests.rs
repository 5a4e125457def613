//! Keys, envelopes and signatures, also against the service's own.

use std::sync::OnceLock;

use countersign_crypto::authenticator as service;
use countersign_crypto::authenticator::signature_v1::{self, SignedCall};
use countersign_crypto::authenticator::signature_v2;
use countersign_crypto::system::SystemRandom;
use countersign_domain::time::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::envelope::{Envelope, NotOpened};
use super::key::{KeyPair, PublicKey, RsaRefused};
use super::signature::{verifies_version_2, version_1, version_2, with_header};
use super::{from_base64, token};

/// Keys take long to make; these tests share two.
fn app_key() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(&SystemRandom).unwrap())
}

fn other_key() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(&SystemRandom).unwrap())
}

/// The public half, as the service reads it.
fn at_service(key: &KeyPair) -> service::AppKey {
    service::AppKey::from_pem(&key.public().to_pem().unwrap()).unwrap()
}

/// The published vector of the API's documentation.
#[test]
fn the_published_vector_holds() {
    let half = [65, 1, 2, 23, 4, 5, 6, 7, 32, 21, 10, 11, 12, 13, 84, 45];
    let key: [u8; 32] = [half, half].concat().try_into().unwrap();
    let plaintext = br#"{"name":"Andrey", "age":27, "car":"BMW", "mileage":null}"#;
    let sealed = Envelope::seal_with(&app_key().public(), plaintext, &key, &half, &SystemRandom).unwrap();
    let published =
        "MBrw7K2rCIKop50b2PmkmlAVO9Bulhl7yO8ZPw2ulVnh7MB9yI0vRJjum6xFnQMq9BR172WT/KAw78Zg4++EQQ==";
    assert_eq!(sealed.data, published);
    assert_eq!(sealed.open(app_key()).unwrap(), plaintext);
}

#[test]
fn what_is_broken_or_for_another_is_not_opened() {
    let sealed = Envelope::seal(&app_key().public(), b"Pay 1 EUR?", &SystemRandom).unwrap();
    assert_eq!(sealed.open(other_key()), Err(NotOpened));
    let again = Envelope::seal(&app_key().public(), b"Pay 1 EUR?", &SystemRandom).unwrap();
    assert!(again.key != sealed.key && again.iv != sealed.iv && again.data != sealed.data);
    for broken in [
        Envelope { key: sealed.iv.clone(), ..sealed.clone() },
        Envelope { iv: sealed.key.clone(), ..sealed.clone() },
        Envelope { key: again.key.clone(), ..sealed.clone() },
        Envelope { data: String::new(), ..sealed.clone() },
        Envelope { data: sealed.data[4..].to_owned(), ..sealed.clone() },
        Envelope { data: format!("{}!", sealed.data), ..sealed.clone() },
    ] {
        assert_eq!(broken.open(app_key()), Err(NotOpened), "{broken:?}");
    }
    let lines = Envelope { key: format!("{}\r\n", sealed.key.replace('A', "\nA")), ..sealed };
    assert_eq!(lines.open(app_key()).unwrap(), b"Pay 1 EUR?");
}

#[test]
fn keys_come_back_from_pem() {
    let key = app_key();
    let pem = key.to_pem().unwrap();
    assert!(pem.expose().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert_eq!(KeyPair::from_pem(pem.expose()).unwrap().public(), key.public());
    let public = key.public().to_pem().unwrap();
    assert!(public.starts_with("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"));
    assert_eq!(PublicKey::from_pem(&public).unwrap(), key.public());
    assert!(PublicKey::from_pem(pem.expose()).is_err() && KeyPair::from_pem(&public).is_err());
    assert_eq!(format!("{key:?}"), "KeyPair(…)");
}

#[test]
fn a_signature_holds_for_what_was_signed_only() {
    let (key, other) = (app_key(), other_key());
    let signature = version_1(key, "PUT", "https://a.example/b", "7", b"{}").unwrap();
    let signature = from_base64(&signature).unwrap();
    assert!(key.public().verifies(b"put|https://a.example/b|7|{}", &signature));
    assert!(!key.public().verifies(b"PUT|https://a.example/b|7|{}", &signature));
    assert!(!other.public().verifies(b"put|https://a.example/b|7|{}", &signature));
    assert!(!key.public().verifies(b"", &[]));

    let jws = version_2(key, b"{}").unwrap();
    assert!(jws.starts_with("eyJhbGciOiJSUzI1NiJ9.."), "{jws}");
    assert!(verifies_version_2(&key.public(), &jws, b"{}"));
    assert!(!verifies_version_2(&key.public(), &jws, b"{ }"));
    assert!(!verifies_version_2(&other.public(), &jws, b"{}"));
    assert!(!verifies_version_2(&key.public(), &jws.replace("..", ".e30."), b"{}"));
    let none = with_header(key, r#"{"alg":"none"}"#, b"{}").unwrap();
    assert!(!verifies_version_2(&key.public(), &none, b"{}"));
}

#[test]
fn a_bank_takes_a_key_with_lines_of_any_length() {
    let key = app_key().public();
    let strict = key.to_pem().unwrap();
    assert_eq!(PublicKey::from_loose_pem(&strict).unwrap(), key);
    let body: String = strict.lines().filter(|line| !line.starts_with('-')).collect();
    let (first, last) = ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----");
    let (start, end) = body.split_at(76);
    for loose in
        [format!("{first}\n{body}\n{last}\n\n"), format!(" {first}\r\n{start}\r\n{end}\r\n\r\n{last}")]
    {
        assert_eq!(PublicKey::from_loose_pem(&loose).unwrap(), key, "{loose}");
        assert_eq!(PublicKey::from_pem(&loose), Err(RsaRefused), "{loose}");
    }
    for none in ["", body.as_str(), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
        assert_eq!(PublicKey::from_loose_pem(none), Err(RsaRefused), "{none}");
        assert_eq!(PublicKey::from_pem(none), Err(RsaRefused), "{none}");
    }
}

#[test]
fn the_service_verifies_what_is_signed_and_nothing_else() {
    let (app, other) = (app_key(), other_key());
    let url = "https://a.example/b?c=d";
    let signature = version_1(app, "PUT", url, "1000000300", b"{}").unwrap();
    let call =
        |url| SignedCall { method: "put", url, expires_at: "1000000300", body: b"{}", signature: &signature };
    let now = Timestamp::from_secs(1_000_000_000);
    assert!(signature_v1::verify(&at_service(app), &call(url), now).is_ok());
    assert!(signature_v1::verify(&at_service(app), &call("https://a.example/b"), now).is_err());
    assert!(signature_v1::verify(&at_service(other), &call(url), now).is_err());
    let jws = version_2(app, b"{}").unwrap();
    assert!(signature_v2::verify(&at_service(app), &jws, b"{}").is_ok());
    assert!(signature_v2::verify(&at_service(app), &jws, b"{ }").is_err());
    assert!(signature_v2::verify(&at_service(other), &jws, b"{}").is_err());
}

#[test]
fn what_the_service_signs_is_verified_and_nothing_else() {
    let service = service::ProviderKey::generate().unwrap();
    let jws = service.sign_detached(b"{}").unwrap();
    let key = PublicKey::from_pem(&service.public().to_pem()).unwrap();
    assert!(verifies_version_2(&key, &jws, b"{}"));
    assert!(!verifies_version_2(&key, &jws, b"{ }"));
    assert!(!verifies_version_2(&app_key().public(), &jws, b"{}"));
    for broken in ["", "a.b.c", &jws.replace("..", ".e30."), jws.split("..").next().unwrap()] {
        assert!(!verifies_version_2(&key, broken, b"{}"), "{broken}");
    }
}

#[test]
fn what_the_service_encrypts_opens_and_nothing_else() {
    let content = json!({ "title": "Pay", "text": "120 €" });
    let sealed =
        service::Envelope::encrypt(&at_service(app_key()), content.to_string().as_bytes(), &SystemRandom);
    let mut object = serde_json::to_value(sealed.unwrap()).unwrap();
    object["connection_id"] = "1".into();
    let sealed = Envelope::try_from(&object).unwrap();
    assert_eq!(sealed.open_json(app_key()), Ok(content.clone()));
    assert_eq!(sealed.open_text(app_key()), Ok(content.to_string()));
    assert_eq!(sealed.open_json(other_key()), Err(NotOpened));
    for member in ["key", "iv", "data"] {
        let mut broken = object.clone();
        broken[member] = "AAAA".into();
        assert_eq!(Envelope::try_from(&broken).unwrap().open_json(app_key()), Err(NotOpened), "{member}");
        broken.as_object_mut().unwrap().remove(member);
        assert_eq!(Envelope::try_from(&broken), Err(NotOpened), "{member}");
    }
    assert_eq!(Envelope::try_from(&Value::Null), Err(NotOpened));
}

#[test]
fn what_holds_no_text_or_no_json_does_not_open_as_such() {
    let seal = |content: &[u8]| Envelope::seal(&app_key().public(), content, &SystemRandom).unwrap();
    assert_eq!(seal(b"\xff").open_text(app_key()), Err(NotOpened));
    assert_eq!(seal(b"{").open_json(app_key()), Err(NotOpened));
}

#[test]
fn the_service_opens_what_is_encrypted_to_it() {
    let key = service::ProviderKey::generate().unwrap();
    let to = PublicKey::from_pem(&key.public().to_pem()).unwrap();
    let sealed = Value::from(Envelope::seal(&to, b"content", &SystemRandom).unwrap());
    let sealed: service::Envelope = serde_json::from_value(sealed).unwrap();
    assert_eq!(key.decrypt(&sealed).unwrap().expose(), b"content");
}

#[test]
fn a_token_in_a_redirect_opens() {
    let sealed = token::seal(&app_key().public(), "abc", &SystemRandom).unwrap();
    assert_eq!(token::open(app_key(), &sealed).as_deref(), Ok("abc"));
    assert_eq!(token::open(other_key(), &sealed), Err(NotOpened));
    let long = "a".repeat(256);
    assert_eq!(token::seal(&app_key().public(), &long, &SystemRandom), Err(RsaRefused));
    for (what, content) in [("no token", "{}"), ("a number", r#"{"access_token":1}"#), ("no JSON", "abc")] {
        use base64::Engine;
        let sealed = app_key().public().encrypt(content.as_bytes(), &SystemRandom).unwrap();
        let sealed = base64::engine::general_purpose::STANDARD.encode(sealed);
        assert_eq!(token::open(app_key(), &sealed), Err(NotOpened), "{what}");
    }
    assert_eq!(token::open(app_key(), "AAAA"), Err(NotOpened));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn what_is_sealed_is_opened(plaintext in proptest::collection::vec(any::<u8>(), 0..600)) {
        let sealed = Envelope::seal(&app_key().public(), &plaintext, &SystemRandom).unwrap();
        prop_assert_eq!(sealed.open(app_key()).unwrap(), plaintext);
    }
}
