//! Base64 that may be broken into lines: apps write it so.

use crate::encoding::{NotBase64, from_base64};

/// The bytes of standard base64 with its padding, whatever ASCII white space stands in it.
///
/// # Errors
/// [`NotBase64`] as [`from_base64`] once the white space is gone.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, NotBase64> {
    from_base64(&text.split_ascii_whitespace().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_counts_for_nothing_and_all_else_is_strict() {
        for text in ["Zm9vYg==", "Zm9v\nYg==\n", "\r\n Zm\t9vY\r\ng=\n=", " Zm9vYg== "] {
            assert_eq!(decode(text), Ok(b"foob".to_vec()), "{text:?}");
        }
        for text in ["Zm9vYg", "Zm9vYh==", "Zm9v_g==", "Zm9vYg==\u{a0}", "Zm9vYg==\0"] {
            assert_eq!(decode(text), Err(NotBase64), "{text:?}");
        }
    }
}
