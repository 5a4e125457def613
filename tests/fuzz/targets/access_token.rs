//! Access tokens, as an app presents them.

#![no_main]

use countersign_crypto::authenticator::{AccessToken, has_our_form};
use countersign_crypto::encoding::{base64url, from_base64, from_base64url};
use countersign_fuzz::samples;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let read = AccessToken::parse(text);
    assert_eq!(has_our_form(text), read.is_ok());
    let Ok(token) = read else {
        assert!(from_base64url(text).map_or(true, |bytes| bytes.len() != 52));
        return;
    };
    assert_eq!(token.expose(), text);
    assert_eq!(text.len(), 70);
    let bytes = from_base64url(text).expect("a token is base64url");
    assert_eq!(bytes[..16], *token.user().as_bytes());
    assert_eq!(bytes[16..32], *token.device().as_bytes());
    assert_eq!(base64url(&bytes), text);
    let again = AccessToken::parse(token.expose()).expect("what was read can be read again");
    assert_eq!(again.hash(), token.hash());
    assert!(!format!("{token:?}").contains(text));
    let sent = token.redirect_value(samples::provider_key().public()).expect("a token fits into one block");
    assert_eq!(from_base64(&sent).map(|encrypted| encrypted.len()), Ok(256));
});
