//! The code that an app repeats when it decides: it stands for exactly what was shown, to whom, on which device.

use countersign_domain::id::DeviceId;
use countersign_domain::secret::Secret;

use crate::digest::{Digest, hmac_sha256};
use crate::encoding::base64;
use crate::equal::equal_secret;

/// HMAC-SHA-256, as text 43 characters of base64 without padding.
///
/// It changes with everything that is in the document: payee, amount, time, user (dynamic linking).
#[derive(Debug)]
pub struct AuthorizationCode(Secret<String>);

impl AuthorizationCode {
    /// The code of the challenge with this nonce, for the document with this digest, on this device: the same each
    /// time, so nothing of it is stored.
    pub fn of(digest: &Digest, nonce: &str, device: DeviceId) -> Self {
        let message = [digest.as_bytes(), &[0][..], device.as_bytes()].concat();
        let code = base64(&hmac_sha256(nonce.as_bytes(), &message));
        Self(Secret::new(code.trim_end_matches('=').to_owned()))
    }

    /// The text that the app is sent, encrypted.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether this is what the app sent back; compared in constant time.
    pub fn matches(&self, presented: &str) -> bool {
        equal_secret(&self.0, presented)
    }
}

#[cfg(test)]
mod tests {
    use countersign_domain::time::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::system::SystemRandom;

    fn device(last: u8) -> DeviceId {
        let mut bytes = [0x11; 16];
        bytes[15] = last;
        DeviceId::from_bytes(bytes)
    }

    /// Computed with `hmac` and `base64` of Python's standard library.
    #[test]
    fn a_code_is_the_hmac_of_digest_zero_and_device() {
        let code = AuthorizationCode::of(&Digest::from_bytes([0x22; 32]), "nonce", device(0x11));
        assert_eq!(code.expose(), "SlzyhMxsiIX3rzfdNJhisTwO6GVX+SD002cRXnxkkac");
    }

    #[test]
    fn a_code_changes_with_document_challenge_and_device() {
        let document = Digest::of(b"120 EUR to Anna");
        let code = AuthorizationCode::of(&document, "nonce", device(1));
        assert!(code.matches(AuthorizationCode::of(&document, "nonce", device(1)).expose()));
        for other in [
            AuthorizationCode::of(&Digest::of(b"121 EUR to Anna"), "nonce", device(1)),
            AuthorizationCode::of(&document, "nonce2", device(1)),
            AuthorizationCode::of(&document, "nonce", device(2)),
        ] {
            assert!(!code.matches(other.expose()));
        }
    }

    #[test]
    fn only_the_whole_code_matches_and_it_is_never_printed() {
        let device = DeviceId::new(Timestamp::from_secs(1), &SystemRandom);
        let code = AuthorizationCode::of(&Digest::of(b"document"), "nonce", device);
        let text = code.expose();
        assert_eq!(text.len(), 43);
        for other in
            [String::new(), text[1..].to_owned(), format!("{text}="), format!(" {text}"), text.to_lowercase()]
        {
            assert!(!code.matches(&other), "{other:?}");
        }
        assert!(!format!("{code:?}").contains(text));
    }

    proptest! {
        #[test]
        fn any_changed_character_is_another_code(place in any::<proptest::sample::Index>(), bit in 0u8..7) {
            let code = AuthorizationCode::of(&Digest::of(b"document"), "nonce", device(1));
            let mut bytes = code.expose().as_bytes().to_vec();
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(!code.matches(std::str::from_utf8(&bytes).unwrap()));
        }
    }
}
