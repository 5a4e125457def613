//! Who may call, and how the others are refused.

use countersign_domain::request_origin::Credential;
use countersign_domain::time::{Clock, Span};
use reqwest::Method;
use serde_json::{Value, json};

use super::{APPROVAL, ENROLL, INTENT, caller, enroll, path, refused};
use crate::backend::Backend;
use crate::world::World;

/// Every call that needs a credential, with a body that is well-formed.
fn every_call() -> Vec<(Method, String, Value)> {
    let user = "/api/v1/users/019a8f3c-7b00-7c4e-9d1a-2b3c4d5e6f70";
    let authenticator = "/api/v1/authenticators/019a8f3c-7b00-7c4e-9d1a-2b3c4d5e6f70";
    vec![
        (Method::POST, ENROLL.into(), json!({ "username": "ann" })),
        (Method::POST, APPROVAL.into(), json!({ "channel": "app" })),
        (Method::POST, INTENT.into(), json!({ "username": "ann", "operation": "enroll" })),
        (Method::POST, "/api/v1/introspect".into(), json!({ "token": "x" })),
        (Method::GET, user.into(), Value::Null),
        (Method::DELETE, user.into(), Value::Null),
        (Method::POST, format!("{user}/verification"), json!({ "code": "x", "channel": "recovery" })),
        (Method::GET, "/api/v1/users?username=ann".into(), Value::Null),
        (Method::PATCH, authenticator.into(), json!({ "name": "Phone" })),
        (Method::DELETE, authenticator.into(), Value::Null),
        (Method::GET, "/api/v1/logs/export".into(), Value::Null),
        (Method::GET, "/api/v1/aadb2c/users?objectId=x".into(), Value::Null),
    ]
}

async fn every_call_is_refused(backend: &Backend) {
    for (number, (method, path, body)) in every_call().into_iter().enumerate() {
        // Each from an address of its own: ten failures from one are enough.
        let backend = backend.clone().calling_from(&format!("127.0.1.{}", number + 1));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = backend.call(method, &path, &body, Some("application/json")).await;
        assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"countersign\"", "{path}");
        refused(answer, 401, "unauthorized");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_says_that_it_is_there() {
    let world = World::new().await;
    let answer = world.backend().send(Method::GET, "/ping", "", None, None).await;
    assert_eq!(answer.headers["content-type"], "text/plain;charset=UTF-8");
    assert_eq!(answer.ok(), "PONG");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_credential_of_a_request_origin_works_on_both_apis() {
    let world = World::new().await;
    for backend in [world.backend(), world.hmac_backend(), caller(&world)] {
        enroll(&backend, json!({ "username": "ann" })).await;
        backend.get("/api/account/get?accountId=ann").await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_credential_there_is_no_call() {
    let world = World::new().await;
    for (method, path, body) in every_call() {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = world.backend().send(method, &path, &body, Some("application/json"), None).await;
        refused(answer, 401, "unauthorized");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_text_than_the_access_key_is_none() {
    let world = World::new().await;
    let key = world.backend().origin.access_key;
    // The same claims, signed by nobody: whoever could sign must still know the very text.
    let (rest, _) = key.rsplit_once('.').unwrap();
    let mut flipped = key.clone().into_bytes();
    let last = flipped.len() - 5;
    flipped[last] = if flipped[last] == b'A' { b'B' } else { b'A' };
    for (address, wrong) in [
        ("127.0.0.2", format!("{rest}.AAAA")),
        ("127.0.0.3", String::from_utf8(flipped).unwrap()),
        ("127.0.0.4", "change-me".to_owned()),
    ] {
        let backend = world.backend().by_bearer(&wrong).calling_from(address);
        refused(backend.post(ENROLL, json!({ "username": "ann" })).await, 401, "unauthorized");
    }
    caller(&world).post(ENROLL, json!({ "username": "ann" })).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_keys_from_one_address_are_enough() {
    let world = World::new().await;
    let key = world.backend().origin.access_key;
    let (rest, _) = key.rsplit_once('.').unwrap();
    let stranger = world.backend().by_bearer(&format!("{rest}.AAAA")).calling_from("127.0.0.2");
    for _ in 0..10 {
        refused(stranger.post(ENROLL, json!({ "username": "ann" })).await, 401, "unauthorized");
    }
    let answer = stranger.post(ENROLL, json!({ "username": "ann" })).await;
    assert_eq!(answer.headers["retry-after"], "300");
    refused(answer, 429, "too_many");
    caller(&world).post(ENROLL, json!({ "username": "ann" })).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_key_ends_with_the_credential_with_its_record_and_with_its_time() {
    let world = World::new().await;
    let backend = caller(&world);
    let before = world.change_origin(&backend, |origin| origin.credential = Credential::Revoked).await;
    every_call_is_refused(&backend).await;
    let known = before.access_keys.clone();
    world.change_origin(&backend, |origin| *origin = before).await;
    enroll(&backend, json!({ "username": "ann" })).await;

    world.change_origin(&backend, |origin| origin.access_keys.clear()).await;
    refused(backend.get("/api/v1/users?username=ann").await, 401, "unauthorized");
    let end = world.clock.now() + Span::minutes(1);
    world
        .change_origin(&backend, |origin| {
            origin.access_keys = known;
            origin.access_keys[0].expires_at = Some(end);
        })
        .await;
    backend.get("/api/v1/users?username=ann").await.ok();
    world.turn(Span::minutes(1));
    refused(backend.get("/api/v1/users?username=ann").await, 401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_app_space_is_there() {
    let world = World::new().await;
    let enrolled = enroll(&caller(&world), json!({ "username": "ann" })).await;
    let device = super::plant(&world, "ann", super::uaf()).await;
    let stranger = world.other_backend().await;
    let user = path("users", &enrolled["userId"]);
    refused(stranger.get(&user).await, 404, "not_found");
    refused(stranger.delete(&user).await, 404, "not_found");
    refused(stranger.get("/api/v1/users?username=ann").await, 404, "not_found");
    let by_id = json!({ "userId": enrolled["userId"] });
    refused(stranger.post(ENROLL, by_id.clone()).await, 404, "not_found");
    refused(stranger.post(APPROVAL, by_id).await, 404, "not_found");
    let intent = json!({ "userId": enrolled["userId"], "operation": "approve" });
    refused(stranger.post(INTENT, intent).await, 404, "not_found");
    let authenticator = path("authenticators", &json!(device.to_string()));
    refused(stranger.patch(&authenticator, json!({ "name": "Mine" })).await, 404, "not_found");
    refused(stranger.delete(&authenticator).await, 404, "not_found");
    let token = &enrolled["enrollment"]["statusToken"];
    let verify = json!({ "code": "000000", "statusToken": token });
    refused(super::verify(&stranger, &enrolled["userId"], verify).await, 404, "not_found");
    caller(&world).get(&user).await.ok();
}
