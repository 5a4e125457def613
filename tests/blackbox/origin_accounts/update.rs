//! `PATCH /api/account/update`.

use countersign_domain::answer::Answer;
use countersign_domain::time::{Clock, Span};
use serde_json::json;

use super::{BIND, UPDATE, account, bound, change, enrol_with};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn with_a_new_account_id_the_user_moves_and_the_devices_go_along() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.ask("ann").await;
    let enrolment = world.backend().put(BIND, json!({ "accountId": "ann" })).await.ok();
    world.turn(Span::secs(1));
    let body = json!({ "accountId": "ann", "newAccountId": "bea" });
    let moved = world.backend().patch(UPDATE, body).await.ok();
    assert_eq!(moved["privakeyId"], enrolment["privakeyId"]);
    assert_eq!(moved["accountId"], "bea");
    assert_eq!(
        moved["history"],
        json!([{ "at": world.clock.now().rfc3339(), "change": "renamed", "from": "ann" }])
    );
    assert_eq!(account(&world, "bea").await.ok(), moved);
    account(&world, "ann").await.refused(404, "not_found");

    world.ask("bea").await;
    let [first, _] = &device.challenges().await.unwrap()[..] else { panic!("two challenges") };
    assert_eq!(first.guid.to_string(), asked["guid"].as_str().unwrap());
    assert_eq!(device.answer(first, Answer::Option(0), None).await.unwrap().status, "answered");
    assert_eq!(device.status().await.unwrap().account_id, "bea");
    enrol_with(&world, &enrolment).await.unwrap();
    assert_eq!(account(&world, "bea").await.ok()["devices"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_from_before_the_move_still_frees_its_place_when_it_is_cancelled() {
    let world = World::new().await;
    bound(&world, "ann").await;
    let asked = world.ask("ann").await;
    for _ in 0..4 {
        world.ask("ann").await;
    }
    let body = json!({ "accountId": "ann", "newAccountId": "bea" });
    world.backend().patch(UPDATE, body).await.ok();
    let ask = json!({ "accountId": "bea" });
    world.backend().post("/api/request/add", ask.clone()).await.refused(429, "too_many");
    world.backend().patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] })).await.ok();
    world.backend().post("/api/request/add", ask).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_account_id_is_free_for_another_user() {
    let world = World::new().await;
    let first = bound(&world, "ann").await;
    let body = json!({ "accountId": "ann", "newAccountId": "bea" });
    world.backend().patch(UPDATE, body).await.ok();
    let second = bound(&world, "ann").await;
    assert_ne!(first["privakeyId"], second["privakeyId"]);
    assert_eq!(account(&world, "bea").await.ok()["privakeyId"], first["privakeyId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_moves_and_stays_suspended() {
    let world = World::new().await;
    bound(&world, "ann").await;
    change(&world, "suspend", "ann").await.ok();
    let body = json!({ "accountId": "ann", "newAccountId": "bea" });
    assert_eq!(world.backend().patch(UPDATE, body).await.ok()["status"], "suspended");
    world.backend().post("/api/request/add", json!({ "accountId": "bea" })).await.refused(422, "wrong_state");
    assert_eq!(change(&world, "restore", "bea").await.ok()["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_account_id_is_refused_and_nobody_moves() {
    let world = World::new().await;
    for account_id in ["ann", "bea"] {
        bound(&world, account_id).await;
    }
    let before = (account(&world, "ann").await.ok(), account(&world, "bea").await.ok());
    let body = json!({ "accountId": "ann", "newAccountId": "bea" });
    world.backend().patch(UPDATE, body).await.refused(422, "wrong_state");
    assert_eq!((account(&world, "ann").await.ok(), account(&world, "bea").await.ok()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_user_info_replaces_the_old_which_the_history_keeps() {
    let world = World::new().await;
    bound(&world, "ann").await;
    let first = world.clock.now();
    let set = async |info: &str| {
        world.backend().patch(UPDATE, json!({ "accountId": "ann", "newUserInfo": info })).await.ok()
    };
    assert_eq!(set("one").await["userInfo"], "one");
    world.turn(Span::secs(1));
    let account = set("two").await;
    assert_eq!(account["userInfo"], "two");
    assert_eq!(
        account["history"],
        json!([
            { "at": first.rfc3339(), "change": "info_changed", "from": null },
            { "at": world.clock.now().rfc3339(), "change": "info_changed", "from": "one" },
        ])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_thing_changes_at_a_time() {
    let world = World::new().await;
    bound(&world, "ann").await;
    for (body, field) in [
        (json!({ "accountId": "ann" }), "newAccountId"),
        (json!({ "accountId": "ann", "newAccountId": "bea", "newUserInfo": "x" }), "newAccountId"),
        (json!({ "accountId": "ann", "newAccountId": "" }), "newAccountId"),
        (json!({ "accountId": "ann", "newAccountId": "x".repeat(301) }), "newAccountId"),
        (json!({ "accountId": "ann", "newUserInfo": "x".repeat(2049) }), "newUserInfo"),
        (json!({ "newAccountId": "bea" }), "accountId"),
    ] {
        let told = world.backend().patch(UPDATE, body.clone()).await.refused(400, "invalid_field");
        assert_eq!(told.as_deref(), Some(field), "{body}");
    }
    assert_eq!(account(&world, "ann").await.ok()["history"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_revoked_users_are_not_changed() {
    let world = World::new().await;
    bound(&world, "ann").await;
    change(&world, "revoke", "ann").await.ok();
    for new in [json!({ "newAccountId": "bea" }), json!({ "newUserInfo": "x" })] {
        for (account_id, status, error) in [("nobody", 404, "not_found"), ("ann", 422, "wrong_state")] {
            let mut body = new.clone();
            body["accountId"] = account_id.into();
            world.backend().patch(UPDATE, body).await.refused(status, error);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_keeps_the_last_twenty_changes() {
    let world = World::new().await;
    bound(&world, "ann").await;
    for number in 0..=21 {
        let body = json!({ "accountId": "ann", "newUserInfo": number.to_string() });
        world.backend().patch(UPDATE, body).await.ok();
    }
    let account = account(&world, "ann").await.ok();
    let history = account["history"].as_array().unwrap();
    assert_eq!((history.len(), &history[0]["from"], &history[19]["from"]), (20, &json!("1"), &json!("20")));
}
