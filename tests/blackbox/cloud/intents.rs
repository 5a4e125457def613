//! Intent tokens: one operation, for one user, once.

use countersign_domain::time::Span;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{APPROVAL, ENROLL, INTENT, approve, caller, enroll, path, refused, status, with_uaf};
use crate::backend::Backend;
use crate::world::World;

/// A frontend that holds an intent token.
async fn frontend(world: &World, body: Value) -> Backend {
    let intent = caller(world).post(INTENT, body).await.ok();
    world.backend().by_bearer(intent["token"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frontend_begins_in_place_of_its_backend() {
    let world = World::new().await;
    let new = frontend(&world, json!({ "username": "ann", "operation": "enroll" })).await;
    let enrolled = enroll(&new, json!({ "username": "ann" })).await;
    super::plant(&world, "ann", super::uaf()).await;
    let known = json!({ "userId": enrolled["userId"], "operation": "approve", "channels": ["push"] });
    let known = frontend(&world, known).await;
    // Whichever way it names the user.
    let asked = approve(&known, json!({ "username": "ann", "message": "Pay?" })).await;
    assert_eq!(status(&caller(&world), &asked).await["status"], "pending");
    let request = world.request(&asked["transactionId"]).await;
    assert_eq!(request["content"], "Pay?");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_good_once() {
    let world = World::new().await;
    let frontend = frontend(&world, json!({ "username": "ann", "operation": "enroll" })).await;
    enroll(&frontend, json!({ "username": "ann" })).await;
    refused(frontend.post(ENROLL, json!({ "username": "ann" })).await, 401, "replayed");
    let recovery = json!({ "username": "ann", "channel": "recovery" });
    refused(frontend.post(ENROLL, recovery).await, 401, "replayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_good_once_also_at_the_same_moment() {
    let world = World::new().await;
    let frontend = frontend(&world, json!({ "username": "ann", "operation": "enroll" })).await;
    let mut calls = JoinSet::new();
    for _ in 0..4 {
        let frontend = frontend.clone();
        calls.spawn(async move { frontend.post(ENROLL, json!({ "username": "ann" })).await.status });
    }
    let mut answers = calls.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers, [201, 401, 401, 401]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_can_be_asked_for_again() {
    let world = World::new().await;
    let frontend = frontend(&world, json!({ "username": "ann", "operation": "enroll" })).await;
    let frontend = frontend.with_header("idempotency-key", "one");
    let first = enroll(&frontend, json!({ "username": "ann" })).await;
    let again = enroll(&frontend, json!({ "username": "ann" })).await;
    assert_eq!(again["enrollment"]["transactionId"], first["enrollment"]["transactionId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_has_not_used_it_up() {
    let world = World::new().await;
    enroll(&caller(&world), json!({ "username": "ann" })).await;
    let frontend = frontend(&world, json!({ "username": "ann", "operation": "approve" })).await;
    refused(frontend.post(APPROVAL, json!({ "username": "ann" })).await, 422, "wrong_state");
    super::plant(&world, "ann", super::uaf()).await;
    approve(&frontend, json!({ "username": "ann" })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_for_its_user_operation_and_channels() {
    let world = World::new().await;
    with_uaf(&world, "ann").await;
    with_uaf(&world, "bob").await;
    let body = json!({ "username": "ann", "operation": "approve", "channels": ["push", "app"] });
    let frontend = frontend(&world, body).await;
    let bob = caller(&world).get("/api/v1/users?username=bob").await.ok();
    for (path, body) in [
        (APPROVAL, json!({ "username": "bob" })),
        (APPROVAL, json!({ "userId": bob["userId"] })),
        (APPROVAL, json!({ "channel": "app" })),
        (APPROVAL, json!({ "username": "ann", "channel": "fido2" })),
        (ENROLL, json!({ "username": "ann" })),
    ] {
        refused(frontend.post(path, body.clone()).await, 401, "unauthorized");
    }
    approve(&frontend, json!({ "username": "ann", "channel": "app" })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_no_access_key() {
    let world = World::new().await;
    let enrolled = enroll(&caller(&world), json!({ "username": "ann" })).await;
    let frontend = frontend(&world, json!({ "username": "ann", "operation": "enroll" })).await;
    let token = frontend.origin.key.clone();
    refused(frontend.get("/api/v1/users?username=ann").await, 401, "unauthorized");
    refused(frontend.delete(&path("users", &enrolled["userId"])).await, 401, "unauthorized");
    refused(frontend.post("/api/v1/introspect", json!({ "token": token })).await, 401, "unauthorized");
    refused(
        frontend.post(INTENT, json!({ "username": "ann", "operation": "enroll" })).await,
        401,
        "unauthorized",
    );
    frontend.get("/api/account/get?accountId=ann").await.refused(401, "unauthorized");
    // Nor is any other token of ours.
    let status_token = enrolled["enrollment"]["statusToken"].as_str().unwrap();
    let other = world.backend().by_bearer(status_token);
    refused(other.post(ENROLL, json!({ "username": "ann" })).await, 401, "unauthorized");
    let transaction = status(&caller(&world), &enrolled["enrollment"]).await;
    let other = world.backend().by_bearer(transaction["token"].as_str().unwrap());
    refused(other.post(ENROLL, json!({ "username": "ann" })).await, 401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_after_ten_minutes_and_with_its_request_origin() {
    let world = World::new().await;
    let body = json!({ "username": "ann", "operation": "enroll" });
    let (old, orphan) = (frontend(&world, body.clone()).await, frontend(&world, body).await);
    let revoked = countersign_domain::request_origin::Credential::Revoked;
    let before = world.change_origin(&caller(&world), |origin| origin.credential = revoked).await;
    refused(orphan.post(ENROLL, json!({ "username": "ann" })).await, 401, "unauthorized");
    world.change_origin(&caller(&world), |origin| *origin = before).await;
    world.turn(Span::minutes(10));
    refused(old.post(ENROLL, json!({ "username": "ann" })).await, 401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_one_is_none() {
    let world = World::new().await;
    let frontend = frontend(&world, json!({ "username": "ann", "operation": "enroll" })).await;
    let (rest, _) = frontend.origin.key.rsplit_once('.').unwrap();
    let forged = world.backend().by_bearer(&format!("{rest}.AAAA"));
    refused(forged.post(ENROLL, json!({ "username": "ann" })).await, 401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_is_for_is_well_formed() {
    let world = World::new().await;
    let backend = caller(&world);
    for (body, field) in [
        (json!({ "operation": "enroll" }), "username"),
        (json!({ "username": "ann" }), "operation"),
        (json!({ "username": "ann", "operation": "delete" }), "operation"),
        (json!({ "username": "ann", "operation": "enroll", "channels": ["pigeon"] }), "channels"),
        (json!({ "username": "ann", "operation": "approve", "channels": ["recovery"] }), "channels"),
    ] {
        let named = refused(backend.post(INTENT, body.clone()).await, 400, "invalid_field");
        assert_eq!(named.as_deref(), Some(field), "{body}");
    }
    refused(
        backend.post(INTENT, json!({ "username": "ann", "operation": "approve" })).await,
        404,
        "not_found",
    );
}
