//! Recovery codes: what a person keeps on paper for the day on which no device is at hand.

use std::str::FromStr;

use countersign_domain::secret::Secret;

use crate::sealing::{NoSuchKey, SealingKeys};
use crate::token::TokenHash;

/// Keeps these codes apart from everything else that is derived.
const LABEL: &str = "recovery-code";
const LENGTH: usize = 16;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 16 letters and digits, case-sensitive: 95 random bits.
#[derive(Debug)]
pub struct RecoveryCode(Secret<String>);

/// The text has not the shape of a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a recovery code")]
pub struct NotARecoveryCode;

impl RecoveryCode {
    /// The code number `index` of the set `id` under the sealing key `kid` (`None`: the current one): the same each
    /// time, so that a repeated call can be given its codes again though only their hashes are stored.
    ///
    /// # Errors
    /// [`NoSuchKey`] when `kid` is no longer in the ring.
    pub fn derived(keys: &SealingKeys, kid: Option<&str>, id: &[u8], index: u32) -> Result<Self, NoSuchKey> {
        let context = [&index.to_be_bytes(), id].concat();
        let material = keys.derive(kid, LABEL, &context)?;
        // Eight characters out of each 128 bits: 62^8 is below 2^48, so no code is likelier than another by more
        // than one part in 2^80.
        let (halves, _) = material.expose().as_chunks::<16>();
        let text = halves.iter().flat_map(|half| eight(u128::from_be_bytes(*half))).collect();
        Ok(Self(Secret::new(text)))
    }

    /// The text that the person keeps and types.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is stored in its place. A plain hash is enough: 95 random bits cannot be guessed, not even by who has it.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(self.0.expose())
    }
}

/// The last eight digits of `number` to the base 62.
fn eight(mut number: u128) -> [char; LENGTH / 2] {
    std::array::from_fn(|_| {
        let digit = number % 62;
        number /= 62;
        char::from(ALPHABET[digit as usize])
    })
}

impl FromStr for RecoveryCode {
    type Err = NotARecoveryCode;

    fn from_str(text: &str) -> Result<Self, NotARecoveryCode> {
        if text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(Secret::new(text.to_owned())))
        } else {
            Err(NotARecoveryCode)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::system::SystemRandom;

    fn code(keys: &SealingKeys, id: &[u8], index: u32) -> RecoveryCode {
        RecoveryCode::derived(keys, None, id, index).unwrap()
    }

    /// The same ring each time, so that what is counted is the same each time.
    fn fixed() -> SealingKeys {
        SealingKeys::parse(
            r#"{"keys":[{"kid":"a","k":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","status":"current"}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn the_codes_of_a_set_differ_and_come_again() {
        let keys = SealingKeys::generate(&SystemRandom);
        let codes = |keys, kid| -> Vec<_> {
            (0..10).map(|at| RecoveryCode::derived(keys, kid, b"one", at).unwrap().hash()).collect()
        };
        let first = codes(&keys, None);
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 10);
        assert_eq!(codes(&keys, None), first);
        let rotated = keys.rotated(&SystemRandom);
        assert_eq!(codes(&rotated, Some(keys.current_kid())), first);
        assert_ne!(codes(&rotated, None), first);
        assert_ne!(code(&keys, b"two", 0).hash(), first[0]);
        assert!(RecoveryCode::derived(&keys, Some(rotated.current_kid()), b"one", 0).is_err());
    }

    #[test]
    fn the_index_is_no_part_of_the_id() {
        let keys = SealingKeys::generate(&SystemRandom);
        let longer = code(&keys, b"\0\0\0\x01one", 0);
        assert_ne!(longer.hash(), code(&keys, b"one", 0).hash());
        assert_ne!(longer.hash(), code(&keys, b"one", 1).hash());
    }

    #[test]
    fn a_code_is_read_back_and_counts_its_case() {
        let code = code(&SealingKeys::generate(&SystemRandom), b"one", 0);
        assert_eq!(code.expose().parse::<RecoveryCode>().unwrap().hash(), code.hash());
        let swapped: String = code
            .expose()
            .chars()
            .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect();
        assert_ne!(swapped.parse::<RecoveryCode>().unwrap().hash(), code.hash());
        assert!(!format!("{code:?} {:?}", code.hash()).contains(code.expose()));
    }

    /// 310,000 characters: each of the 62 comes 5,000 times, give or take 71; the bounds are 7 times that.
    #[test]
    fn every_character_is_as_likely() {
        let keys = fixed();
        let mut seen = [0_u32; 256];
        for index in 0..19_375 {
            for byte in code(&keys, b"one", index).expose().bytes() {
                seen[usize::from(byte)] += 1;
            }
        }
        for (byte, times) in (0..=u8::MAX).zip(seen) {
            let expected = if byte.is_ascii_alphanumeric() { 4_500..=5_500 } else { 0..=0 };
            assert!(expected.contains(&times), "{byte}: {times}");
        }
    }

    proptest! {
        #[test]
        fn what_is_not_16_letters_and_digits_is_no_code(
            text in "[A-Za-z0-9]{0,15}|[A-Za-z0-9]{17,20}|[A-Za-z0-9]{15}[^A-Za-z0-9]|[A-Za-z0-9]{14}é"
        ) {
            prop_assert_eq!(text.parse::<RecoveryCode>().err(), Some(NotARecoveryCode));
        }
    }
}
