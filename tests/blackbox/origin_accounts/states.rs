//! Suspended, restored, revoked.

use countersign_domain::answer::Answer;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span};
use countersign_tests::device::error::ErrorCode;
use serde_json::json;

use super::{account, bound, change, refused};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_does_nothing_until_restored() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.ask("ann").await;
    let challenge = device.challenges().await.unwrap().remove(0);
    world.turn(Span::secs(1));
    let suspended = change(&world, "suspend", "ann").await.ok();
    assert_eq!(suspended["status"], "suspended");
    assert_eq!(account(&world, "ann").await.ok(), suspended);

    refused(device.challenges().await, 403, &ErrorCode::UserNotActive);
    refused(device.answer(&challenge, Answer::Option(0), None).await, 403, &ErrorCode::UserNotActive);
    assert_eq!(device.status().await.unwrap().account_status, "suspended");
    let ask = json!({ "accountId": "ann" });
    world.backend().post("/api/request/add", ask.clone()).await.refused(422, "wrong_state");

    let restored = change(&world, "restore", "ann").await.ok();
    let at = world.clock.now().rfc3339();
    assert_eq!(
        (&restored["status"], &restored["history"]),
        (&json!("active"), &json!([{ "at": at, "change": "suspended" }, { "at": at, "change": "restored" }]))
    );
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
    assert_eq!(account(&world, "ann").await.ok()["lastActiveAt"], at);
    world.backend().post("/api/request/add", ask).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_active_user_is_suspended_only_a_suspended_one_restored_and_none_revoked_twice() {
    let world = World::new().await;
    bound(&world, "ann").await;
    let wrong = async |how: &str| {
        change(&world, how, "ann").await.refused(422, "wrong_state");
    };
    wrong("restore").await;
    change(&world, "suspend", "ann").await.ok();
    wrong("suspend").await;
    assert_eq!(change(&world, "revoke", "ann").await.ok()["status"], "revoked");
    for how in ["suspend", "restore", "revoke"] {
        wrong(how).await;
    }
    let account = account(&world, "ann").await.ok();
    assert_eq!((&account["status"], account["history"].as_array().unwrap().len()), (&json!("revoked"), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_unknown_or_unnamed_is_suspended_restored_or_revoked() {
    let world = World::new().await;
    for how in ["suspend", "restore", "revoke"] {
        change(&world, how, "nobody").await.refused(404, "not_found");
        let path = format!("/api/account/{how}");
        let told = world.backend().patch(&path, json!({})).await.refused(400, "invalid_field");
        assert_eq!(told.as_deref(), Some("accountId"));
    }
    account(&world, "nobody").await.refused(404, "not_found");
    world.backend().get("/api/account/get").await.refused(400, "invalid_field");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_devices_are_revoked_with_their_user() {
    let world = World::new().await;
    let phone = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    world.turn(Span::secs(1));
    let tablet = world.enrol("ann").await;
    world.turn(Span::secs(1));
    let removed = world.enrol("ann").await;
    removed.remove().await.unwrap();
    world.turn(Span::secs(1));
    let revoked = change(&world, "revoke", "ann").await.ok();
    let devices = revoked["devices"].as_array().unwrap();
    assert!(devices.iter().all(|device| device["status"] == "revoked"), "{revoked}");
    let now = world.clock.now();
    let [first, second, third] = &devices[..] else { panic!("three devices") };
    for device in [first, second] {
        assert_eq!(device["revokedAt"], now.rfc3339());
    }
    assert_eq!(third["revokedAt"], (now - Span::secs(1)).rfc3339(), "revoked before, and only once");
    for device in [&phone, &tablet] {
        refused(device.status().await, 401, &ErrorCode::Unauthorized);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_of_a_revoked_user_can_be_cancelled_or_expires() {
    let world = World::new().await;
    bound(&world, "ann").await;
    let (cancelled, expired) = (world.ask("ann").await, world.ask("ann").await);
    change(&world, "revoke", "ann").await.ok();
    bound(&world, "ann").await;
    let body = json!({ "requestGuid": cancelled["guid"] });
    world.backend().patch("/api/request/cancel", body).await.ok();
    world.turn(Span::minutes(5));
    world.minute().await;
    assert_eq!(world.request(&expired["guid"]).await["status"], "expired");
}
