//! Each transition of a challenge, allowed and refused.

use super::*;
use crate::samples::{
    EXPIRY, Fixed, account_id, at, callback, challenge, claimable, device_id, evidence, signed, user_id,
};

const APPROVE: Answer = Answer::Option(0);
const REJECT: Answer = Answer::Option(1);
const CANCELLED: Answer = Answer::Decline(DeclineReason::Cancelled);

fn unknown<T>() -> Result<T, Refused> {
    Err(Refused::Unknown("challenge"))
}

fn is<T>(what: &'static str, state: &'static str) -> Result<T, Refused> {
    Err(Refused::WrongState { what, state })
}

fn invalid<T>(field: &'static str, problem: &'static str) -> Result<T, Refused> {
    Err(Invalid::new(field, problem).into())
}

fn state(result: Result<Challenge, Refused>) -> Result<ChallengeState, Refused> {
    result.map(|challenge| challenge.state)
}

/// The state after user 1 answered at 1, whatever became of it.
fn answered(challenge: Challenge, signed: SignedAnswer) -> Result<ChallengeState, Refused> {
    challenge.answer(user_id(1), signed, at(1)).map(|answering| match answering {
        Answering::Decided(challenge)
        | Answering::WrongCode { challenge, .. }
        | Answering::Failed(challenge) => challenge.state,
    })
}

fn with_code(answer: Answer, code: CodeCheck) -> SignedAnswer {
    SignedAnswer { code, ..signed(answer) }
}

fn weak(answer: Answer, code: CodeCheck) -> SignedAnswer {
    SignedAnswer { strong: false, ..with_code(answer, code) }
}

fn taken(option: usize) -> Result<ChallengeState, Refused> {
    Ok(ChallengeState::Answered { user: user_id(1), at: at(1), option, evidence: Some(evidence()) })
}

fn declined(reason: DeclineReason) -> Result<ChallengeState, Refused> {
    Ok(ChallengeState::Declined { user: user_id(1), at: at(1), reason, evidence: evidence() })
}

/// All options with the weak key.
fn all_weak() -> Challenge {
    let mut challenge = challenge();
    challenge.options.iter_mut().for_each(|option| option.strong_auth = false);
    challenge
}

/// One challenge of each outcome.
fn decided() -> Vec<Challenge> {
    let user = user_id(1);
    [
        ChallengeState::Answered { user, at: at(1), option: 0, evidence: Some(evidence()) },
        ChallengeState::Declined { user, at: at(1), reason: DeclineReason::NotMe, evidence: evidence() },
        ChallengeState::Failed { user, at: at(1), device: Some(device_id(1)) },
        ChallengeState::Cancelled { user: Some(user), at: at(1) },
        ChallengeState::Expired { user: Some(user), at: at(1) },
    ]
    .map(|state| Challenge { state, ..challenge() })
    .into()
}

#[test]
fn it_expires_to_the_millisecond() {
    let (open, over) = (at(EXPIRY - 1), at(EXPIRY));
    assert!(challenge().at(open).state.is_open());
    let expired = ChallengeState::Expired { user: Some(user_id(1)), at: over };
    assert_eq!(challenge().at(over).state, expired);
    assert_eq!(claimable().at(over).state, ChallengeState::Expired { user: None, at: over });

    assert_eq!(state(challenge().expire(open)), is("challenge", "pending"));
    assert_eq!(state(claimable().expire(open)), is("challenge", "claimable"));
    assert_eq!(state(challenge().expire(over)), Ok(expired));

    assert!(challenge().cancel(open).is_ok());
    assert_eq!(state(challenge().cancel(over)), is("request", "expired"));

    assert!(challenge().answer(user_id(1), signed(APPROVE), open).is_ok());
    let late = challenge().answer(user_id(1), signed(APPROVE), over).map(|_| ());
    assert_eq!(late, is("challenge", "expired"));

    let claim = |now| claimable().claim(user_id(1), account_id("ann"), now);
    assert!(claim(open).is_ok());
    assert_eq!(state(claim(over)), unknown());
}

