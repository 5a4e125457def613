use proptest::prelude::*;

use crate::answer::{Answer, CodeCheck, DeclineReason, SignedAnswer};
use crate::challenge::{Answering, Challenge, ChallengeState};
use crate::event::EventKind;
use crate::samples::{EXPIRY, account_id, at, challenge, claimable, signed, user_id};
use crate::time::Timestamp;

#[derive(Debug, Clone)]
enum Call {
    Claim { user: u8 },
    Answer { user: u8, answer: Answer, strong: bool, code: CodeCheck },
    Cancel,
    Expire,
    Look,
    Attest,
}

fn calls() -> impl Strategy<Value = Vec<(Call, Timestamp)>> {
    let answer = prop_oneof![
        4 => (0..3_usize).prop_map(Answer::Option),
        1 => prop_oneof![Just(DeclineReason::Cancelled), Just(DeclineReason::NotMe)].prop_map(Answer::Decline),
    ];
    let code =
        prop_oneof![1 => Just(CodeCheck::Absent), 1 => Just(CodeCheck::Right), 3 => Just(CodeCheck::Wrong)];
    let answer = (1..3_u8, answer, any::<bool>(), code)
        .prop_map(|(user, answer, strong, code)| Call::Answer { user, answer, strong, code });
    let call = prop_oneof![
        2 => (1..3_u8).prop_map(|user| Call::Claim { user }),
        8 => answer,
        1 => prop_oneof![Just(Call::Cancel), Just(Call::Expire), Just(Call::Look), Just(Call::Attest)],
    ];
    let time = prop_oneof![8 => 0..EXPIRY, 2 => EXPIRY - 2..EXPIRY + 2, 1 => any::<i64>()];
    proptest::collection::vec((call, time.prop_map(at)), 0..24)
}

fn asked() -> impl Strategy<Value = Challenge> {
    let base = any::<bool>().prop_map(|claimed| if claimed { challenge() } else { claimable() });
    (base, 0..5_u8, any::<bool>(), any::<bool>()).prop_map(|(mut asked, max, has_code, has_strong)| {
        asked.wrong_codes_max = max;
        asked.matching_code = asked.matching_code.filter(|_| has_code);
        asked.options[0].strong_auth = has_strong;
        asked
    })
}

/// The challenge after the call, if it was not refused.
fn apply(challenge: Challenge, call: Call, now: Timestamp) -> Option<Challenge> {
    match call {
        Call::Claim { user } => challenge.claim(user_id(user), account_id("ann"), now).ok(),
        Call::Cancel => challenge.cancel(now).ok(),
        Call::Expire => challenge.expire(now).ok(),
        Call::Look => Some(challenge.at(now)),
        Call::Attest => Some(challenge.attest("receipt".into())),
        Call::Answer { user, answer, strong, code } => {
            let signed = SignedAnswer { strong, code, ..signed(answer) };
            challenge.answer(user_id(user), signed, now).ok().map(|answering| match answering {
                Answering::Decided(challenge)
                | Answering::WrongCode { challenge, .. }
                | Answering::Failed(challenge) => challenge,
            })
        }
    }
}

/// The state without the receipt: that is only about the outcome.
fn bare(challenge: &Challenge) -> ChallengeState {
    challenge.clone().attest(String::new()).state
}

proptest! {
    #[test]
    fn it_finds_exactly_one_outcome(asked in asked(), calls in calls()) {
        let mut events = vec![EventKind::of_challenge(None, &asked)];
        let mut challenge = asked;
        for (call, now) in calls.into_iter().chain([(Call::Expire, at(i64::MAX))]) {
            let (was_call, old) = (call.clone(), challenge.clone());
            let Some(new) = apply(challenge.clone(), call, now) else { continue };
            if !old.state.is_open() {
                prop_assert_eq!(bare(&new), bare(&old), "{:?} changed an outcome", was_call);
            } else if now >= old.expires_at && !matches!(was_call, Call::Attest) {
                prop_assert_eq!(new.state.name(), "expired", "{:?} came too late", was_call);
            }
            if let ChallengeState::Pending { wrong_codes, .. } = new.state {
                prop_assert!(wrong_codes < new.wrong_codes_max.max(1));
            }
            if old.user().is_some() {
                prop_assert_eq!(new.user(), old.user(), "it is asked of one user only");
            }
            events.push(EventKind::of_challenge(Some(&old), &new));
            challenge = new;
        }
        prop_assert!(!challenge.state.is_open());

        let events: Vec<_> = events.into_iter().flatten().collect();
        let count = |kind| events.iter().filter(|event| **event == kind).count();
        prop_assert_eq!(events.iter().filter(|event| event.is_outcome()).count(), 1, "{:?}", events);
        prop_assert!(events.last().unwrap().is_outcome());
        prop_assert_eq!(count(EventKind::ChallengeCreated), 1);
        prop_assert!(count(EventKind::ChallengeClaimed) <= 1);
        // The last wrong code is told as the failure.
        let failed = count(EventKind::ChallengeFailed);
        let wrong_codes = count(EventKind::ChallengeWrongCode) + failed;
        prop_assert!(wrong_codes <= usize::from(challenge.wrong_codes_max.max(1)));
        prop_assert!(failed == 0 || challenge.matching_code.is_some());
    }

    #[test]
    fn a_strong_option_is_never_taken_without_strong_key_and_code(asked in asked(), calls in calls()) {
        let mut challenge = asked;
        for (call, now) in calls {
            let Some(new) = apply(challenge.clone(), call.clone(), now) else { continue };
            let was_open = challenge.state.is_open();
            if let (true, ChallengeState::Answered { option, user, .. }) = (was_open, &new.state) {
                let Call::Answer { user: by, answer, strong, code } = call else { panic!("{call:?} answered") };
                prop_assert_eq!((*user, Answer::Option(*option)), (user_id(by), answer));
                prop_assert!(strong || !new.options[*option].strong_auth);
                let compared = new.matching_code.is_some() && new.wants_code(*option);
                prop_assert!(!compared || code == CodeCheck::Right);
            }
            challenge = new;
        }
    }
}
