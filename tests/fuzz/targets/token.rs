//! Bearer tokens, their hashes, and digests: 43 characters of base64url.

#![no_main]

use countersign_crypto::digest::Digest;
use countersign_crypto::token::{Token, TokenHash};
use countersign_fuzz::reread;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let digest = text.parse::<Digest>();
    let token = text.parse::<Token>();
    assert_eq!(digest.is_ok(), token.is_ok(), "both are 32 bytes in base64url");
    assert_eq!(digest.is_ok(), text.parse::<TokenHash>().is_ok());
    if let (Ok(digest), Ok(token)) = (digest, token) {
        assert_eq!(digest.to_string(), text);
        assert_eq!(reread(&digest), digest);
        assert_eq!(token.expose(), text);
        assert_eq!(token.hash().to_string(), Digest::of(text.as_bytes()).to_string());
        assert!(!format!("{token:?}").contains(text));
    }
});
