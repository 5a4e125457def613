//! Limits against push bombing.

use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::time::Span;
use serde_json::json;

use super::{ADD, ask, cancel, world_with_ann};
use crate::backend::Answer as HttpAnswer;
use crate::world::World;

#[track_caller]
fn too_many(answer: HttpAnswer, retry_after: &str) {
    assert_eq!(answer.headers["retry-after"], retry_after);
    answer.refused(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sixth_undecided_challenge_must_wait_for_the_first_to_expire() {
    let world = world_with_ann().await;
    for duration in ["5m", "2m", "4m", "1h", "3m"] {
        ask(&world, json!({ "duration": duration })).await.created();
    }
    world.turn(Span::secs(30));
    too_many(ask(&world, json!({})).await, "90");
    too_many(ask(&world, json!({ "showNotification": false })).await, "90");
    world.turn(Span::secs(90));
    ask(&world, json!({})).await.created();
    too_many(ask(&world, json!({})).await, "60");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decided_challenge_makes_room_for_another() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let first = ask(&world, json!({ "duration": "1h" })).await.created();
    for _ in 0..4 {
        ask(&world, json!({})).await.created();
    }
    let full = async || too_many(ask(&world, json!({})).await, "300");
    full().await;
    cancel(&world, &first["guid"]).await.ok();
    ask(&world, json!({})).await.created();
    full().await;
    for answer in [Answer::Option(0), Answer::Decline(DeclineReason::Cancelled)] {
        let challenge = device.challenges().await.unwrap().remove(0);
        device.answer(&challenge, answer, None).await.unwrap();
        ask(&world, json!({})).await.created();
        full().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_eleventh_push_in_ten_minutes_must_wait() {
    let world = world_with_ann().await;
    for number in 0..10 {
        let asked = ask(&world, json!({})).await.created();
        cancel(&world, &asked["guid"]).await.ok();
        if number == 0 {
            world.turn(Span::minutes(3));
        }
    }
    too_many(ask(&world, json!({})).await, "420");
    // Nothing is pushed, so nothing is limited.
    let silent = ask(&world, json!({ "showNotification": false })).await.created();
    cancel(&world, &silent["guid"]).await.ok();
    world.turn(Span::minutes(7));
    ask(&world, json!({})).await.created();
    too_many(ask(&world, json!({})).await, "180");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_not_me_the_user_is_left_alone() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.enrol("bea").await;
    ask(&world, json!({})).await.created();
    let challenge = device.challenges().await.unwrap().remove(0);
    device.answer(&challenge, Answer::Decline(DeclineReason::NotMe), None).await.unwrap();
    world.turn(Span::secs(1));
    too_many(ask(&world, json!({})).await, "299");
    too_many(ask(&world, json!({ "showNotification": false })).await, "299");
    world.backend().post(ADD, json!({ "accountId": "bea" })).await.created();
    world.turn(Span::secs(299));
    ask(&world, json!({})).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_of_one_user_and_not_of_claimable_challenges() {
    let world = world_with_ann().await;
    world.backend().put("/api/account/bind", json!({ "accountId": "bea" })).await.created();
    for _ in 0..5 {
        ask(&world, json!({})).await.created();
    }
    too_many(world.hmac_backend().post(ADD, json!({ "accountId": "ann" })).await, "300");
    world.backend().post(ADD, json!({ "accountId": "bea" })).await.created();
    for _ in 0..11 {
        world.backend().post(ADD, json!({ "claimable": true })).await.created();
    }
}
