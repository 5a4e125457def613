//! Base64 in its two forms: one text per byte string.

#![no_main]

use countersign_crypto::encoding::{base64, base64url, from_base64, from_base64url, from_base64url_exact};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    assert_eq!(from_base64url(&base64url(data)).as_deref(), Ok(data));
    assert_eq!(from_base64(&base64(data)).as_deref(), Ok(data));
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(bytes) = from_base64url(text) {
        assert_eq!(base64url(&bytes), text);
        assert_eq!(from_base64url_exact::<32>(text).is_ok(), bytes.len() == 32);
    }
    if let Ok(bytes) = from_base64(text) {
        assert_eq!(base64(&bytes), text);
    }
});
