//! The challenge of a ceremony (section 13.4.3).

use countersign_crypto::encoding::base64url;

/// What a ceremony is asked with: 16 to 64 bytes that the caller chose, unguessable and used once. The record of the
/// ceremony can be found by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Challenge(Vec<u8>);

/// The challenge has fewer than 16 or more than 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the challenge is not of 16 to 64 bytes")]
pub struct ChallengeLength;

impl Challenge {
    /// Takes the bytes as they are.
    ///
    /// # Errors
    /// [`ChallengeLength`].
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, ChallengeLength> {
        let bytes = bytes.into();
        if (16..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(ChallengeLength) }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Base64url without padding, as options and client data carry it.
    pub(crate) fn text(&self) -> String {
        base64url(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_has_16_to_64_bytes() {
        for length in [16, 32, 64] {
            assert_eq!(Challenge::new(vec![7; length]).unwrap().as_bytes().len(), length);
        }
        for length in [0, 15, 65] {
            assert_eq!(Challenge::new(vec![7; length]), Err(ChallengeLength));
        }
    }
}
