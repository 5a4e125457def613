use proptest::prelude::*;

use crate::app_space::Policy;
use crate::id::ChallengeId;
use crate::limits::Limits;
use crate::refused::Refused;
use crate::samples::{Fixed, at};
use crate::time::{Span, Timestamp};

#[derive(Debug, Clone)]
enum Call {
    Ask { lifetime: i64, push: bool },
    Decide(usize),
    NotMe,
}

fn calls() -> impl Strategy<Value = Vec<(Call, i64)>> {
    let ask = (1..100_i64, any::<bool>()).prop_map(|(lifetime, push)| Call::Ask { lifetime, push });
    let call = prop_oneof![12 => ask, 3 => any::<usize>().prop_map(Call::Decide), 1 => Just(Call::NotMe)];
    proptest::collection::vec((call, 0..20_i64), 0..64)
}

proptest! {
    #[test]
    fn never_more_than_the_policy_allows(pending_max in 0..5_u32, pushes_max in 0..5_u32, calls in calls()) {
        let policy = Policy {
            pending_max,
            pushes_max,
            push_window: Span::millis(60),
            cool_down: Span::millis(40),
            ..Policy::default()
        };
        let (mut limits, mut now) = (Limits::default(), at(0));
        let mut open: Vec<(ChallengeId, Timestamp)> = Vec::new();
        let (mut pushes, mut quiet_until) = (Vec::new(), at(0));
        for (step, (call, pause)) in calls.into_iter().enumerate() {
            now = now + Span::millis(pause);
            open.retain(|(_, expires_at)| *expires_at > now);
            pushes.retain(|pushed| *pushed + policy.push_window > now);
            match call {
                Call::Ask { lifetime, push } => {
                    let id = ChallengeId::new(at(step.try_into().unwrap()), &Fixed(0));
                    let expires_at = now + Span::millis(lifetime);
                    let room = open.len() < pending_max as usize
                        && !(push && pushes.len() >= pushes_max as usize)
                        && now >= quiet_until;
                    match limits.clone().admit(&policy, now, id, expires_at, push) {
                        Ok(admitted) => {
                            prop_assert!(room);
                            open.push((id, expires_at));
                            pushes.extend(push.then_some(now));
                            limits = admitted;
                        }
                        Err(Refused::TooMany { limit, retry_after }) => {
                            prop_assert!(!room);
                            let then = now + retry_after;
                            let again = limits.clone().admit(&policy, then, id, then + Span::millis(1), push);
                            let same = matches!(again, Err(Refused::TooMany { limit: other, .. }) if other == limit);
                            prop_assert!(!same || pending_max == 0 || pushes_max == 0, "waiting helps");
                        }
                        Err(other) => prop_assert!(false, "{:?}", other),
                    }
                }
                Call::Decide(which) if !open.is_empty() => {
                    limits = limits.decided(open.remove(which % open.len()).0);
                }
                Call::Decide(_) => {}
                Call::NotMe => {
                    limits = limits.cool_down(&policy, now);
                    quiet_until = now + policy.cool_down;
                }
            }
            // What is over is forgotten with the next question, so what is remembered may be more than is open.
            prop_assert!(limits.pending().count() <= pending_max as usize);
            prop_assert!(open.iter().all(|(id, _)| limits.pending().any(|known| known == *id)));
        }
    }
}
