//! What a device reports.

use countersign_domain::time::Clock;
use countersign_tests::device::Device;
use countersign_tests::device::manage::{TELEMETRY_PATH, TelemetryEvent};
use reqwest::Method;
use serde_json::{Value, json};

use crate::backend::Answer;
use crate::device_calls::call;
use crate::world::World;

async fn report(device: &Device, events: Value) -> Answer {
    call(device, Method::POST, TELEMETRY_PATH, &json!({ "events": events })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_to_twenty_events_are_accepted() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.ask("ann").await;
    let full = TelemetryEvent {
        kind: "REQUEST_VIEWED".into(),
        challenge_guid: Some(asked["guid"].as_str().unwrap().parse().unwrap()),
        at: Some(world.clock.now().rfc3339()),
        duration_millis: Some(u64::MAX),
        detail: Some("é".repeat(200)),
    };
    let bare = TelemetryEvent { kind: "X".repeat(64), ..TelemetryEvent::default() };
    assert_eq!(device.report_telemetry(&[full.clone(), bare]).await.unwrap(), 2);
    assert_eq!(device.report_telemetry(&vec![full; 20]).await.unwrap(), 20);
    let answer =
        report(&device, json!([{ "type": "A_1", "unknown": true, "at": "2026-11-22T11:00:00+01:00" }]));
    assert_eq!(answer.await.expect(202), json!({ "accepted": 1 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_event_is_named_by_its_place() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let good = json!({ "type": "REQUEST_VIEWED" });
    for (member, value) in [
        ("type", json!("")),
        ("type", json!("X".repeat(65))),
        ("type", json!("viewed")),
        ("type", json!("Ä")),
        ("type", json!("A B")),
        ("type", json!(1)),
        ("type", json!("REQUEST_FETCHED")),
        ("type", json!("REQUEST_PROCESSED")),
        ("challengeGuid", json!("x")),
        ("challengeGuid", json!("01931f3e000070008000000000000000")),
        ("challengeGuid", json!(1)),
        ("at", json!("yesterday")),
        ("at", json!("2026-11-22T10:00:00")),
        ("at", json!(1_795_341_600)),
        ("durationMillis", json!(-1)),
        ("durationMillis", json!(0.5)),
        ("durationMillis", json!("1")),
        ("detail", json!("")),
        ("detail", json!("x".repeat(201))),
        ("detail", json!("two\nlines")),
        ("detail", json!({})),
    ] {
        let mut event = good.clone();
        event[member] = value.clone();
        let answer = report(&device, json!([good, event])).await;
        let field = answer.refused(400, "invalid_field").unwrap();
        assert_eq!(field, format!("events[1].{member}"), "{value}");
    }
    let field = report(&device, json!([{}])).await.refused(400, "invalid_field").unwrap();
    assert_eq!(field, "events[0].type");
    let field = report(&device, json!(["VIEWED"])).await.refused(400, "invalid_field").unwrap();
    assert_eq!(field, "events[0]");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_events_too_many_and_none_at_all_are_refused() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let many = vec![json!({ "type": "X" }); 21];
    for events in [json!([]), json!(many), json!({}), json!("X"), Value::Null] {
        assert_eq!(report(&device, events).await.refused(400, "invalid_field").unwrap(), "events");
    }
    let answer = call(&device, Method::POST, TELEMETRY_PATH, &json!({})).await;
    assert_eq!(answer.refused(400, "invalid_field").unwrap(), "events");
}
