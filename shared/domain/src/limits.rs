//! Limits against push bombing: how often one user may be asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::app_space::Policy;
use crate::id::ChallengeId;
use crate::refused::Refused;
use crate::time::{Span, Timestamp};

/// What was asked of one user of late.
///
/// Bounded: at most [`Policy::pending_max`] challenges and [`Policy::pushes_max`] pushes are remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Undecided challenges and when each expires.
    pending: BTreeMap<ChallengeId, Timestamp>,
    /// When the last pushes went out, oldest first.
    pushes: Vec<Timestamp>,
    /// After a `not_me`: no question before then.
    cool_down_until: Option<Timestamp>,
}

impl Limits {
    /// Admits one more challenge, or says how long to wait.
    pub fn admit(
        mut self,
        policy: &Policy,
        now: Timestamp,
        challenge: ChallengeId,
        expires_at: Timestamp,
        push: bool,
    ) -> Result<Self, Refused> {
        self.pending.retain(|_, expires_at| *expires_at > now);
        self.pushes.retain(|at| *at + policy.push_window > now);
        if let Some(until) = self.cool_down_until.filter(|until| *until > now) {
            return Err(Refused::TooMany {
                limit: "this user is not to be asked right now",
                retry_after: until - now,
            });
        }
        self.cool_down_until = None;
        let pending = self.pending.values().copied();
        if let Some(retry_after) = wait(pending, policy.pending_max, now) {
            let limit = "this user has too many undecided challenges";
            return Err(Refused::TooMany { limit, retry_after });
        }
        if push {
            let pushes = self.pushes.iter().map(|at| *at + policy.push_window);
            if let Some(retry_after) = wait(pushes, policy.pushes_max, now) {
                return Err(Refused::TooMany { limit: "this user got too many pushes", retry_after });
            }
            self.pushes.push(now);
        }
        self.pending.insert(challenge, expires_at);
        Ok(self)
    }

    /// Undecided challenges.
    pub fn pending(&self) -> impl Iterator<Item = ChallengeId> {
        self.pending.keys().copied()
    }

    /// After a challenge found its outcome.
    pub fn decided(mut self, challenge: ChallengeId) -> Self {
        self.pending.remove(&challenge);
        self
    }

    /// After a `not_me`.
    pub fn cool_down(mut self, policy: &Policy, now: Timestamp) -> Self {
        self.cool_down_until = Some(now + policy.cool_down);
        self
    }
}

/// How long until one more than what ends at `ends` fits into `max`; nothing if it fits now.
///
/// There are more than `max` where the policy was made stricter: then all that are too many must end.
fn wait(ends: impl Iterator<Item = Timestamp>, max: u32, now: Timestamp) -> Option<Span> {
    let mut ends: Vec<_> = ends.collect();
    ends.sort_unstable();
    let surplus = ends.len().checked_sub(max as usize)?;
    Some(ends.get(surplus).map_or(Span::millis(0), |end| *end - now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::Fixed;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn admit(limits: Limits, secs: i64, lifetime: i64, push: bool) -> Result<Limits, Refused> {
        let id = ChallengeId::new(Timestamp::from_millis(secs * 1000 + lifetime), &Fixed(0));
        limits.admit(&Policy::default(), at(secs), id, at(secs + lifetime), push)
    }

    fn wait(result: Result<Limits, Refused>) -> Span {
        match result {
            Err(Refused::TooMany { retry_after, .. }) => retry_after,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_sixth_undecided_challenge_waits_for_the_first_to_end() {
        let mut limits = Limits::default();
        for second in 0..5 {
            limits = admit(limits, second, 300, false).unwrap();
        }
        assert_eq!(wait(admit(limits.clone(), 10, 300, false)), Span::secs(290));
        assert!(admit(limits.clone(), 300, 300, false).is_ok());
        let first = limits.pending().next().unwrap();
        assert!(admit(limits.decided(first), 10, 300, false).is_ok());
    }

    #[test]
    fn the_eleventh_push_waits_for_the_window() {
        let mut limits = Limits::default();
        for second in 0..10 {
            limits = admit(limits, second * 2, 1, true).unwrap();
        }
        assert_eq!(wait(admit(limits.clone(), 100, 1, true)), Span::secs(500));
        assert!(admit(limits.clone(), 100, 1, false).is_ok(), "without a push there is nothing to bomb with");
        assert!(admit(limits, 600, 1, true).is_ok());
    }

    #[test]
    fn a_report_gives_peace_for_a_while() {
        let limits = Limits::default().cool_down(&Policy::default(), at(0));
        assert_eq!(wait(admit(limits.clone(), 60, 300, true)), Span::secs(240));
        assert!(admit(limits, 300, 300, true).is_ok());
    }

    #[test]
    fn under_a_stricter_policy_all_that_are_too_many_must_end() {
        let mut limits = Limits::default();
        for second in 0..4 {
            limits = admit(limits, second, 300, true).unwrap();
        }
        let id = ChallengeId::new(at(10), &Fixed(0));
        let two = Policy { pending_max: 2, ..Policy::default() };
        let refused = limits.clone().admit(&two, at(10), id, at(310), true);
        assert_eq!(wait(refused), Span::secs(292), "the third of four ends at 302");
        let two = Policy { pushes_max: 2, ..Policy::default() };
        assert_eq!(wait(limits.admit(&two, at(10), id, at(310), true)), Span::secs(592));
    }
}
