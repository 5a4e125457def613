//! `introspect`: what a token says, to whom, and how often.

use countersign_domain::time::Span;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    INTENT, another, approve, caller, enroll, introspect, other_caller, refused, sent_code, status, verify,
    with_phone, with_uaf,
};
use crate::backend::Backend;
use crate::world::World;

const INTROSPECT: &str = "/api/v1/introspect";

fn inactive() -> Value {
    json!({ "active": false })
}

/// An approval that succeeded; gives what was asked.
async fn succeeded(world: &World, backend: &Backend) -> Value {
    let enrolled = with_phone(world, "ann").await;
    let asked = approve(backend, json!({ "username": "ann", "channel": "sms" })).await;
    let code = sent_code(world, &asked["transactionId"]).await;
    let body = json!({ "code": code, "statusToken": asked["statusToken"] });
    verify(backend, &enrolled["userId"], body).await.ok();
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_says_what_it_is() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann" })).await;
    let intent = backend.post(INTENT, json!({ "username": "new", "operation": "enroll" })).await.ok();
    let guid = &backend.origin.guid;
    for (token, scope, aud) in [
        (json!(backend.origin.key), "access", &world.base_url),
        (asked["statusToken"].clone(), "status", guid),
        (status(&backend, &asked).await["token"].clone(), "transaction", guid),
        (intent["token"].clone(), "intent:enroll", guid),
    ] {
        let told = introspect(&backend, &token).await;
        assert_eq!(
            (&told["active"], &told["scope"], &told["aud"]),
            (&json!(true), &json!(scope), &json!(aud))
        );
        assert_eq!(told["iss"], world.base_url);
        assert_eq!(told["iat"], told["nbf"]);
        assert_eq!(told["exp"].is_null(), scope == "access", "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_form_and_every_credential() {
    let world = World::new().await;
    let backend = world.backend();
    with_uaf(&world, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann" })).await;
    let token = asked["statusToken"].as_str().unwrap();
    let told = backend.form(Method::POST, INTROSPECT, &format!("token={token}")).await.ok();
    assert_eq!(told["transactionId"], asked["transactionId"]);
    assert_eq!(introspect(&world.hmac_backend(), &json!(token)).await, inactive());
    refused(backend.post(INTROSPECT, json!({})).await, 400, "invalid_field");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_of_the_callers_is_not_active() {
    let world = World::new().await;
    let backend = caller(&world);
    let asked = succeeded(&world, &backend).await;
    let transaction = status(&backend, &asked).await["token"].clone();
    let intent = backend.post(INTENT, json!({ "username": "ann", "operation": "enroll" })).await.ok();
    let stranger = world.other_backend().await;
    for token in [&asked["statusToken"], &transaction, &intent["token"], &json!(backend.origin.key)] {
        for other in [&other_caller(&world), &stranger] {
            assert_eq!(introspect(other, token).await, inactive());
        }
        let (rest, _) = token.as_str().unwrap().rsplit_once('.').unwrap();
        assert_eq!(introspect(&backend, &json!(format!("{rest}.AAAA"))).await, inactive());
    }
    for text in ["", "x", "a.b.c", &"x".repeat(5000)] {
        assert_eq!(introspect(&backend, &json!(text)).await, inactive());
    }
    // Nobody's curiosity has consumed it.
    assert_eq!(introspect(&backend, &transaction).await["active"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_token_with_an_outcome_is_consumed() {
    let world = World::new().await;
    let backend = caller(&world);
    let asked = succeeded(&world, &backend).await;
    let token = status(&backend, &asked).await["token"].clone();
    for consume in [json!(false), json!("false")] {
        let looked = backend.post(INTROSPECT, json!({ "token": token, "consume": consume })).await.ok();
        assert_eq!(looked["active"], true);
    }
    let told = introspect(&backend, &token).await;
    assert_eq!((&told["status"], &told["transactionId"]), (&json!("succeeded"), &asked["transactionId"]));
    assert_eq!(told["jti"], format!("{}.succeeded", asked["transactionId"].as_str().unwrap()));
    assert_eq!(introspect(&backend, &token).await, inactive());
    let looked = backend.post(INTROSPECT, json!({ "token": token, "consume": false })).await.ok();
    assert_eq!(looked, inactive());
    // Asking for the status again gives no second one.
    world.turn(Span::hours(1));
    let second = status(&backend, &asked).await["token"].clone();
    assert_ne!(second, token);
    assert_eq!(introspect(&backend, &second).await, inactive());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_token_is_consumed_once_also_at_the_same_moment() {
    let world = World::new().await;
    let backend = caller(&world);
    let asked = succeeded(&world, &backend).await;
    let tokens =
        [status(&backend, &asked).await["token"].clone(), status(&backend, &asked).await["token"].clone()];
    let mut calls = JoinSet::new();
    for number in 0..8 {
        let (backend, token) = (backend.clone(), tokens[number % 2].clone());
        calls.spawn(async move { introspect(&backend, &token).await["active"].clone() });
    }
    let answers = calls.join_all().await;
    assert_eq!(answers.iter().filter(|active| **active == json!(true)).count(), 1, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_token_without_an_outcome_can_be_looked_at_again() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann" })).await;
    let pending = status(&backend, &asked).await["token"].clone();
    for _ in 0..2 {
        assert_eq!(introspect(&backend, &pending).await["status"], "pending");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_told_once_too() {
    let world = World::new().await;
    let backend = caller(&world);
    let enrolled =
        enroll(&backend, json!({ "username": "ann", "channel": "sms", "phone": "+41791234567" })).await;
    let begun = &enrolled["enrollment"];
    let code = sent_code(&world, &begun["transactionId"]).await;
    let wrong = json!({ "code": another(&code), "statusToken": begun["statusToken"] });
    for _ in 0..5 {
        refused(verify(&backend, &enrolled["userId"], wrong.clone()).await, 400, "wrong_code");
    }
    let token = status(&backend, begun).await["token"].clone();
    assert_eq!(introspect(&backend, &token).await["status"], "failed");
    assert_eq!(introspect(&backend, &token).await, inactive());
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_end_a_day_after_their_operation() {
    let world = World::new().await;
    let backend = caller(&world);
    let asked = succeeded(&world, &backend).await;
    let token = status(&backend, &asked).await["token"].clone();
    world.turn(Span::minutes(24 * 60 + 5));
    assert_eq!(introspect(&backend, &token).await, inactive());
    assert_eq!(introspect(&backend, &asked["statusToken"]).await, inactive());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_intent_token_and_an_old_one_are_not_active() {
    let world = World::new().await;
    let backend = caller(&world);
    let body = json!({ "username": "ann", "operation": "enroll" });
    let (used, old) = (backend.post(INTENT, body.clone()).await.ok(), backend.post(INTENT, body).await.ok());
    enroll(&world.backend().by_bearer(used["token"].as_str().unwrap()), json!({ "username": "ann" })).await;
    assert_eq!(introspect(&backend, &used["token"]).await, inactive());
    assert_eq!(introspect(&backend, &old["token"]).await["active"], true);
    world.turn(Span::minutes(10));
    assert_eq!(introspect(&backend, &old["token"]).await, inactive());
}
