//! One-time links by which administrators get their first passkey, or access again.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::id::{AdministratorId, CompanyId};
use crate::refused::Refused;
use crate::time::{Span, Timestamp};

/// How long a link works.
pub const INVITATION_LIFETIME: Span = Span::hours(24);

/// A link that was handed out. The table has only the hash of its token.
#[derive(Clone, Serialize, Deserialize)]
pub struct Invitation {
    /// SHA-256 of the token.
    pub token_hash: String,
    /// The company.
    pub company: CompanyId,
    /// Whom it lets in.
    pub administrator: AdministratorId,
    /// What it is for.
    pub purpose: Purpose,
    /// Who made it.
    pub by: Actor,
    /// From then on it is as if it had never been.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To join.
    Join,
    /// To get access again: former passkeys and sessions are over.
    Recover,
}

impl std::fmt::Debug for Invitation {
    /// Without the hash: it does not belong into a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation")
            .field("administrator", &self.administrator)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

impl Invitation {
    /// The invitation if it can be used at `now`; used or over, it is as if there were none.
    pub fn open(&self, now: Timestamp) -> Result<&Self, Refused> {
        if self.used_at.is_none() && now < self.expires_at {
            Ok(self)
        } else {
            Err(Refused::Unknown("invitation"))
        }
    }

    /// Used up.
    pub fn take(self, now: Timestamp) -> Result<Self, Refused> {
        self.open(now)?;
        Ok(Self { used_at: Some(now), ..self })
    }

    /// The state's word.
    pub const fn state(&self) -> &'static str {
        if self.used_at.is_some() { "used" } else { "open" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, invitation};

    #[test]
    fn a_link_is_used_once_and_in_time() {
        let used = invitation().take(at(1)).unwrap();
        assert_eq!(used.state(), "used");
        assert_eq!(used.take(at(2)).unwrap_err(), Refused::Unknown("invitation"));
        let end = invitation().expires_at;
        assert!(invitation().open(end - Span::millis(1)).is_ok());
        assert!(invitation().open(end).is_err() && invitation().take(end).is_err());
    }
}
