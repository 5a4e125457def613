//! On which day each user last acted on a challenge: what the number of active users is made of.

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::event::EventKind;
use crate::id::{AppSpaceId, UserId};

/// A user's last day of activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastActive {
    /// Where the user belongs.
    pub app_space: AppSpaceId,
    /// Who.
    pub user: UserId,
    /// The day for which the user counts; none once revoked, for ever.
    pub day: Option<Day>,
}

/// What becomes of a user's mark, and of the counts of days.
#[derive(Debug, PartialEq, Eq)]
pub struct Moved {
    /// The mark from now on.
    pub mark: LastActive,
    /// The day for which the user counts no more.
    pub from: Option<Day>,
    /// The day for which the user counts now.
    pub to: Option<Day>,
}

/// Whether `event` of a challenge is something that its user did.
pub fn is_activity(event: EventKind) -> bool {
    matches!(
        event,
        EventKind::ChallengeClaimed
            | EventKind::ChallengeWrongCode
            | EventKind::ChallengeAnswered
            | EventKind::ChallengeDeclined
            | EventKind::ChallengeNotMe
            | EventKind::ChallengeFailed
    )
}

impl LastActive {
    /// The user acted on `day`; nothing changes for who acted then or later, as is known, or is revoked.
    pub fn acted(known: Option<&Self>, (app_space, user): (AppSpaceId, UserId), day: Day) -> Option<Moved> {
        let from = match known {
            None => None,
            Some(Self { day: None, .. }) => return None,
            Some(Self { day: Some(last), .. }) if *last >= day => return None,
            Some(Self { day: last, .. }) => *last,
        };
        Some(Moved { mark: Self { app_space, user, day: Some(day) }, from, to: Some(day) })
    }

    /// The user was revoked, and counts no more.
    pub fn revoked(known: Option<&Self>, (app_space, user): (AppSpaceId, UserId)) -> Option<Moved> {
        if known.is_some_and(|known| known.day.is_none()) {
            return None;
        }
        let from = known.and_then(|known| known.day);
        Some(Moved { mark: Self { app_space, user, day: None }, from, to: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{app_space_id, at, user_id};

    #[test]
    fn a_user_counts_for_the_last_day_alone() {
        let (who, today) = ((app_space_id(), user_id(1)), Day::of(at(0)));
        let first = LastActive::acted(None, who, today.back(2)).unwrap();
        assert_eq!((first.from, first.to), (None, Some(today.back(2))));
        let later = LastActive::acted(Some(&first.mark), who, today).unwrap();
        assert_eq!((later.from, later.to), (Some(today.back(2)), Some(today)));
        assert_eq!(LastActive::acted(Some(&later.mark), who, today), None);
        assert_eq!(LastActive::acted(Some(&later.mark), who, today.back(1)), None, "told late");
    }

    #[test]
    fn who_is_revoked_counts_no_more() {
        let (who, today) = ((app_space_id(), user_id(1)), Day::of(at(0)));
        let known = LastActive::acted(None, who, today).unwrap().mark;
        let revoked = LastActive::revoked(Some(&known), who).unwrap();
        assert_eq!((revoked.from, revoked.to), (Some(today), None));
        assert_eq!(LastActive::acted(Some(&revoked.mark), who, today), None);
        assert_eq!(LastActive::revoked(Some(&revoked.mark), who), None);
        let never_active = LastActive::revoked(None, who).unwrap();
        assert_eq!((never_active.from, never_active.mark), (None, revoked.mark));
    }
}
