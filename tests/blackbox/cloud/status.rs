//! `status`: what whoever holds the status token learns.

use countersign_domain::id::ChallengeId;
use countersign_domain::time::Span;
use countersign_store::{Write, keys};
use reqwest::Method;
use serde_json::{Value, json};

use super::{INTENT, approve, caller, enroll, refused, status, with_uaf};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn no_credential_is_needed() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann" })).await;
    let body = json!({ "statusToken": asked["statusToken"] }).to_string();
    let answer = backend.send(Method::POST, "/api/v1/status", &body, Some("application/json"), None).await;
    let now = answer.ok();
    assert_eq!(now["transactionId"], asked["transactionId"]);
    assert_eq!((&now["status"], &now["username"]), (&json!("pending"), &json!("ann")));
    assert_eq!(now["createdAt"], now["lastUpdatedAt"]);
    assert!(now["token"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_status_token_is_one() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann" })).await;
    let intent = backend.post(INTENT, json!({ "username": "ann", "operation": "approve" })).await.ok();
    let token = asked["statusToken"].as_str().unwrap();
    let (rest, _) = token.rsplit_once('.').unwrap();
    for wrong in [
        status(&backend, &asked).await["token"].clone(),
        intent["token"].clone(),
        json!(backend.origin.key),
        json!(format!("{rest}.AAAA")),
        json!("x"),
        json!(""),
    ] {
        let answer = backend.post("/api/v1/status", json!({ "statusToken": wrong })).await;
        let named = refused(answer, 400, "invalid_field");
        assert_eq!(named.as_deref(), Some("statusToken"), "{wrong}");
    }
    refused(backend.post("/api/v1/status", json!({})).await, 400, "invalid_field");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_asked_for_a_day_after_the_end() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann" })).await;
    world.turn(Span::secs((24 * 60 + 5) * 60 - 1));
    assert_eq!(status(&backend, &asked).await["status"], "failed");
    world.turn(Span::secs(1));
    let answer = backend.post("/api/v1/status", json!({ "statusToken": asked["statusToken"] })).await;
    refused(answer, 400, "invalid_field");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_was_cancelled_has_failed() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann" })).await;
    world.turn(Span::secs(7));
    let guid = json!({ "requestGuid": asked["transactionId"] });
    backend.patch("/api/request/cancel", guid).await.ok();
    let now = status(&backend, &asked).await;
    assert_eq!(now["status"], "failed");
    assert_ne!(now["createdAt"], now["lastUpdatedAt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_kept_is_unknown() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann" })).await;
    let id: ChallengeId = asked["transactionId"].as_str().unwrap().parse().unwrap();
    let gone = Write::new().remove_copy("challenge", &keys::challenge(id)).unwrap();
    world.bundle.app().store.write(gone).await.unwrap();
    let enrolled = enroll(&backend, json!({ "username": "ann" })).await;
    let now = status(&backend, &asked).await;
    let mut expected = json!({ "transactionId": asked["transactionId"], "status": "unknown" });
    for none in ["userId", "username", "token", "createdAt", "lastUpdatedAt"] {
        expected[none] = Value::Null;
    }
    assert_eq!(now, expected);
    assert_eq!(status(&backend, &enrolled["enrollment"]).await["status"], "pending");
}
