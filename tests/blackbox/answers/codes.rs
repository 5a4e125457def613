//! The six digits that the Request Origin shows and the person types.

use countersign_domain::answer::{Answer, DeclineReason};
use countersign_tests::device::challenges::answer_path;
use countersign_tests::device::keys::KeyRole;
use reqwest::Method;
use serde_json::{Value, json};

use super::Question;
use crate::device_calls::{refusal, refused, send};

impl Question {
    fn code(&self) -> &str {
        self.request["code"].as_str().unwrap()
    }

    /// Six digits that are not the code.
    fn wrong_code(&self) -> String {
        let number: u32 = self.code().parse().unwrap();
        format!("{:06}", (number + 1) % 1_000_000)
    }

    /// Approves with this code, which is wrong.
    async fn attempts_left_after(&self, code: &str) -> Option<u32> {
        let refusal = refusal(self.approve_with(code).await);
        assert_eq!((refusal.status, refusal.code.name()), (409, "wrong_code"), "{refusal}");
        refusal.attempts_left
    }
}

/// Two buttons of which none asks for strong authentication.
fn weak_buttons() -> Value {
    let button = |title: &str| json!({ "title": title, "strongAuth": false });
    json!({ "showCode": true, "buttons": [button("Yes"), button("No")] })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_code_is_taken_and_the_device_is_never_told_it() {
    let question = Question::with_code().await;
    let code = question.code();
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    assert!(question.challenge.shown.show_code);
    assert!(!question.challenge.document.contains(code));
    assert_eq!(question.approve_with(code).await.unwrap().status, "answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_fail_the_challenge_for_ever() {
    let question = Question::with_code().await;
    let wrong = question.wrong_code();
    for (code, left) in [(wrong.as_str(), 4), ("", 3), ("12345", 2), ("１２３４５６", 1)] {
        assert_eq!(question.attempts_left_after(code).await, Some(left));
        assert_eq!(question.status().await, "pending");
    }
    assert_eq!(question.attempts_left_after(&wrong).await, Some(0));
    assert_eq!(question.status().await, "failed");
    assert!(question.device.challenges().await.unwrap().is_empty());
    refused(question.approve_with(question.code()).await, 422, "wrong_state");
    question.world.pump().await;
    let [webhook] = &question.world.receiver.got()[..] else { panic!("one webhook") };
    assert_eq!(webhook.body["event"], "challenge.failed");
    assert_eq!(webhook.body["evidence"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_code_is_taken_after_four_wrong_ones() {
    let question = Question::with_code().await;
    for left in (1..5).rev() {
        assert_eq!(question.attempts_left_after(&question.wrong_code()).await, Some(left));
    }
    question.approve_with(question.code()).await.unwrap();
    assert_eq!(question.status().await, "answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_devices_of_a_user_share_the_tries() {
    let question = Question::with_code().await;
    let other = question.world.enrol("ann").await;
    assert_eq!(question.attempts_left_after(&question.wrong_code()).await, Some(4));
    let tried = other.answer(&question.challenge, Answer::Option(0), Some(&question.wrong_code())).await;
    assert_eq!(refusal(tried).attempts_left, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_with_a_wrong_code_that_is_sent_again_costs_no_second_try() {
    let question = Question::with_code().await;
    let mut claims = question.claims(Answer::Option(0));
    claims.code = Some(question.wrong_code());
    let (path, jws) = (answer_path(question.challenge.guid), question.sign(KeyRole::Strong, &claims));
    let body = json!({ "answer": jws }).to_string().into_bytes();
    let proof = question.device.proof_claims(&Method::POST, &path, &body);
    let proof = question.device.sign_proof(&proof).unwrap();
    let again = || send(&question.device, Method::POST, &path, body.clone(), Some(&proof));
    assert_eq!(again().await.expect(409)["attemptsLeft"], 4);
    assert_eq!(again().await.expect(409)["attemptsLeft"], 4, "whoever replays it");
    assert_eq!(question.attempts_left_after(&question.wrong_code()).await, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_missing_costs_no_try() {
    let question = Question::with_code().await;
    assert_eq!(refused(question.answer(Answer::Option(0)).await, 400, "invalid_field").unwrap(), "code");
    assert_eq!(question.attempts_left_after(&question.wrong_code()).await, Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_weak_key_cannot_try_codes() {
    let question = Question::with_code().await;
    let mut claims = question.claims(Answer::Option(0));
    claims.code = Some(question.wrong_code());
    assert_eq!(refused(question.say(KeyRole::Auth, &claims).await, 400, "invalid_field").unwrap(), "answer");
    assert_eq!(question.attempts_left_after(&question.wrong_code()).await, Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_button_beside_a_strong_one_needs_no_code() {
    let question = Question::with_code().await;
    question.answer(Answer::Option(1)).await.unwrap();
    assert_eq!(question.outcome().await["buttonSelected"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_button_needs_the_code_where_none_is_strong() {
    let question = Question::with(weak_buttons()).await;
    for button in [0, 1] {
        let answered = question.answer(Answer::Option(button)).await;
        assert_eq!(refused(answered, 400, "invalid_field").unwrap(), "code");
    }
    let answered =
        question.device.answer(&question.challenge, Answer::Option(1), Some(question.code())).await;
    assert_eq!(answered.unwrap().status, "answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_decline_needs_the_code() {
    for more in [json!({ "showCode": true }), weak_buttons()] {
        let question = Question::with(more).await;
        question.answer(Answer::Decline(DeclineReason::NotMe)).await.unwrap();
        assert_eq!(question.status().await, "declined");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_nobody_asked_for_is_ignored() {
    let question = Question::new().await;
    assert_eq!(question.request.get("code"), None);
    question.approve_with("000000").await.unwrap();
    assert_eq!(question.status().await, "answered");
}