#[test]
fn an_outcome_is_for_ever() {
    for decided in decided() {
        let name = decided.state.name();
        assert_eq!(decided.clone().at(at(EXPIRY)).state, decided.state);
        assert_eq!(state(decided.clone().expire(at(EXPIRY))), is("challenge", name));
        assert_eq!(state(decided.clone().cancel(at(2))), is("request", name));
        assert_eq!(answered(decided.clone(), signed(APPROVE)), is("challenge", name));
        assert_eq!(state(decided.claim(user_id(1), account_id("ann"), at(2))), unknown());
    }
}

#[test]
fn whoever_claims_it_is_asked_and_nobody_else() {
    let claimed = claimable().claim(user_id(2), account_id("bob"), at(1)).unwrap();
    assert_eq!(claimed.state, ChallengeState::Pending { user: user_id(2), wrong_codes: 0 });
    assert_eq!(claimed.account_id, Some(account_id("bob")));
    assert_eq!(answered(claimed.clone(), signed(APPROVE)), unknown());
    assert_eq!(state(claimed.claim(user_id(1), account_id("ann"), at(2))), unknown());
    assert_eq!(state(challenge().claim(user_id(1), account_id("ann"), at(1))), unknown());
}

#[test]
fn an_unclaimed_one_has_nobody_who_could_answer() {
    assert_eq!(answered(claimable(), signed(APPROVE)), unknown());
    assert_eq!(claimable().user(), None);
}

#[test]
fn the_request_origin_takes_an_open_one_back() {
    let cancelled = |user| Ok(ChallengeState::Cancelled { user, at: at(1) });
    assert_eq!(state(challenge().cancel(at(1))), cancelled(Some(user_id(1))));
    assert_eq!(state(claimable().cancel(at(1))), cancelled(None));
}

#[test]
fn its_user_takes_an_option_or_declines() {
    assert_eq!(answered(challenge(), signed(APPROVE)), taken(0));
    assert_eq!(answered(challenge(), signed(REJECT)), taken(1));
    assert_eq!(answered(challenge(), signed(CANCELLED)), declined(DeclineReason::Cancelled));
    let not_me = Answer::Decline(DeclineReason::NotMe);
    assert_eq!(answered(challenge(), signed(not_me)), declined(DeclineReason::NotMe));
}

#[test]
fn another_user_gets_no_word_about_it() {
    for challenge in decided().into_iter().chain([challenge()]) {
        let foreign = challenge.answer(user_id(2), signed(APPROVE), at(1)).map(|_| ());
        assert_eq!(foreign, unknown());
    }
}

#[test]
fn an_option_that_is_not_there_cannot_be_taken() {
    for index in [2, usize::MAX] {
        let refused = invalid("answer", "is not the index of an option");
        assert_eq!(answered(challenge(), signed(Answer::Option(index))), refused);
    }
}

#[test]
fn a_strong_option_takes_the_strong_key_whatever_the_code() {
    let refused = invalid("answer", "must be signed by the strong key");
    for code in [CodeCheck::Right, CodeCheck::Wrong, CodeCheck::Absent] {
        assert_eq!(answered(challenge(), weak(APPROVE, code)), refused, "{code:?}");
    }
    assert_eq!(answered(challenge(), weak(REJECT, CodeCheck::Absent)), taken(1));
    assert_eq!(answered(all_weak(), weak(APPROVE, CodeCheck::Right)), taken(0));
}

#[test]
fn a_missing_code_is_asked_for_and_not_counted() {
    let refused = invalid("code", "is missing: this answer needs the matching code");
    assert_eq!(answered(challenge(), with_code(APPROVE, CodeCheck::Absent)), refused);
    assert_eq!(answered(all_weak(), weak(REJECT, CodeCheck::Absent)), refused);
}

