//! Which signatures count.

use countersign_crypto::encoding::base64url;
use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::time::Clock;
use countersign_tests::device::challenges::{AnswerClaims, TYP, answer_path};
use countersign_tests::device::keys::KeyRole;
use reqwest::Method;
use serde_json::{Value, json};

use super::Question;
use crate::device_calls::{call, call_with, refusal, refused, send};

const APPROVE: Answer = Answer::Option(0);
const REJECT: Answer = Answer::Option(1);

/// It is refused for this field, and the question stays open.
async fn refuses(question: &Question, jws: &str, field: &str) {
    assert_eq!(refused(question.send(jws).await, 400, "invalid_field").as_deref(), Some(field), "{jws}");
    assert_eq!(question.status().await, "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strong_button_needs_the_strong_key() {
    let question = Question::new().await;
    let claims = question.claims(APPROVE);
    refuses(&question, &question.sign(KeyRole::Auth, &claims), "answer").await;
    question.say(KeyRole::Strong, &claims).await.unwrap();
    assert_eq!(question.outcome().await["buttonSelected"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_button_and_a_decline_take_either_key() {
    for role in [KeyRole::Auth, KeyRole::Strong] {
        let question = Question::new().await;
        question.say(role, &question.claims(REJECT)).await.unwrap();
        assert_eq!(question.outcome().await["buttonSelected"], 1);
        let question = Question::new().await;
        question.say(role, &question.claims(Answer::Decline(DeclineReason::Cancelled))).await.unwrap();
        assert_eq!(question.status().await, "declined");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_must_be_one_of_those_that_are_offered() {
    let question = Question::new().await;
    let approve = serde_json::to_value(question.claims(APPROVE)).unwrap();
    for answer in [
        json!(2),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(-1),
        json!(0.5),
        json!("0"),
        json!("approve"),
        Value::Null,
    ] {
        let mut claims = approve.clone();
        claims["answer"] = answer;
        refuses(&question, &question.sign(KeyRole::Strong, &claims), "answer").await;
    }
    for missing in ["challenge", "digest", "answer", "nonce", "iat"] {
        let mut claims = approve.clone();
        claims.as_object_mut().unwrap().remove(missing);
        refuses(&question, &question.sign(KeyRole::Strong, &claims), "answer").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_another_challenge_or_document_is_refused() {
    let question = Question::new().await;
    question.world.clock.turn(countersign_domain::time::Span::millis(1));
    question.world.ask("ann").await;
    let other = question.device.challenges().await.unwrap().remove(1);
    assert_ne!(other.guid, question.challenge.guid);
    let changes: [&dyn Fn(&mut AnswerClaims); 4] = [
        &|claims| claims.challenge = other.guid.to_string(),
        &|claims| claims.digest = other.digest.to_string(),
        &|claims| claims.nonce = other.nonce.clone().unwrap(),
        &|claims| *claims = other.claims(REJECT, None, question.world.clock.now()).unwrap(),
    ];
    for change in changes {
        for role in [KeyRole::Auth, KeyRole::Strong] {
            let mut claims = question.claims(REJECT);
            change(&mut claims);
            refuses(&question, &question.sign(role, &claims), "answer").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_this_device_s_answer_is_refused() {
    let question = Question::new().await;
    let (claims, keys) = (question.claims(REJECT), question.device.keys());
    let payload = serde_json::to_vec(&claims).unwrap();
    let header = |alg: &str| json!({ "alg": alg, "typ": TYP, "kid": question.device.identity().device_guid });
    let raw = |header: Value, payload: &[u8]| keys.auth.sign_raw(&header, payload).unwrap();
    let good = question.sign(KeyRole::Auth, &claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let none = base64url(header("none").to_string().as_bytes());
    let mut critical = header("ES256");
    critical["crit"] = json!(["exp"]);
    let mut approved = claims.clone();
    approved.answer = json!(0);
    let approved = base64url(&serde_json::to_vec(&approved).unwrap());
    let proof_claims =
        question.device.proof_claims(&Method::POST, &answer_path(question.challenge.guid), b"");
    let sibling = question.world.enrol("ann").await;
    let stranger = question.world.enrol("bob").await;
    for jws in [
        format!("{none}.{}.", base64url(&payload)),
        format!("{none}.{}.{signature}", base64url(&payload)),
        raw(header("HS256"), &payload),
        raw(header("EdDSA"), &payload),
        raw(header("RS256"), &payload),
        raw(json!({ "alg": "ES256" }), &payload),
        raw(critical, &payload),
        raw(header("ES256"), b"not json"),
        question.device.keys().auth.sign("countersign-proof+jwt", None, &claims).unwrap(),
        question.device.keys().strong.sign("countersign-enrolment+jwt", None, &claims).unwrap(),
        question.device.sign_proof(&proof_claims).unwrap(),
        keys.auth.sign(TYP, None, &claims).unwrap(),
        keys.auth.sign(TYP, Some(&sibling.identity().device_guid.to_string()), &claims).unwrap(),
        sibling.sign_answer(KeyRole::Strong, &claims).unwrap(),
        stranger.sign_answer(KeyRole::Strong, &claims).unwrap(),
        format!("{signed}."),
        signed.to_owned(),
        format!("{good}.{signature}"),
        format!("{good}A"),
        format!("{}.{approved}.{signature}", signed.split_once('.').unwrap().0),
        " ".to_owned() + &good,
        "garbage".to_owned(),
        "..".to_owned(),
        String::new(),
        "A".repeat(60_000),
    ] {
        refuses(&question, &jws, "answer").await;
    }
    question.send(&good).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_an_answer_is_refused() {
    let question = Question::new().await;
    let path = answer_path(question.challenge.guid);
    for body in [json!({}), json!({ "answer": null }), json!({ "answer": 0 }), json!({ "answer": ["x"] })] {
        let answer = call(&question.device, Method::POST, &path, &body).await;
        assert_eq!(answer.refused(400, "invalid_field").unwrap(), "answer", "{body}");
    }
    call(&question.device, Method::POST, &path, &json!([])).await.refused(400, "malformed");
    let huge = json!({ "answer": "A".repeat(65_536) });
    call(&question.device, Method::POST, &path, &huge).await.refused(413, "too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_no_proof_of_a_call() {
    let question = Question::new().await;
    let jws = question.sign(KeyRole::Auth, &question.claims(REJECT));
    let path = answer_path(question.challenge.guid);
    let body = json!({ "answer": jws }).to_string().into_bytes();
    send(&question.device, Method::POST, &path, body.clone(), Some(&jws)).await.refused(401, "unauthorized");
    // Nor is a right proof by the strong key.
    let claims = question.device.proof_claims(&Method::POST, &path, &body);
    let kid = question.device.identity().device_guid.to_string();
    let strong = question.device.keys().strong.sign("countersign-proof+jwt", Some(&kid), &claims).unwrap();
    send(&question.device, Method::POST, &path, body, Some(&strong)).await.refused(401, "unauthorized");
    assert_eq!(question.status().await, "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_of_nobody_or_of_another_user_does_not_exist() {
    let question = Question::new().await;
    let stranger = question.world.enrol("bob").await;
    let jws = stranger.sign_answer(KeyRole::Auth, &question.claims(REJECT)).unwrap();
    let guid = question.challenge.guid.to_string();
    let last = guid.chars().last().unwrap().to_digit(16).unwrap();
    let unknown = format!("{}{:x}", &guid[..35], (last + 1) % 16);
    let mut replies = Vec::new();
    for id in [guid.as_str(), &unknown, "7", "%00", &guid.replace('-', "")] {
        let path = format!("/device/v1/challenges/{id}/answer");
        replies.push(call(&stranger, Method::POST, &path, &json!({ "answer": jws })).await.expect(404));
    }
    assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    assert_eq!(replies[0]["error"], "not_found");
    assert_eq!(question.status().await, "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_be_a_minute_off_and_no_more() {
    for (off, taken) in [(-61, false), (61, false), (-60, true), (60, true)] {
        let question = Question::new().await;
        let mut claims = question.claims(APPROVE);
        claims.iat += off;
        let answered = question.say(KeyRole::Strong, &claims).await;
        if taken {
            assert_eq!(answered.unwrap().status, "answered");
            continue;
        }
        let refusal = refusal(answered);
        assert_eq!((refusal.status, refusal.code.name()), (401, "clock_skew"));
        assert_eq!(refusal.server_time, Some(question.world.clock.now()));
        assert_eq!(question.status().await, "pending");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_must_cover_the_answer() {
    let question = Question::new().await;
    let path = answer_path(question.challenge.guid);
    let body = json!({ "answer": question.sign(KeyRole::Auth, &question.claims(REJECT)) });
    let another = countersign_crypto::digest::Digest::of(b"{}").to_string();
    let spoil = |claims: &mut countersign_tests::device::proof::ProofClaims| claims.bh = another;
    call_with(&question.device, Method::POST, &path, &body, spoil).await.refused(401, "unauthorized");
    assert_eq!(question.status().await, "pending");
}
