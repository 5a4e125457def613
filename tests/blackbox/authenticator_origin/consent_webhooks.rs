//! What a Request Origin hears of its consents: webhooks, their log, replays.

use countersign_domain::time::{Clock, Span};
use countersign_tests::device::Device;
use serde_json::{Value, json};

use super::{consent, consent_now, get, revoke, world_with_ann};
use crate::openapi::Api;
use crate::receiver::Webhook;
use crate::world::World;

const REPLAY: &str = "/api/delivery/replay";

fn log(consent: &Value) -> String {
    get(consent).replace("consent/get", "delivery/getAll")
}

/// As documented, and signed both ways.
async fn check(world: &World, webhook: &Webhook) {
    let headers: Vec<_> = ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"]
        .into_iter()
        .map(|name| (name, webhook.header(name)))
        .collect();
    let api = Api::load().unwrap();
    assert_eq!(api.check_webhook("consent", &headers, webhook.body.to_string().as_bytes()), Ok(()));
    let now = world.clock.now();
    webhook.verify_v1(&world.backend().origin.webhook_secret, now).unwrap();
    webhook.verify_v1a(&world.jwks().await, now).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn its_beginning_and_its_end_are_told() {
    let world = world_with_ann().await;
    let given = consent(&world, json!({ "callback": world.receiver.url() })).await;
    world.pump().await;
    world.turn(Span::minutes(1));
    let revoked = revoke(&world, &given).await.ok();
    world.pump().await;
    let [first, second] = &world.receiver.got()[..] else { panic!("two webhooks") };
    for (webhook, event, consent) in
        [(first, "consent.created", &given), (second, "consent.revoked", &revoked)]
    {
        let mut expected = consent.clone();
        expected["event"] = json!(event);
        assert_eq!(webhook.body, expected);
        check(&world, webhook).await;
    }
    assert_ne!(first.header("webhook-id"), second.header("webhook-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_callback_nobody_is_told() {
    let world = world_with_ann().await;
    let given = consent(&world, json!({})).await;
    revoke(&world, &given).await.ok();
    world.pump().await;
    assert!(world.receiver.got().is_empty());
    assert_eq!(world.backend().get(&log(&given)).await.ok(), json!([]));
    assert_eq!(
        world.backend().post(REPLAY, json!({ "consentGuid": given["guid"] })).await.expect(202),
        json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_both_and_a_replay_sends_both_again() {
    let world = world_with_ann().await;
    let given = consent(&world, json!({ "callback": world.receiver.url() })).await;
    revoke(&world, &given).await.ok();
    world.pump().await;
    let sent = world.receiver.got();
    let deliveries = world.backend().get(&log(&given)).await.ok();
    let deliveries = deliveries.as_array().unwrap();
    let mut ids: Vec<_> = deliveries.iter().map(|delivery| delivery["id"].clone()).collect();
    let mut events: Vec<_> = deliveries.iter().map(|delivery| delivery["event"].as_str().unwrap()).collect();
    events.sort_unstable();
    assert_eq!(events, ["consent.created", "consent.revoked"]);
    assert!(deliveries.iter().all(|delivery| delivery["status"] == "delivered"));
    let replayed = world.backend().post(REPLAY, json!({ "consentGuid": given["guid"] })).await.expect(202);
    assert!(replayed.as_array().unwrap().iter().all(|delivery| delivery["status"] == "due"));
    world.minute().await;
    let again = world.receiver.got();
    assert_eq!(again.len(), 4);
    let mut seen: Vec<Value> = again[2..].iter().map(|webhook| json!(webhook.header("webhook-id"))).collect();
    ids.sort_by_key(Value::to_string);
    seen.sort_by_key(Value::to_string);
    assert_eq!(seen, ids, "the ids of {} webhooks", sent.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_and_tells_what_was_then() {
    let world = world_with_ann().await;
    world.receiver.answer_with(&[503]);
    let given = consent(&world, json!({ "callback": world.receiver.url() })).await;
    world.pump().await;
    revoke(&world, &given).await.ok();
    world.turn(Span::minutes(2));
    world.minute().await;
    let got = world.receiver.got();
    let told = got.iter().map(|webhook| (webhook.body["event"].clone(), webhook.body["status"].clone()));
    let told: Vec<_> = told.collect();
    let created = || (json!("consent.created"), json!("active"));
    assert_eq!(told.iter().filter(|told| **told == created()).count(), 2, "{told:?}");
    assert_eq!(told.iter().filter(|told| **told == (json!("consent.revoked"), json!("revoked"))).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_recorded_it_has_its_log() {
    let world = world_with_ann().await;
    let given = consent(&world, json!({ "callback": world.receiver.url() })).await;
    world.pump().await;
    world.hmac_backend().get(&log(&given)).await.refused(404, "not_found");
    let named = json!({ "consentGuid": given["guid"] });
    world.hmac_backend().post(REPLAY, named.clone()).await.refused(404, "not_found");
    assert_eq!(consent_now(&world, &given).await, given);
    world.backend().post(REPLAY, named).await.expect(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_of_one_thing() {
    let world = world_with_ann().await;
    let device: Device = world.enrol("ann").await;
    let asked = world.answered("ann", &device).await;
    let given = consent(&world, json!({ "callback": world.receiver.url() })).await;
    world.pump().await;
    let both = format!("{}&requestGuid={}", log(&given), asked["guid"].as_str().unwrap());
    let refused = world.backend().get(&both).await.refused(400, "invalid_field");
    assert_eq!(refused.as_deref(), Some("consentGuid"));
    let refused = world.backend().get("/api/delivery/getAll").await.refused(400, "invalid_field");
    assert_eq!(refused.as_deref(), Some("requestGuid"));
    let crossed = json!({ "requestGuid": given["guid"] });
    world.backend().post(REPLAY, crossed).await.refused(404, "not_found");
    assert_eq!(world.deliveries(&asked).await.len(), 1);
}
