//! Dispatch tokens, as an app presents them.

#![no_main]

use countersign_crypto::dispatch_token::DispatchToken;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(token) = text.parse::<DispatchToken>() else { return };
    assert_eq!(token.expose(), text.to_lowercase());
    assert_eq!(text.len(), 36);
    for (at, byte) in token.expose().bytes().enumerate() {
        match at {
            8 | 13 | 18 | 23 => assert_eq!(byte, b'-'),
            14 => assert_eq!(byte, b'4'),
            19 => assert!(b"89ab".contains(&byte)),
            _ => assert!(byte.is_ascii_hexdigit()),
        }
    }
    let again = token.expose().parse::<DispatchToken>().expect("what was read can be read again");
    assert_eq!(again.hash(), token.hash());
    assert!(!format!("{token:?}").contains(token.expose()));
});