#[test]
fn whoever_has_no_code_can_still_press_a_weak_button_or_decline() {
    for code in [CodeCheck::Absent, CodeCheck::Wrong] {
        assert_eq!(answered(challenge(), weak(REJECT, code)), taken(1));
        for challenge in [challenge(), all_weak()] {
            assert_eq!(answered(challenge, weak(CANCELLED, code)), declined(DeclineReason::Cancelled));
        }
    }
}

#[test]
fn without_a_matching_code_none_is_compared() {
    for code in [CodeCheck::Absent, CodeCheck::Wrong] {
        let challenge = Challenge { matching_code: None, ..challenge() };
        assert_eq!(answered(challenge, with_code(APPROVE, code)), taken(0));
    }
}

#[test]
fn wrong_codes_are_counted_until_the_last_one_fails_it() {
    for mut challenge in [challenge(), all_weak()] {
        for wrong_codes in 1..=2 {
            let answering =
                challenge.answer(user_id(1), with_code(APPROVE, CodeCheck::Wrong), at(1)).unwrap();
            let Answering::WrongCode { challenge: tried, attempts_left } = answering else {
                panic!("{answering:?}")
            };
            assert_eq!(tried.state, ChallengeState::Pending { user: user_id(1), wrong_codes });
            assert_eq!(attempts_left, 3 - wrong_codes);
            challenge = tried;
        }
        let right = answered(challenge.clone(), with_code(APPROVE, CodeCheck::Right));
        assert_eq!(right, taken(0), "until then the right one is right");
        let last = challenge.answer(user_id(1), with_code(APPROVE, CodeCheck::Wrong), at(1)).unwrap();
        let Answering::Failed(failed) = last else { panic!("{last:?}") };
        let state = ChallengeState::Failed { user: user_id(1), at: at(1), device: Some(device_id(1)) };
        assert_eq!(failed.state, state);
    }
}

#[test]
fn a_wrong_code_that_is_sent_again_is_not_counted_again() {
    let sent = with_code(APPROVE, CodeCheck::Wrong);
    let first = challenge().answer(user_id(1), sent.clone(), at(1)).unwrap();
    let Answering::WrongCode { challenge: tried, attempts_left: 2 } = first else { panic!("{first:?}") };
    let again = tried.clone().answer(user_id(1), sent, at(2)).unwrap();
    let Answering::WrongCode { challenge: same, attempts_left: 2 } = again else { panic!("{again:?}") };
    assert_eq!((same.state, same.wrong_answers), (tried.state, tried.wrong_answers));
}

#[test]
fn the_count_does_not_turn_over() {
    for (wrong_codes_max, wrong_codes) in [(0, 0), (1, 0), (255, 254), (255, 255)] {
        let pending = ChallengeState::Pending { user: user_id(1), wrong_codes };
        let challenge = Challenge { wrong_codes_max, state: pending, ..challenge() };
        let state = answered(challenge, with_code(APPROVE, CodeCheck::Wrong)).unwrap();
        assert_eq!(state.name(), "failed");
    }
}

#[test]
fn the_answer_that_counted_is_known_again() {
    let [answered, declined, ..] = &decided()[..] else { panic!("the outcomes") };
    for challenge in [answered, declined] {
        assert!(challenge.has_taken("hush.hush.hush"));
        assert!(!challenge.has_taken("hush.hush.other") && !challenge.has_taken(""));
    }
    for challenge in decided()[2..].iter().chain([&challenge(), &claimable()]) {
        assert!(!challenge.has_taken("hush.hush.hush") && challenge.evidence().is_none());
    }
}

#[test]
fn a_receipt_joins_the_evidence_and_nothing_else() {
    for challenge in decided().into_iter().chain([challenge(), claimable()]) {
        let attested = challenge.clone().attest("receipt".into());
        let receipt = attested.evidence().and_then(|evidence| evidence.receipt.as_deref());
        assert_eq!(receipt, challenge.evidence().map(|_| "receipt"));
        if challenge.evidence().is_none() {
            assert_eq!(attested.state, challenge.state);
        }
    }
}

