//! One-time links by which administrators get their first passkey, or access again.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::administrator::{Administrator, AdministratorState, Passkey};
use crate::id::{AdministratorId, CompanyId};
use crate::refused::Refused;
use crate::time::{Span, Timestamp};

/// How long a link works that goes to somebody else.
pub const INVITATION_LIFETIME: Span = Span::hours(24);
/// How long a link works that its administrator opens at once.
pub const ADD_PASSKEY_LIFETIME: Span = Span::minutes(10);

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
    /// When it was made.
    pub created_at: Timestamp,
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
    /// To have one more passkey.
    AddPasskey,
}

impl Purpose {
    /// How long such a link works.
    pub const fn lifetime(self) -> Span {
        match self {
            Self::Join | Self::Recover => INVITATION_LIFETIME,
            Self::AddPasskey => ADD_PASSKEY_LIFETIME,
        }
    }
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

    /// Whether it still lets `administrator` in: a later recovery, and whatever ends all sessions, ends links too.
    pub fn is_for(&self, administrator: &Administrator) -> bool {
        let in_state = match (self.purpose, administrator.state) {
            (_, AdministratorState::Removed) => false,
            (Purpose::Recover, _) => true,
            (Purpose::Join, state) => state == AdministratorState::Invited,
            (Purpose::AddPasskey, state) => state == AdministratorState::Active,
        };
        in_state
            && administrator.id == self.administrator
            && administrator.company == self.company
            && self.created_at >= administrator.sessions_from
    }

    /// The administrator with the passkey that was made by this link.
    pub fn admit(
        &self,
        administrator: Administrator,
        passkey: Passkey,
        now: Timestamp,
    ) -> Result<Administrator, Refused> {
        if !self.is_for(&administrator) {
            return Err(Refused::Unknown("invitation"));
        }
        match self.purpose {
            Purpose::Join => administrator.join(passkey),
            Purpose::Recover => administrator.recover(passkey, now),
            Purpose::AddPasskey => administrator.add_passkey(passkey),
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
    use crate::samples::{administrator, at, invitation, passkey};

    fn link(purpose: Purpose, created_at: Timestamp) -> Invitation {
        Invitation { purpose, created_at, ..invitation() }
    }

    #[test]
    fn a_link_is_used_once_and_in_time() {
        let used = invitation().take(at(1)).unwrap();
        assert_eq!(used.state(), "used");
        assert_eq!(used.take(at(2)).unwrap_err(), Refused::Unknown("invitation"));
        let end = invitation().expires_at;
        assert!(invitation().open(end - Span::millis(1)).is_ok());
        assert!(invitation().open(end).is_err() && invitation().take(end).is_err());
    }

    #[test]
    fn each_purpose_has_its_states() {
        let invited = administrator();
        let active = invited.clone().join(passkey("a")).unwrap();
        let removed = active.clone().remove(at(0));
        for (purpose, expected) in [
            (Purpose::Join, [true, false, false]),
            (Purpose::Recover, [true, true, false]),
            (Purpose::AddPasskey, [false, true, false]),
        ] {
            let link = link(purpose, at(0));
            assert_eq!([&invited, &active, &removed].map(|someone| link.is_for(someone)), expected);
        }
        let other = Administrator { id: AdministratorId::from_bytes([7; 16]), ..active };
        assert!(!link(Purpose::Recover, at(0)).is_for(&other));
    }

    #[test]
    fn a_recovery_ends_the_links_before_it() {
        let lost = administrator().join(passkey("a")).unwrap();
        let recovered = link(Purpose::Recover, at(3)).admit(lost, passkey("b"), at(5)).unwrap();
        for purpose in [Purpose::Join, Purpose::Recover, Purpose::AddPasskey] {
            let refused = link(purpose, at(4)).admit(recovered.clone(), passkey("c"), at(6)).unwrap_err();
            assert_eq!(refused, Refused::Unknown("invitation"));
        }
        let more = link(Purpose::AddPasskey, at(5)).admit(recovered, passkey("c"), at(6)).unwrap();
        assert_eq!(more.passkeys.len(), 2);
    }
}
