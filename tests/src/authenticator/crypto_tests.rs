//! Keys, envelopes and signatures.

use countersign_crypto::system::SystemRandom;
use proptest::prelude::*;

use super::canned::{app_key, provider_key};
use super::envelope::{Envelope, NotOpened};
use super::key::{KeyPair, PublicKey};
use super::signature::{verifies_version_2, version_1, version_2, with_header};

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
    assert_eq!(sealed.open(&app_key()).unwrap(), plaintext);
}

#[test]
fn what_is_broken_or_for_another_is_not_opened() {
    let sealed = Envelope::seal(&app_key().public(), b"Pay 1 EUR?", &SystemRandom).unwrap();
    assert_eq!(sealed.open(provider_key()), Err(NotOpened));
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
        assert_eq!(broken.open(&app_key()), Err(NotOpened), "{broken:?}");
    }
    let lines = Envelope { key: format!("{}\r\n", sealed.key.replace('A', "\nA")), ..sealed };
    assert_eq!(lines.open(&app_key()).unwrap(), b"Pay 1 EUR?");
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
    let (key, other) = (app_key(), provider_key());
    let signature = version_1(&key, "PUT", "https://a.example/b", "7", b"{}").unwrap();
    let signature = super::envelope::from_base64(&signature).unwrap();
    assert!(key.public().verifies(b"put|https://a.example/b|7|{}", &signature));
    assert!(!key.public().verifies(b"PUT|https://a.example/b|7|{}", &signature));
    assert!(!other.public().verifies(b"put|https://a.example/b|7|{}", &signature));
    assert!(!key.public().verifies(b"", &[]));

    let jws = version_2(&key, b"{}").unwrap();
    assert!(jws.starts_with("eyJhbGciOiJSUzI1NiJ9.."), "{jws}");
    assert!(verifies_version_2(&key.public(), &jws, b"{}"));
    assert!(!verifies_version_2(&key.public(), &jws, b"{ }"));
    assert!(!verifies_version_2(&other.public(), &jws, b"{}"));
    assert!(!verifies_version_2(&key.public(), &jws.replace("..", ".e30."), b"{}"));
    let none = with_header(&key, r#"{"alg":"none"}"#, b"{}").unwrap();
    assert!(!verifies_version_2(&key.public(), &none, b"{}"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn what_is_sealed_is_opened(plaintext in proptest::collection::vec(any::<u8>(), 0..600)) {
        let sealed = Envelope::seal(&app_key().public(), &plaintext, &SystemRandom).unwrap();
        prop_assert_eq!(sealed.open(&app_key()).unwrap(), plaintext);
    }
}
