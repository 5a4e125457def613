use countersign_domain::time::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::authenticator::vectors::key;
use crate::encoding::{from_base64, from_base64url};
use crate::system::SystemRandom;

fn user(byte: u8) -> UserId {
    UserId::from_bytes([byte; ID])
}

fn device(byte: u8) -> DeviceId {
    DeviceId::from_bytes([byte; ID])
}

#[test]
fn a_token_is_the_same_for_the_same_device_and_key_only() {
    let keys = SealingKeys::generate(&SystemRandom);
    let token = |keys: &SealingKeys, kid, user, device| {
        AccessToken::derived(keys, kid, user, device).unwrap().expose().to_owned()
    };
    let first = token(&keys, None, user(1), device(2));
    assert_eq!(token(&keys, None, user(1), device(2)), first);
    let secret = |text: &str| from_base64url_exact::<LENGTH>(text).unwrap()[ID + ID..].to_vec();
    assert_ne!(secret(&token(&keys, None, user(1), device(3))), secret(&first));
    assert_ne!(token(&keys, None, user(2), device(2)), first);
    let rotated = keys.rotated(&SystemRandom);
    assert_ne!(secret(&token(&rotated, None, user(1), device(2))), secret(&first));
    assert_eq!(token(&rotated, Some(keys.current_kid()), user(1), device(2)), first);
    assert_eq!(
        AccessToken::derived(&keys, Some(rotated.current_kid()), user(1), device(2)).err(),
        Some(NoSuchKey)
    );
}

#[test]
fn a_token_is_read_back_with_whom_it_names() {
    let keys = SealingKeys::generate(&SystemRandom);
    let now = Timestamp::from_secs(1_795_341_600);
    let (user, device) = (UserId::new(now, &SystemRandom), DeviceId::new(now, &SystemRandom));
    let token = AccessToken::derived(&keys, None, user, device).unwrap();
    assert_eq!(token.expose().len(), 70);
    let read = AccessToken::parse(token.expose()).unwrap();
    for token in [&token, &read] {
        assert_eq!((token.user(), token.device()), (user, device));
    }
    assert_eq!((read.expose(), read.hash()), (token.expose(), token.hash()));
    assert_eq!(token.hash(), TokenHash::of(token.expose()));
    assert!(has_our_form(token.expose()));
}

#[test]
fn other_texts_are_no_token() {
    let keys = SealingKeys::generate(&SystemRandom);
    let good = AccessToken::derived(&keys, None, user(1), device(2)).unwrap();
    let good = good.expose();
    for text in [
        "",
        &good[1..],
        &good[..69],
        &format!("{good}A"),
        &format!("{good}=="),
        &format!(" {good}"),
        &format!("{good}\n"),
        &format!("{}/", &good[..69]),
        // Bits that stand for nothing.
        &format!("{}B", &good[..69]),
        "a-token-that-a-bank-has-made",
    ] {
        assert_eq!(AccessToken::parse(text).err(), Some(NotAnAccessToken), "{text:?}");
        assert!(!has_our_form(text), "{text:?}");
    }
}

#[test]
fn neither_debug_nor_hash_shows_the_token() {
    let keys = SealingKeys::generate(&SystemRandom);
    let token = AccessToken::derived(&keys, None, user(1), device(2)).unwrap();
    let shown = format!("{token:?} {:?} {}", token.hash(), token.hash());
    assert!(!shown.contains(token.expose()) && !shown.contains(&token.expose()[44..]));
}

/// The app decrypts one RSA block and reads JSON.
#[test]
fn the_redirect_carries_the_token_for_the_app_alone() {
    use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};

    let keys = SealingKeys::generate(&SystemRandom);
    let token = AccessToken::derived(&keys, None, user(1), device(2)).unwrap();
    let value = token.redirect_value(key().public()).unwrap();
    assert_ne!(token.redirect_value(key().public()).unwrap(), value);
    let private = PrivateDecryptingKey::from_pkcs8(key().to_pkcs8().expose()).unwrap();
    let private = Pkcs1PrivateDecryptingKey::new(private).unwrap();
    let mut content = vec![0; private.min_output_size()];
    let content = private.decrypt(&from_base64(&value).unwrap(), &mut content).unwrap();
    let json: Value = serde_json::from_slice(content).unwrap();
    assert_eq!(json, serde_json::json!({ "access_token": token.expose() }));
}

proptest! {
    #[test]
    fn any_52_bytes_are_a_token_and_its_text_is_the_only_one(bytes in proptest::collection::vec(any::<u8>(), LENGTH)) {
        let text = base64url(&bytes);
        let token = AccessToken::parse(&text).unwrap();
        prop_assert_eq!(token.expose(), &text);
        prop_assert_eq!(token.user().as_bytes().to_vec(), &bytes[..ID]);
        prop_assert_eq!(token.device().as_bytes().to_vec(), &bytes[ID..2 * ID]);
    }

    #[test]
    fn no_text_panics(text in ".{0,80}|[A-Za-z0-9_-]{70}|[^a]{70}") {
        let bytes = from_base64url(&text).ok().filter(|bytes| bytes.len() == LENGTH);
        prop_assert_eq!(has_our_form(&text), bytes.is_some());
    }
}
