//! Users and authenticators, as backends see and end them.

use countersign_domain::answer::Answer;
use countersign_domain::time::{Clock, Span};
use serde_json::{Value, json};

use super::{ENROLL, approve, caller, enroll, fido2, path, plant, refused, uaf};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_shown_with_authenticators() {
    let world = World::new().await;
    let backend = caller(&world);
    let enrolled = enroll(&backend, json!({ "username": "ann" })).await;
    let made = world.clock.now().rfc3339();
    let native = world.enrol("ann").await;
    let (uaf, fido2) = (plant(&world, "ann", uaf()).await, plant(&world, "ann", fido2()).await);
    let by_id = backend.get(&path("users", &enrolled["userId"])).await.ok();
    let by_name = backend.get("/api/v1/users?username=ann").await.ok();
    assert_eq!(by_id, by_name);
    assert_eq!((&by_id["userId"], &by_id["username"]), (&enrolled["userId"], &json!("ann")));
    assert_eq!(
        (&by_id["status"], &by_id["createdAt"], &by_id["updatedAt"]),
        (&json!("active"), &json!(made), &json!(made))
    );
    let authenticators = by_id["authenticators"].as_array().unwrap();
    let ids: Vec<_> = authenticators.iter().map(|one| one["authenticatorId"].as_str().unwrap()).collect();
    assert_eq!(ids, [native.identity().device_guid.to_string(), uaf.to_string(), fido2.to_string()]);
    let kinds: Vec<_> = authenticators.iter().map(|one| (&one["type"], &one["authenticatorType"])).collect();
    let (app, ios) = (json!("app"), json!("ios"));
    assert_eq!(kinds, [(&Value::Null, &app), (&ios, &app), (&ios, &json!("fido2"))]);
    assert_eq!(authenticators[0]["uaf"], Value::Null);
    assert_eq!(authenticators[1]["uaf"]["aaid"], "C0DE#0001");
    assert_eq!(authenticators[1]["uaf"]["dispatchTarget"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_is_not_there() {
    let world = World::new().await;
    let backend = caller(&world);
    let nobody = json!("019a8f3c-7b00-7c4e-9d1a-2b3c4d5e6f70");
    refused(backend.get(&path("users", &nobody)).await, 404, "not_found");
    refused(backend.delete(&path("users", &nobody)).await, 404, "not_found");
    refused(backend.get("/api/v1/users?username=nobody").await, 404, "not_found");
    refused(backend.delete(&path("authenticators", &nobody)).await, 404, "not_found");
    let named = json!({ "name": "Phone" });
    refused(backend.patch(&path("authenticators", &nobody), named).await, 404, "not_found");
    for (kind, field) in [("users", "userId"), ("authenticators", "authenticatorId")] {
        let answer = backend.delete(&path(kind, &json!("ann"))).await;
        assert_eq!(refused(answer, 400, "invalid_field").as_deref(), Some(field));
    }
    refused(backend.get("/api/v1/users").await, 400, "invalid_field");
    refused(backend.get("/api/v1/users?username=a%20b").await, 400, "invalid_field");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_is_gone_with_all_authenticators() {
    let world = World::new().await;
    let backend = caller(&world);
    let enrolled = enroll(&backend, json!({ "username": "ann" })).await;
    let native = world.enrol("ann").await;
    let planted = plant(&world, "ann", uaf()).await;
    let user = path("users", &enrolled["userId"]);
    assert_eq!(backend.delete(&user).await.expect(204), Value::Null);
    refused(backend.get(&user).await, 404, "not_found");
    refused(backend.delete(&user).await, 404, "not_found");
    refused(backend.get("/api/v1/users?username=ann").await, 404, "not_found");
    refused(backend.post(super::APPROVAL, json!({ "username": "ann" })).await, 404, "not_found");
    let gone = path("authenticators", &json!(planted.to_string()));
    refused(backend.delete(&gone).await, 404, "not_found");
    native.status().await.unwrap_err();
    let account = backend.get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(account["status"], "revoked");
    let anew = enroll(&backend, json!({ "username": "ann" })).await;
    assert_ne!(anew["userId"], enrolled["userId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authenticator_is_renamed_and_revoked() {
    let world = World::new().await;
    let backend = caller(&world);
    let enrolled = enroll(&backend, json!({ "username": "ann" })).await;
    let (first, second) = (plant(&world, "ann", uaf()).await, plant(&world, "ann", uaf()).await);
    let at = path("authenticators", &json!(second.to_string()));
    let renamed = backend.patch(&at, json!({ "name": "Ann's phone" })).await.ok();
    assert_eq!((&renamed["name"], &renamed["state"]), (&json!("Ann's phone"), &json!("active")));
    for name in ["", &"x".repeat(65), "a\nb"] {
        let answer = backend.patch(&at, json!({ "name": name })).await;
        assert_eq!(refused(answer, 400, "invalid_field").as_deref(), Some("name"));
    }
    backend.delete(&at).await.expect(204);
    refused(backend.delete(&at).await, 404, "not_found");
    refused(backend.patch(&at, json!({ "name": "Other" })).await, 404, "not_found");
    let user = backend.get(&path("users", &enrolled["userId"])).await.ok();
    assert_eq!(user["authenticators"].as_array().unwrap().len(), 1);
    // It is asked no more: the one before it is the last one now.
    approve(&backend, json!({ "username": "ann" })).await;
    let body = json!({ "username": "ann", "authenticatorId": second.to_string() });
    refused(backend.post(super::APPROVAL, body).await, 404, "not_found");
    backend.delete(&path("authenticators", &json!(first.to_string()))).await.expect(204);
    refused(backend.post(super::APPROVAL, json!({ "username": "ann" })).await, 422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_answers_are_remembered() {
    let world = World::new().await;
    let backend = caller(&world);
    let device = world.enrol("ann").await;
    world.answered("ann", &device).await;
    let success = world.clock.now().rfc3339();
    world.turn(Span::minutes(1));
    let asked = world.ask("ann").await;
    let challenge = world.challenge(&device, &asked).await;
    let decline = Answer::Decline(countersign_domain::answer::DeclineReason::Cancelled);
    device.answer(&challenge, decline, None).await.unwrap();
    let user = backend.get("/api/v1/users?username=ann").await.ok();
    assert_eq!(user["lastLoginDateSuccess"], success);
    assert_eq!(user["lastLoginDateFailure"], world.clock.now().rfc3339());
}

#[tokio::test(flavor = "multi_thread")]
async fn azure_gets_an_answer_whoever_is_asked_for() {
    let world = World::new().await;
    let backend = caller(&world);
    let name = "5f0c1d2e-3b4a-4111-9111-1a2b3c4d5e6f";
    let at = format!("/api/v1/aadb2c/users?objectId={name}");
    let nobody = json!({ "authenticators": "[]" });
    assert_eq!(backend.get(&at).await.ok(), nobody);
    let enrolled = enroll(&backend, json!({ "username": name })).await;
    plant(&world, name, uaf()).await;
    let user = backend.get(&at).await.ok();
    assert_eq!((&user["userId"], &user["username"]), (&enrolled["userId"], &json!(name)));
    let authenticators: Value = serde_json::from_str(user["authenticators"].as_str().unwrap()).unwrap();
    assert_eq!(authenticators[0]["uaf"]["aaid"], "C0DE#0001");
    // A user who is no user of Azure's, and what is no name at all.
    backend.post(ENROLL, json!({ "username": "ann" })).await.created();
    for other in ["ann", "", "a%20b"] {
        let answer = backend.get(&format!("/api/v1/aadb2c/users?objectId={other}")).await;
        assert_eq!(answer.ok(), nobody, "{other}");
    }
    let stranger = world.other_backend().await;
    assert_eq!(stranger.get(&at).await.ok(), nobody);
    backend.delete(&path("users", &enrolled["userId"])).await.expect(204);
    assert_eq!(backend.get(&at).await.ok(), nobody);
}
