//! Six digits that reach a person by SMS, and that the person types in.

use countersign_domain::secret::Secret;

use crate::equal::equal_secret;
use crate::sealing::{NoSuchKey, SealingKeys};

/// Keeps these codes apart from everything else that is derived.
const LABEL: &str = "sms-code";

/// A code of six digits.
///
/// A million codes are guessed soon: whoever takes one counts the wrong ones and lets it expire.
#[derive(Debug)]
pub struct ShortCode(Secret<String>);

impl ShortCode {
    /// The code that belongs to `id` under the sealing key `kid` (`None`: the current one): the same each time, so
    /// nothing of it is stored.
    ///
    /// It is 64 uniform bits modulo 1,000,000: no code is likelier than another by more than one part in 2^44.
    ///
    /// # Errors
    /// [`NoSuchKey`] when `kid` is no longer in the ring.
    pub fn derived(keys: &SealingKeys, kid: Option<&str>, id: &[u8]) -> Result<Self, NoSuchKey> {
        let material = keys.derive(kid, LABEL, id)?;
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&material.expose()[..8]);
        Ok(Self(Secret::new(format!("{:06}", u64::from_be_bytes(bytes) % 1_000_000))))
    }

    /// The six digits, for the message.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether this is what the person typed; compared in constant time.
    pub fn verify(&self, presented: &str) -> bool {
        equal_secret(&self.0, presented)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::system::SystemRandom;

    fn code(keys: &SealingKeys, id: &[u8]) -> ShortCode {
        ShortCode::derived(keys, None, id).unwrap()
    }

    /// The same ring each time, so that what is counted is the same each time.
    fn fixed() -> SealingKeys {
        SealingKeys::parse(
            r#"{"keys":[{"kid":"a","k":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","status":"current"}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_code_is_the_same_for_the_same_id_and_key_only() {
        let keys = fixed();
        let first = code(&keys, b"one");
        assert!(first.verify(code(&keys, b"one").expose()));
        assert!(!first.verify(code(&keys, b"two").expose()));
        let rotated = keys.rotated(&SystemRandom);
        let old = ShortCode::derived(&rotated, Some("a"), b"one").unwrap();
        assert!(first.verify(old.expose()));
        assert!(ShortCode::derived(&keys, Some(rotated.current_kid()), b"one").is_err());
    }

    #[test]
    fn only_the_six_digits_are_the_code() {
        let code = code(&SealingKeys::generate(&SystemRandom), b"one");
        let text = code.expose();
        assert!(code.verify(text));
        for other in [
            String::new(),
            text[1..].to_owned(),
            format!("{text} "),
            format!(" {text}"),
            format!("0{text}"),
            format!("+{text}"),
        ] {
            assert!(!code.verify(&other), "{other:?}");
        }
        assert!(!format!("{code:?}").contains(text));
    }

    /// 20,000 codes: each digit comes 2,000 times at each place, give or take 42; the bounds are 7 times that.
    #[test]
    fn every_digit_is_as_likely_at_every_place() {
        let keys = fixed();
        let mut seen = [[0_u32; 10]; 6];
        for id in 0..20_000_u32 {
            for (place, digit) in code(&keys, &id.to_be_bytes()).expose().bytes().enumerate() {
                seen[place][usize::from(digit - b'0')] += 1;
            }
        }
        assert!(seen.iter().flatten().all(|times| (1_700..=2_300).contains(times)), "{seen:?}");
    }

    proptest! {
        #[test]
        fn every_code_has_six_digits(id in proptest::collection::vec(any::<u8>(), 0..40)) {
            let code = code(&SealingKeys::generate(&SystemRandom), &id);
            prop_assert_eq!(code.expose().len(), 6);
            prop_assert!(code.expose().bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
