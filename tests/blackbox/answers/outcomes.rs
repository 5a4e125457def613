//! How a question ends, and that it ends once.

use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::time::Span;
use countersign_tests::device::keys::KeyRole;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};

use super::Question;
use crate::device_calls::refused;

const APPROVE: Answer = Answer::Option(0);
const REJECT: Answer = Answer::Option(1);
const NOT_ME: Answer = Answer::Decline(DeclineReason::NotMe);

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_question_says_why() {
    for (reason, event) in
        [(DeclineReason::Cancelled, "challenge.declined"), (DeclineReason::NotMe, "challenge.not_me")]
    {
        let question = Question::new().await;
        assert_eq!(question.answer(Answer::Decline(reason)).await.unwrap().status, "declined");
        question.world.pump().await;
        let [webhook] = &question.world.receiver.got()[..] else { panic!("one webhook") };
        assert_eq!(webhook.body["event"], event);
        assert_eq!(webhook.body["declineReason"], reason.name());
        assert_eq!(webhook.body["buttonSelected"], Value::Null);
        assert!(question.device.challenges().await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decline_without_a_known_reason_and_a_reason_without_a_decline_are_refused() {
    let question = Question::new().await;
    for reason in [None, Some(""), Some("other"), Some("NOT_ME")] {
        let mut claims = question.claims(NOT_ME);
        claims.decline_reason = reason.map(str::to_owned);
        let declined = question.say(KeyRole::Auth, &claims).await;
        assert_eq!(refused(declined, 400, "invalid_field").unwrap(), "declineReason", "{reason:?}");
    }
    let mut claims = question.claims(REJECT);
    claims.decline_reason = Some("not_me".into());
    assert_eq!(refused(question.say(KeyRole::Auth, &claims).await, 400, "invalid_field").unwrap(), "answer");
    assert_eq!(question.status().await, "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn not_me_gives_the_user_peace_for_five_minutes() {
    let question = Question::new().await;
    question.answer(NOT_ME).await.unwrap();
    let ask = async || question.world.backend().post("/api/request/add", json!({ "accountId": "ann" })).await;
    let answer = ask().await;
    assert_eq!(answer.headers[RETRY_AFTER], "300");
    answer.refused(429, "too_many");
    question.world.turn(Span::millis(299_999));
    ask().await.refused(429, "too_many");
    question.world.turn(Span::millis(1));
    ask().await.created();
    assert_eq!(question.device.challenges().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_is_no_reason_for_a_pause() {
    let question = Question::new().await;
    question.answer(Answer::Decline(DeclineReason::Cancelled)).await.unwrap();
    question.world.ask("ann").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_answer_gets_the_same_reply_and_another_comes_too_late() {
    for (answer, role) in [(APPROVE, KeyRole::Strong), (NOT_ME, KeyRole::Auth)] {
        let question = Question::new().await;
        let claims = question.claims(answer);
        let jws = question.sign(role, &claims);
        let first = question.send(&jws).await.unwrap();
        let after = question.outcome().await;
        question.world.turn(Span::minutes(2));
        assert_eq!(question.send(&jws).await.unwrap(), first);
        // ES256 signs the same claims differently each time.
        refused(question.say(role, &claims).await, 422, "wrong_state");
        refused(question.answer(REJECT).await, 422, "wrong_state");
        refused(question.send("garbage").await, 422, "wrong_state");
        assert_eq!(question.outcome().await, after);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_until_the_moment_of_expiry() {
    let question = Question::new().await;
    question.world.turn(Span::millis(299_999));
    assert_eq!(question.device.challenges().await.unwrap(), std::slice::from_ref(&question.challenge));
    assert_eq!(question.answer(APPROVE).await.unwrap().status, "answered");

    let question = Question::new().await;
    question.world.turn(Span::minutes(5));
    refused(question.answer(APPROVE).await, 422, "wrong_state");
    assert!(question.device.challenges().await.unwrap().is_empty());
    let fetched = question.device.challenge(question.challenge.guid).await.unwrap();
    assert_eq!((fetched.status.as_str(), fetched.nonce), ("expired", None));
    assert_eq!(question.status().await, "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_question_cannot_be_answered() {
    let question = Question::new().await;
    let guid = json!({ "requestGuid": question.request["guid"] });
    question.world.backend().patch("/api/request/cancel", guid).await.ok();
    refused(question.answer(APPROVE).await, 422, "wrong_state");
    assert!(question.device.challenges().await.unwrap().is_empty());
    assert_eq!(question.status().await, "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_suspended_meanwhile_cannot_answer_until_restored() {
    let question = Question::new().await;
    let (backend, ann) = (question.world.backend(), json!({ "accountId": "ann" }));
    backend.patch("/api/account/suspend", ann.clone()).await.ok();
    refused(question.answer(APPROVE).await, 403, "user_not_active");
    assert_eq!(question.status().await, "pending");
    backend.patch("/api/account/restore", ann).await.ok();
    question.answer(APPROVE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_revoked_meanwhile_cannot_answer() {
    let question = Question::new().await;
    let guid = json!({ "deviceGuid": question.device.identity().device_guid });
    question.world.backend().patch("/api/device/revoke", guid).await.ok();
    refused(question.answer(APPROVE).await, 401, "unauthorized");

    let question = Question::new().await;
    question.world.backend().patch("/api/account/revoke", json!({ "accountId": "ann" })).await.ok();
    refused(question.answer(APPROVE).await, 401, "unauthorized");
    assert_eq!(question.status().await, "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_of_ten_buttons_can_be_chosen() {
    let button = |number: usize| json!({ "title": format!("{number}"), "strongAuth": number % 2 == 1 });
    let buttons: Vec<Value> = (0..10).map(button).collect();
    for number in [0, 9] {
        let question = Question::with(json!({ "buttons": buttons })).await;
        assert_eq!(question.challenge.shown.buttons.len(), 10);
        refused(
            question.say(KeyRole::Strong, &question.claims(Answer::Option(10))).await,
            400,
            "invalid_field",
        );
        question.answer(Answer::Option(number)).await.unwrap();
        assert_eq!(question.outcome().await["buttonSelected"], number);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_device_answered_is_gone_for_the_other() {
    let question = Question::new().await;
    let other = question.world.enrol("ann").await;
    assert_eq!(other.challenges().await.unwrap(), std::slice::from_ref(&question.challenge));
    question.answer(APPROVE).await.unwrap();
    assert!(other.challenges().await.unwrap().is_empty());
    refused(other.answer(&question.challenge, REJECT, None).await, 422, "wrong_state");
    let seen = other.challenge(question.challenge.guid).await.unwrap();
    assert_eq!((seen.status.as_str(), seen.nonce), ("answered", None));
    assert_eq!(seen.document, question.challenge.document);
}
