//! Base64 in its two forms, decoded strictly: one text per byte string.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// The text is not base64 in the form that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not valid base64")]
pub struct NotBase64;

/// Base64url without padding (RFC 4648 section 5, as RFC 7515 section 2 uses it).
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of base64url text without padding.
///
/// # Errors
/// [`NotBase64`] for padding, the other alphabet, whitespace, or unused bits that are not zero.
pub fn from_base64url(text: &str) -> Result<Vec<u8>, NotBase64> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| NotBase64)
}

/// The bytes of base64url text without padding that must hold exactly `N` bytes.
///
/// # Errors
/// [`NotBase64`] as [`from_base64url`], and for any other length.
pub fn from_base64url_exact<const N: usize>(text: &str) -> Result<[u8; N], NotBase64> {
    from_base64url(text)?.try_into().map_err(|_| NotBase64)
}

/// Standard base64 with padding (RFC 4648 section 4).
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of standard base64 text with its padding.
///
/// # Errors
/// [`NotBase64`] for missing padding, the other alphabet, whitespace, or unused bits that are not zero.
pub fn from_base64(text: &str) -> Result<Vec<u8>, NotBase64> {
    STANDARD.decode(text).map_err(|_| NotBase64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 4648 section 10, and RFC 7515 appendix C.
    #[test]
    fn the_vectors_of_the_rfcs_hold() {
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64(b"foob"), "Zm9vYg==");
        assert_eq!(base64url(&[3, 236, 255, 224, 193]), "A-z_4ME");
        assert_eq!(from_base64url("A-z_4ME"), Ok(vec![3, 236, 255, 224, 193]));
    }

    #[test]
    fn a_second_spelling_of_the_same_bytes_is_refused() {
        for text in ["A-z_4ME=", "A+z/4ME", "A-z_4MF", "A-z_4M E", "A", "A-z_4ME\n"] {
            assert_eq!(from_base64url(text), Err(NotBase64), "{text:?}");
        }
        for text in ["Zm9vYg", "Zm9vYg=", "Zm9vYh==", "Zm9v Yg==", "A-z_"] {
            assert_eq!(from_base64(text), Err(NotBase64), "{text:?}");
        }
        assert_eq!(from_base64url_exact::<4>("A-z_4ME"), Err(NotBase64));
    }

    proptest! {
        #[test]
        fn what_decodes_encodes_to_the_same_text(text in "[A-Za-z0-9_=+/-]{0,24}") {
            if let Ok(bytes) = from_base64url(&text) {
                prop_assert_eq!(base64url(&bytes), text.clone());
            }
            if let Ok(bytes) = from_base64(&text) {
                prop_assert_eq!(base64(&bytes), text);
            }
        }
    }
}