#[test]
fn an_outcome_says_when_and_whose() {
    for challenge in decided() {
        assert_eq!((challenge.decided_at(), challenge.user()), (Some(at(1)), Some(user_id(1))));
    }
    assert_eq!((challenge().decided_at(), claimable().decided_at()), (None, None));
}

#[test]
fn a_transition_changes_nothing_of_the_question() {
    let answering = challenge().answer(user_id(1), signed(APPROVE), at(1)).unwrap();
    let Answering::Decided(decided) = answering else { panic!("{answering:?}") };
    for changed in [decided, challenge().cancel(at(1)).unwrap(), challenge().at(at(EXPIRY))] {
        assert_eq!(changed.document, challenge().document);
        assert_eq!(changed.expires_at, challenge().expires_at);
        assert_eq!(changed.callback, Some(callback()));
    }
}

#[test]
fn a_matching_code_has_six_digits() {
    assert_eq!(MatchingCode::new(&Fixed(0)).expose(), "000000");
    let code = MatchingCode::new(&Fixed(0x42));
    assert!(code.expose().len() == 6 && code.expose().bytes().all(|digit| digit.is_ascii_digit()));
}

/// Without a matching code: what an app of the Authenticator API can answer.
fn plain() -> Challenge {
    Challenge { matching_code: None, ..challenge() }
}

fn option(title: &str, strong_auth: bool) -> AnswerOption {
    AnswerOption { title: title.into(), strong_auth, style: None }
}

fn approval(channel: Channel) -> Approval {
    Approval {
        channel,
        message: None,
        prompt: false,
        audience: crate::approval::Audience::Only(device_id(1)),
        token_key: "k1".into(),
        sms: None,
        web_authn: None,
    }
}

#[test]
fn what_is_a_yes_or_a_no_is_for_authenticators() {
    let yes_or_no = |options: &[(&str, bool)]| {
        let options = options.iter().map(|(title, strong)| option(title, *strong)).collect();
        Challenge { options, ..plain() }.is_for_authenticator(device_id(1))
    };
    assert!(yes_or_no(&[("Pay", true)]) && yes_or_no(&[("Pay", true), ("Do not", false)]));
    for options in [
        &[][..],
        &[("Pay", false)],
        &[("Card 1", true), ("Card 2", true)],
        &[("Card 1", false), ("Card 2", false)],
        &[("No", false), ("Yes", true)],
        &[("Yes", true), ("No", false), ("Later", false)],
    ] {
        assert!(!yes_or_no(options), "{options:?}");
    }
    assert!(!challenge().is_for_authenticator(device_id(1)), "it could not ask for a matching code");
}

#[test]
fn an_approval_is_for_authenticators_where_an_app_is_asked() {
    for (channel, is_for) in
        [(Channel::App, true), (Channel::Push, true), (Channel::Sms, false), (Channel::Fido2, false)]
    {
        let challenge = Challenge { approval: Some(approval(channel)), ..plain() };
        assert_eq!(challenge.is_for_authenticator(device_id(1)), is_for, "{channel:?}");
        assert!(!challenge.is_for_authenticator(device_id(2)), "it is for another device");
    }
}

#[test]
fn what_a_bank_encrypted_is_for_the_apps_that_it_encrypted_it_for() {
    let envelope = |number| crate::relayed::DeviceEnvelope {
        device: device_id(number),
        key: String::new(),
        iv: String::new(),
        data: String::new(),
    };
    let relayed = Relayed { action_id: "7".into(), envelopes: vec![envelope(2)] };
    let challenge = Challenge { relayed: Some(relayed), ..plain() };
    assert!(challenge.is_for_authenticator(device_id(2)) && !challenge.is_for_authenticator(device_id(1)));
}

#[test]
fn a_no_is_the_option_that_says_so_else_a_decline() {
    assert_eq!(plain().no(), REJECT);
    assert_eq!(Challenge { options: vec![option("Pay", true)], ..plain() }.no(), CANCELLED);
    assert_eq!(Challenge { approval: Some(approval(Channel::Push)), ..plain() }.no(), CANCELLED);
}
