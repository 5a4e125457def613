//! The delivery log, and replays.

use countersign_domain::answer::Answer as Decision;
use countersign_domain::time::{Clock, Span, Timestamp};
use countersign_tests::device::Device;
use serde_json::{Value, json};

use crate::backend::{Answer, Backend};
use crate::world::World;

/// A request of `ann` that was answered, and its webhook sent once.
async fn sent(world: &World, device: &Device) -> Value {
    let asked = world.answered("ann", device).await;
    world.pump().await;
    asked
}

/// The one delivery of a request.
async fn delivery(world: &World, asked: &Value) -> Value {
    let [delivery] = &world.deliveries(asked).await[..] else { panic!("one delivery") };
    delivery.clone()
}

async fn list(backend: &Backend, guid: &str) -> Answer {
    backend.get(&format!("/api/delivery/getAll?requestGuid={guid}")).await
}

async fn replay(backend: &Backend, guid: &str) -> Answer {
    backend.post("/api/delivery/replay", json!({ "requestGuid": guid })).await
}

fn guid(asked: &Value) -> &str {
    asked["guid"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivered_webhook_is_in_the_log() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.ask("ann").await;
    assert_eq!(list(&world.backend(), guid(&asked)).await.ok(), json!([]));
    let asked = sent(&world, &device).await;
    let now = world.clock.now().rfc3339();
    let [webhook] = &world.receiver.got()[..] else { panic!("one webhook") };
    assert_eq!(
        delivery(&world, &asked).await,
        json!({
            "id": webhook.header("webhook-id"),
            "event": "challenge.answered",
            "url": world.receiver.url(),
            "status": "delivered",
            "createdAt": now,
            "nextAttemptAt": null,
            "attempts": [{ "at": now, "httpStatus": 204, "problem": null }],
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_every_outcome_of_the_request_origin() {
    let world = World::new().await;
    world.enrol("ann").await;
    let (cancelled, expired) = (world.ask("ann").await, world.ask("ann").await);
    let body = json!({ "requestGuid": cancelled["guid"] });
    world.backend().patch("/api/request/cancel", body).await.ok();
    world.turn(Span::minutes(5));
    world.minute().await;
    assert_eq!(delivery(&world, &cancelled).await["event"], "challenge.cancelled");
    assert_eq!(delivery(&world, &expired).await["event"], "challenge.expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_attempt_is_in_the_log_with_the_time_of_the_next() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.receiver.answer_with(&[500, 302]);
    let asked = sent(&world, &device).await;
    let (first, failed) = (world.clock.now(), delivery(&world, &asked).await);
    assert_eq!(failed["status"], "due");
    assert_eq!(failed["attempts"], json!([{ "at": first.rfc3339(), "httpStatus": 500, "problem": null }]));
    let next: Timestamp = failed["nextAttemptAt"].as_str().unwrap().parse().unwrap();
    // A minute, up to a fifth longer.
    assert!((first + Span::secs(60)..first + Span::secs(72)).contains(&next), "{next}");

    world.turn(Span::secs(72));
    world.minute().await;
    world.turn(Span::minutes(6));
    world.minute().await;
    let done = delivery(&world, &asked).await;
    assert_eq!((&done["status"], &done["nextAttemptAt"]), (&json!("delivered"), &Value::Null));
    let statuses: Vec<&Value> =
        done["attempts"].as_array().unwrap().iter().map(|attempt| &attempt["httpStatus"]).collect();
    assert_eq!(statuses, [500, 302, 204]);
    assert_eq!((&done["id"], &done["createdAt"]), (&failed["id"], &failed["createdAt"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_receiver_is_in_the_log_without_its_url() {
    let mut world = World::new().await;
    let device = world.enrol("ann").await;
    world.receiver.kill().await;
    let asked = sent(&world, &device).await;
    let log = delivery(&world, &asked).await;
    let [attempt] = &log["attempts"].as_array().unwrap()[..] else { panic!("one attempt") };
    assert!(attempt["httpStatus"].is_null());
    let problem = attempt["problem"].as_str().unwrap();
    assert!(problem.contains("no connection") && !problem.contains("127.0.0.1"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_failed_attempts_exhaust_a_delivery_until_it_is_replayed() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.receiver.answer_with(&[503; 11]);
    let asked = sent(&world, &device).await;
    for _ in 0..12 {
        world.turn(Span::hours(29));
        world.minute().await;
    }
    let exhausted = delivery(&world, &asked).await;
    assert_eq!((&exhausted["status"], &exhausted["nextAttemptAt"]), (&json!("exhausted"), &Value::Null));
    assert_eq!(exhausted["attempts"].as_array().unwrap().len(), 10);

    replay(&world.backend(), guid(&asked)).await.expect(202);
    world.minute().await;
    let replayed = delivery(&world, &asked).await;
    assert_eq!(replayed["status"], "due", "the eleventh failed as well, and counts as a first");
    world.turn(Span::hours(29));
    world.minute().await;
    assert_eq!(delivery(&world, &asked).await["status"], "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_sends_the_same_event_again() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = sent(&world, &device).await;
    world.turn(Span::minutes(10));
    let now = world.clock.now();
    let replayed = replay(&world.backend(), guid(&asked)).await.expect(202);
    assert_eq!(
        (&replayed[0]["status"], &replayed[0]["nextAttemptAt"]),
        (&json!("due"), &json!(now.rfc3339()))
    );
    world.minute().await;

    let [first, again] = &world.receiver.got()[..] else { panic!("two webhooks") };
    assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
    assert_eq!(again.text, first.text);
    again.verify_v1(&world.backend().origin.webhook_secret, now).unwrap();
    let log = delivery(&world, &asked).await;
    assert_eq!((&log["status"], log["attempts"].as_array().unwrap().len()), (&json!("delivered"), 2));
    world.minute().await;
    assert_eq!(world.receiver.got().len(), 2, "a replay is one attempt more");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_410_nothing_is_sent_until_a_replay() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.receiver.answer_with(&[410]);
    let gone = sent(&world, &device).await;
    let log = delivery(&world, &gone).await;
    assert_eq!((&log["status"], &log["nextAttemptAt"]), (&json!("gone"), &Value::Null));
    assert_eq!(log["attempts"][0]["httpStatus"], 410);

    let held_back = sent(&world, &device).await;
    let log = delivery(&world, &held_back).await;
    assert_eq!((&log["status"], world.receiver.got().len()), (&json!("gone"), 1));
    assert!(log["attempts"][0]["httpStatus"].is_null() && log["attempts"][0]["problem"].is_string(), "{log}");

    replay(&world.backend(), guid(&held_back)).await.expect(202);
    world.minute().await;
    assert_eq!(delivery(&world, &held_back).await["status"], "delivered");
    assert_eq!(delivery(&world, &gone).await["status"], "gone", "only what was asked for is sent");
    let later = sent(&world, &device).await;
    assert_eq!(delivery(&world, &later).await["status"], "delivered");
    assert_eq!(world.receiver.got().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_410_is_of_one_callback_and_one_request_origin() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.receiver.answer_with(&[410]);
    sent(&world, &device).await;
    let elsewhere = json!({ "callback": format!("http://{}/elsewhere", world.receiver.authority()) });
    world.answered_with("ann", &device, elsewhere).await;
    let body = json!({ "accountId": "ann", "callback": world.receiver.url() });
    let asked = world.hmac_backend().post("/api/request/add", body).await.created();
    let body = json!({ "requestGuid": asked["guid"] });
    world.hmac_backend().patch("/api/request/cancel", body).await.ok();
    world.pump().await;
    assert_eq!(world.receiver.got().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_for_the_request_origin_that_asked_only() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = sent(&world, &device).await;
    let colleague = world.hmac_backend();
    list(&colleague, guid(&asked)).await.refused(404, "not_found");
    replay(&colleague, guid(&asked)).await.refused(404, "not_found");
    world.minute().await;
    assert_eq!(world.receiver.got().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_callback_there_is_nothing_to_list_or_replay() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.backend().post("/api/request/add", json!({ "accountId": "ann" })).await.created();
    let challenge = world.challenge(&device, &asked).await;
    device.answer(&challenge, Decision::Option(0), None).await.unwrap();
    world.pump().await;
    assert_eq!(list(&world.backend(), guid(&asked)).await.ok(), json!([]));
    assert_eq!(replay(&world.backend(), guid(&asked)).await.expect(202), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_log_of_what_is_no_request() {
    let world = World::new().await;
    let nowhere = "01930000-0000-7000-8000-000000000000";
    list(&world.backend(), nowhere).await.refused(404, "not_found");
    replay(&world.backend(), nowhere).await.refused(404, "not_found");
    let field = Some("requestGuid".to_owned());
    for wrong in ["", "1"] {
        assert_eq!(list(&world.backend(), wrong).await.refused(400, "invalid_field"), field);
        assert_eq!(replay(&world.backend(), wrong).await.refused(400, "invalid_field"), field);
    }
}
