//! Codes on paper, for a user who has lost every device.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::time::Timestamp;

/// How many codes a user gets.
pub const RECOVERY_CODES: usize = 10;

/// A user's unused recovery codes.
#[derive(Clone, Serialize, Deserialize)]
pub struct RecoveryCodes {
    /// Whose they are.
    pub user: UserId,
    /// SHA-256 of each: the codes themselves are not kept.
    pub hashes: Vec<String>,
    /// When they were made.
    pub created_at: Timestamp,
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryCodes").field("left", &self.hashes.len()).finish_non_exhaustive()
    }
}

impl RecoveryCodes {
    /// Without the code that has this hash; nothing if it is not among them.
    pub fn spend(mut self, hash: &str) -> Option<Self> {
        let place = self.hashes.iter().position(|known| known == hash)?;
        self.hashes.remove(place);
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, user_id};

    #[test]
    fn a_code_is_spent_once() {
        let codes =
            RecoveryCodes { user: user_id(1), hashes: vec!["a".into(), "b".into()], created_at: at(0) };
        assert!(codes.clone().spend("c").is_none());
        let left = codes.spend("a").unwrap();
        assert_eq!(left.hashes, ["b"]);
        assert!(left.spend("a").is_none());
    }
}
