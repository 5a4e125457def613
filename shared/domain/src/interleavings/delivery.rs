use proptest::prelude::*;

use crate::delivery::{AttemptResult, DeliveryState, LEASE};
use crate::samples::{Fixed, at, delivery};
use crate::time::{Span, Timestamp};

/// More than the attempts that a replay keeps and that follow it.
const ATTEMPTS_MAX: usize = 50;

#[derive(Debug, Clone)]
enum Call {
    /// Somebody looks whether an attempt is due.
    Begin,
    /// The receiver answers the attempt that began this many attempts ago.
    Finish {
        back: usize,
        status: u16,
    },
    Replay,
}

fn calls() -> impl Strategy<Value = Vec<(Call, Span)>> {
    let status = prop_oneof![6 => Just(500), 1 => Just(200), 1 => Just(410), 1 => Just(302)];
    let call = prop_oneof![
        4 => Just(Call::Begin),
        4 => (prop_oneof![4 => Just(0), 1 => 1..3_usize], status)
            .prop_map(|(back, status)| Call::Finish { back, status }),
        1 => Just(Call::Replay),
    ];
    let lease = LEASE.as_millis();
    let pause = prop_oneof![Just(0), 0..lease, lease - 1..lease + 2, Just(30 * lease), Just(1000 * lease)];
    proptest::collection::vec((call, pause.prop_map(Span::millis)), 0..120)
}

proptest! {
    #[test]
    fn two_attempts_never_run_within_one_lease(calls in calls()) {
        let (mut delivery, mut now) = (delivery(), at(0));
        let mut running: Vec<Timestamp> = Vec::new();
        for (call, pause) in calls {
            now = now + pause;
            let old = delivery.state.clone();
            let tried = delivery.clone();
            let changed = match call {
                Call::Begin => {
                    let begun = tried.begin(now);
                    prop_assert_eq!(begun.is_ok(), delivery.is_due(now));
                    if begun.is_ok() {
                        let alive = running.iter().filter(|began| **began + LEASE > now).count();
                        prop_assert_eq!(alive, 0, "a second sender");
                        running.push(now);
                    }
                    begun
                }
                Call::Finish { back, status } => {
                    let Some(last) = running.len().checked_sub(back + 1) else { continue };
                    let began = running.remove(last);
                    let ended = tried.finish(AttemptResult::Status(status), began, now, &Fixed(0));
                    prop_assert_eq!(ended.is_ok() && back > 0, false, "a sender that was taken over");
                    ended
                }
                Call::Replay => tried.replay(now),
            };
            let Ok(new) = changed else { continue };
            if !matches!(old, DeliveryState::Due { .. }) {
                prop_assert!(matches!(call, Call::Replay), "{:?} changed an outcome", call);
            }
            prop_assert!(new.attempts.len() <= ATTEMPTS_MAX);
            let tries_left = !matches!(new.state, DeliveryState::Due { failures: 10.., .. });
            prop_assert!(tries_left);
            delivery = new;
        }
    }
}
