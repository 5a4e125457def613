//! What must not be shown is not in `Debug`. The samples have `hush` wherever something is nobody else's business.

use std::fmt::Debug;

use crate::answer::{Answer, SignedAnswer};
use crate::challenge::{Answering, Challenge, ChallengeState};
use crate::delivery::Delivery;
use crate::device::{Device, PushRegistration};
use crate::enrolment::Enrolment;
use crate::request_origin::{Credential, RequestOrigin};
use crate::samples::{
    at, callback, challenge, delivery, device, enrolment, evidence, identity_provider, identity_tokens,
    login, push_token, request_origin, signed, user_id,
};
use crate::secret::Secret;

/// How `value` is shown, briefly and at length.
fn shown(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

#[test]
fn no_debug_output_shows_what_must_not_be_shown() {
    let decided: Challenge = Challenge {
        state: ChallengeState::Answered {
            user: user_id(1),
            at: at(1),
            option: 0,
            evidence: Some(evidence()),
        },
        ..challenge()
    };
    let registered: Device = Device {
        push: PushRegistration::Registered { token: push_token("hush"), endpoint: "arn:a".into() },
        ..device()
    };
    let wanted = PushRegistration::Wanted { token: push_token("hush") };
    let answer: SignedAnswer = signed(Answer::Option(0));
    let (enrolment, delivery): (Enrolment, Delivery) = (enrolment(), delivery());
    let origin: RequestOrigin = request_origin();
    for text in [
        shown(&challenge()),
        shown(&decided),
        shown(&Answering::Decided(decided)),
        shown(&answer),
        shown(&evidence()),
        shown(&registered),
        shown(&wanted),
        shown(&enrolment),
        shown(&delivery),
        shown(&origin),
        shown(&identity_provider()),
        shown(&identity_tokens()),
        shown(&login()),
        shown(&Credential::Basic { salted_hash: "hush".into() }),
        shown(&Credential::Hmac { sealed: "hush".into() }),
        shown(&callback()),
        shown(&Secret::new("hush")),
    ] {
        assert!(!text.contains("hush"), "{text}");
    }
}

#[test]
fn a_matching_code_is_not_shown() {
    let challenge = challenge();
    let code = challenge.matching_code.as_ref().unwrap();
    for text in [shown(code), shown(&challenge)] {
        assert!(!text.contains(code.expose()), "{text}");
    }
}
