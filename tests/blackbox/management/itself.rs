//! Status, name, push token, strong failures, removal.

use countersign_crypto::jwk::Algorithm;
use countersign_domain::answer::Answer;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span};
use countersign_tests::device::Device;
use countersign_tests::device::manage::{DEVICE_PATH, DeviceStatus, PUSH_TOKEN_PATH, STRONG_FAILURES_PATH};
use reqwest::Method;
use serde_json::{Value, json};

use super::{every_call, is_gone, status};
use crate::device_calls::{call, call_with, refused};
use crate::world::World;

async fn push_state(device: &Device) -> String {
    device.status().await.unwrap().push
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_told_how_it_and_its_user_stand() {
    let world = World::new().await;
    let enrolled_at = world.clock.now();
    let device = world.enrol("ann").await;
    world.turn(Span::hours(1));
    let identity = device.identity();
    let expected = DeviceStatus {
        device_guid: identity.device_guid,
        name: "ann's phone".into(),
        platform: "other".into(),
        status: "active".into(),
        push: "none".into(),
        created_at: enrolled_at.rfc3339(),
        strong_attempts_left: 5,
        privakey_id: identity.privakey_id,
        account_id: "ann".into(),
        account_status: "active".into(),
        app_space_guid: identity.app_space_guid,
        app_space_name: "Demo Bank".into(),
    };
    assert_eq!(device.status().await.unwrap(), expected);

    let renamed = json!({ "accountId": "ann", "newAccountId": "anna" });
    world.backend().patch("/api/account/update", renamed).await.ok();
    world.backend().patch("/api/account/suspend", json!({ "accountId": "anna" })).await.ok();
    let status = device.status().await.unwrap();
    assert_eq!((status.account_id.as_str(), status.account_status.as_str()), ("anna", "suspended"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_can_be_renamed() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let longest = "é".repeat(64);
    for name in ["Ann's tablet", "x", &longest] {
        assert_eq!(device.rename(name).await.unwrap().name, name);
        assert_eq!(device.status().await.unwrap().name, name);
        let devices = world.backend().get("/api/device/getAll?accountId=ann").await.ok();
        assert_eq!(devices[0]["name"], name);
    }
    for name in [json!(""), json!("é".repeat(65)), json!("two\nlines"), json!(1), Value::Null] {
        let answer = call(&device, Method::PATCH, DEVICE_PATH, &json!({ "name": name })).await;
        assert_eq!(answer.refused(400, "invalid_field").unwrap(), "name");
    }
    let answer = call(&device, Method::PATCH, DEVICE_PATH, &json!({})).await;
    assert_eq!(answer.refused(400, "invalid_field").unwrap(), "name");
    assert_eq!(device.status().await.unwrap().name, longest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_token_is_set_kept_changed_and_taken_back() {
    let world = World::new().await;
    let device = world.enrol_as("ann", Platform::Android, None, Algorithm::Es256).await;
    assert_eq!(push_state(&device).await, "none");
    for token in ["first", "second"] {
        assert_eq!(device.set_push_token(Some(token)).await.unwrap().push, "wanted");
        world.pump().await;
        assert_eq!(push_state(&device).await, "registered");
        assert_eq!(device.set_push_token(Some(token)).await.unwrap().push, "registered", "the same");
    }
    world.ask("ann").await;
    world.pump().await;
    assert_eq!(world.standins().take_published().len(), 1);
    assert_eq!(device.set_push_token(None).await.unwrap().push, "none");
    world.ask("ann").await;
    world.pump().await;
    assert!(world.standins().take_published().is_empty());
    assert_eq!(device.set_push_token(Some("second")).await.unwrap().push, "wanted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_push_token_changes_nothing() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token").await;
    let wrong = [json!(""), json!("t".repeat(4097)), json!("two\nlines"), json!(1), json!({})];
    let bodies = wrong.into_iter().map(|token| json!({ "pushToken": token })).chain([json!({})]);
    for body in bodies {
        let answer = call(&device, Method::PUT, PUSH_TOKEN_PATH, &body).await;
        assert_eq!(answer.refused(400, "invalid_field").unwrap(), "pushToken", "{body}");
    }
    assert_eq!(push_state(&device).await, "registered");
    device.set_push_token(Some(&"t".repeat(4096))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn five_strong_failures_revoke_the_device_for_ever() {
    let world = World::new().await;
    let (device, other) = (world.enrol("ann").await, world.enrol("ann").await);
    for left in (1..5).rev() {
        let failures = device.report_strong_failure().await.unwrap();
        assert_eq!((failures.attempts_left, failures.device_status.as_str()), (left, "active"));
        assert_eq!(device.status().await.unwrap().strong_attempts_left, left);
    }
    let last = device.report_strong_failure().await.unwrap();
    assert_eq!((last.attempts_left, last.device_status.as_str()), (0, "revoked"));
    is_gone(&device).await;
    assert_eq!(other.status().await.unwrap().strong_attempts_left, 5, "each device counts for itself");
    let devices = world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    for (device, status) in [(&device, "revoked"), (&other, "active")] {
        let guid = device.identity().device_guid.to_string();
        let view = devices.as_array().unwrap().iter().find(|view| view["guid"] == guid).unwrap();
        assert_eq!(view["status"], status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strong_answer_forgives_the_failures_and_a_weak_one_does_not() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for (button, left) in [(1, 2), (0, 5)] {
        while device.status().await.unwrap().strong_attempts_left > 2 {
            device.report_strong_failure().await.unwrap();
        }
        world.ask("ann").await;
        let challenge = device.challenges().await.unwrap().remove(0);
        device.answer(&challenge, Answer::Option(button), None).await.unwrap();
        assert_eq!(device.status().await.unwrap().strong_attempts_left, left);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_says_how_many_strong_failures_there_may_be() {
    let world = World::new().await;
    world.change_app_space(|app_space| app_space.policy.strong_failures_max = 1).await;
    let device = world.enrol("ann").await;
    assert_eq!(device.status().await.unwrap().strong_attempts_left, 1);
    let counted = call(&device, Method::POST, STRONG_FAILURES_PATH, &Value::Null).await.ok();
    assert_eq!(counted, json!({ "attemptsLeft": 0, "deviceStatus": "revoked" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_removed_itself_is_gone() {
    let world = World::new().await;
    let (device, other) = (world.enrol("ann").await, world.enrol("ann").await);
    device.remove().await.unwrap();
    is_gone(&device).await;
    let wrong_clock = |claims: &mut countersign_tests::device::proof::ProofClaims| claims.iat -= 3600;
    let answer = call_with(&device, Method::GET, DEVICE_PATH, &Value::Null, wrong_clock).await;
    answer.refused(401, "unauthorized");
    status(&other).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_device_gets_no_push() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token").await;
    device.remove().await.unwrap();
    world.ask("ann").await;
    world.pump().await;
    assert!(world.standins().take_published().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_s_device_may_only_ask_how_it_stands_and_remove_itself() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.backend().patch("/api/account/suspend", json!({ "accountId": "ann" })).await.ok();
    for (method, path, body) in every_call() {
        let answer = call(&device, method.clone(), &path, &body).await;
        match (method, path.as_str()) {
            (Method::GET, DEVICE_PATH) => assert_eq!(answer.ok()["accountStatus"], "suspended"),
            (Method::DELETE, _) => assert_eq!(answer.expect(204), Value::Null),
            _ => assert_eq!(answer.refused(403, "user_not_active"), None, "{path}"),
        }
    }
    world.backend().patch("/api/account/restore", json!({ "accountId": "ann" })).await.ok();
    is_gone(&device).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_user_s_devices_are_gone() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.backend().patch("/api/account/revoke", json!({ "accountId": "ann" })).await.ok();
    is_gone(&device).await;
    world.enrol("ann").await;
    refused(device.status().await, 401, "unauthorized");
}
