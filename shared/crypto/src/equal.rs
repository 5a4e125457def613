//! Comparison in constant time, the one place where secrets are compared.

use countersign_domain::secret::Secret;
use subtle::ConstantTimeEq;

/// Whether two byte strings are equal, in a time that tells nothing but their lengths.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// Whether a secret text equals what was presented, in a time that tells nothing but their lengths.
pub fn equal_secret(secret: &Secret<String>, presented: &str) -> bool {
    equal(secret.expose().as_bytes(), presented.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_means_the_same_bytes_and_length() {
        assert!(equal(b"", b""));
        assert!(equal(b"abc", b"abc"));
        assert!(!equal(b"abc", b"abd"));
        assert!(!equal(b"abc", b"ab"));
        assert!(equal_secret(&Secret::new("geheim".to_owned()), "geheim"));
        assert!(!equal_secret(&Secret::new("geheim".to_owned()), "Geheim"));
    }
}
