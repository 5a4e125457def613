//! Sessions of administrators: short, and over at once when somebody ends them.

use serde::{Deserialize, Serialize};

use crate::administrator::{Administrator, AdministratorState};
use crate::id::{AdministratorId, CompanyId};
use crate::time::{Span, Timestamp};

/// A session ends when nothing was done for so long.
pub const IDLE: Span = Span::minutes(30);
/// A session ends after so long, whatever was done.
pub const LONGEST: Span = Span::hours(12);
/// Activity is written down this seldom: not each request is a write.
pub const NOTED_EVERY: Span = Span::minutes(5);

/// A session. The table has only the hash of its token.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    /// SHA-256 of the token.
    pub token_hash: String,
    /// The company.
    pub company: CompanyId,
    /// Whose it is.
    pub administrator: AdministratorId,
    /// The passkey by which it began: its credential id.
    pub passkey: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When something was last done in it, to within [`NOTED_EVERY`].
    pub active_at: Timestamp,
}

impl std::fmt::Debug for Session {
    /// Without the hash: it does not belong into a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("administrator", &self.administrator).finish_non_exhaustive()
    }
}

impl Session {
    /// When it ends if nothing more is done in it.
    pub fn ends_at(&self) -> Timestamp {
        // The last activity may be as much younger as it is noted seldom.
        (self.active_at + IDLE + NOTED_EVERY).min(self.began_at + LONGEST)
    }

    /// Whether it speaks for `administrator` at `now`.
    pub fn is_live(&self, administrator: &Administrator, now: Timestamp) -> bool {
        administrator.id == self.administrator
            && administrator.company == self.company
            && administrator.state == AdministratorState::Active
            && administrator.passkey(&self.passkey).is_some()
            && self.began_at >= administrator.sessions_from
            && now < self.ends_at()
    }

    /// The session as it is noted at `now`, if it is time to note it.
    pub fn noted(&self, now: Timestamp) -> Option<Self> {
        (now - self.active_at >= NOTED_EVERY).then(|| Self { active_at: now, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{administrator, passkey, session};

    fn active() -> Administrator {
        administrator().join(passkey("a")).unwrap()
    }

    #[test]
    fn it_ends_idle_or_old() {
        let session = session();
        let begin = session.began_at;
        assert!(session.is_live(&active(), begin));
        assert!(session.is_live(&active(), begin + IDLE));
        assert!(!session.is_live(&active(), begin + IDLE + NOTED_EVERY));
        let mut kept = session.clone();
        let mut now = begin;
        while now < begin + LONGEST {
            assert!(kept.is_live(&active(), now));
            kept = kept.noted(now).unwrap_or(kept);
            now = now + Span::minutes(20);
        }
        assert!(!kept.is_live(&active(), begin + LONGEST));
    }

    #[test]
    fn it_is_over_with_its_administrator_and_when_sessions_are_ended() {
        let session = session();
        let now = session.began_at + Span::minutes(1);
        assert!(!session.is_live(&administrator(), now), "invited only");
        assert!(!session.is_live(&active().remove(now), now));
        assert!(session.is_live(&active(), now));
        assert!(!session.is_live(&active().end_sessions(session.began_at), now));
        let without = active().add_passkey(passkey("b")).unwrap().remove_passkey("a").unwrap();
        assert!(!session.is_live(&without, now), "its passkey is gone");
    }

    #[test]
    fn activity_is_noted_seldom() {
        let session = session();
        assert!(session.noted(session.began_at + Span::minutes(4)).is_none());
        let now = session.began_at + NOTED_EVERY;
        assert_eq!(session.noted(now).unwrap().active_at, now);
    }
}
