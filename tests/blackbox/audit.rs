//! The audit trail: who did what to whom, once each, in order.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::time::{Clock, Span};
use countersign_local::aws::Aws;
use countersign_tests::device::Device;
use countersign_tests::device::manage::TelemetryEvent;
use serde_json::{Value, json};

use crate::world::World;

/// An entry as an auditor reads it.
#[derive(Debug, PartialEq)]
struct Entry {
    event: String,
    subject: String,
    user: Option<String>,
    actor: Option<String>,
    detail: Option<String>,
}

/// The entries of today, in the table's order.
async fn entries(world: &World) -> Vec<Entry> {
    let client = Client::new(&Aws::at(&world.standins().endpoint_url()).await.config);
    let day = world.clock.now().rfc3339()[..10].to_owned();
    let key = format!("AUDIT#{}#{day}", world.bundle.demo.app_space.guid);
    let found = client
        .query()
        .table_name(&world.bundle.app().settings.table)
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(":pk", AttributeValue::S(key))
        .send()
        .await
        .unwrap();
    found.items.unwrap().iter().map(|item| entry(item["body"].as_m().unwrap())).collect()
}

fn entry(body: &std::collections::HashMap<String, AttributeValue>) -> Entry {
    let text = |name: &str| body.get(name)?.as_s().ok().cloned();
    Entry {
        event: text("event").unwrap(),
        subject: text("subject").unwrap(),
        user: text("user"),
        actor: text("actor"),
        detail: text("detail"),
    }
}

/// Lets a second go by, so that what comes now comes after what was.
async fn later(world: &World) {
    world.pump().await;
    world.turn(Span::secs(1));
}

fn events(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.event.as_str()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A device of ann, a second after she was bound.
async fn ann(world: &World) -> Device {
    world.bind_link("ann").await;
    later(world).await;
    let device = world.enrol("ann").await;
    later(world).await;
    device
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_is_told_in_order_with_actor_and_subject() {
    let world = World::new().await;
    let device = ann(&world).await;
    let asked = world.ask("ann").await;
    later(&world).await;
    let challenge = world.challenge(&device, &asked).await;
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
    later(&world).await;

    let user = Some(device.identity().privakey_id.to_string());
    let device = Some(device.identity().device_guid.to_string());
    let told = |event: &str, subject: &Option<String>, actor: Option<String>, detail: Option<&str>| Entry {
        event: event.into(),
        subject: subject.clone().unwrap(),
        user: user.clone(),
        actor,
        detail: detail.map(str::to_owned),
    };
    let challenge = Some(text(&asked["guid"]));
    let expected = [
        told("user.created", &user, None, None),
        told("device.enrolled", &device, None, None),
        told("challenge.created", &challenge, Some(world.backend().origin.guid), None),
        told("challenge.answered", &challenge, device.clone(), Some("Approve")),
    ];
    assert_eq!(entries(&world).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_is_told_once_however_often_the_stream_is_read() {
    let world = World::new().await;
    let device = ann(&world).await;
    world.answered("ann", &device).await;
    world.pump().await;
    let told = entries(&world).await;
    world.standins().take_published();
    // It begins at the oldest record.
    let other = world.another_process().await;
    other.pump().await.unwrap();
    world.pump().await;
    assert_eq!(entries(&world).await, told);
    assert_eq!(told.len(), 4);
    assert_eq!(world.receiver.got().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_outcome_of_a_challenge_is_told() {
    let world = World::new().await;
    let device = ann(&world).await;
    let before = entries(&world).await.len();
    let asked = world.ask_with("ann", json!({ "showCode": true })).await;
    later(&world).await;
    let challenge = world.challenge(&device, &asked).await;
    let wrong = if asked["code"] == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        device.answer(&challenge, Answer::Option(0), Some(wrong)).await.unwrap_err();
        later(&world).await;
    }
    let asked = world.ask("ann").await;
    later(&world).await;
    world.backend().patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] })).await.ok();
    later(&world).await;
    world.ask_with("ann", json!({ "duration": "1s" })).await;
    later(&world).await;
    world.minute().await;
    later(&world).await;
    for reason in [DeclineReason::Cancelled, DeclineReason::NotMe] {
        let asked = world.ask("ann").await;
        later(&world).await;
        let challenge = world.challenge(&device, &asked).await;
        device.answer(&challenge, Answer::Decline(reason), None).await.unwrap();
        later(&world).await;
    }
    let expected = "created wrong_code wrong_code wrong_code wrong_code failed created cancelled created expired \
        created declined created not_me";
    let expected: Vec<String> = expected.split(' ').map(|word| format!("challenge.{word}")).collect();
    let told = entries(&world).await;
    assert_eq!(events(&told[before..]), expected);
    let guid = Some(device.identity().device_guid.to_string());
    for entry in told.iter().filter(|entry| {
        ["challenge.failed", "challenge.declined", "challenge.not_me"].contains(&entry.event.as_str())
    }) {
        assert_eq!(entry.actor, guid, "{entry:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_users_and_devices_are_told() {
    let world = World::new().await;
    let device = ann(&world).await;
    let before = entries(&world).await.len();
    let body = || json!({ "accountId": "ann" });
    for change in ["suspend", "restore"] {
        world.backend().patch(&format!("/api/account/{change}"), body()).await.ok();
        later(&world).await;
    }
    let update = json!({ "accountId": "ann", "newUserInfo": "VIP" });
    world.backend().patch("/api/account/update", update).await.ok();
    later(&world).await;
    device.rename("New name").await.unwrap();
    later(&world).await;
    device.report_strong_failure().await.unwrap();
    later(&world).await;
    device.remove().await.unwrap();
    later(&world).await;
    world.backend().patch("/api/account/revoke", body()).await.ok();
    later(&world).await;
    let expected = [
        "user.suspended",
        "user.restored",
        "user.updated",
        "device.updated",
        "device.strong_failure",
        "device.revoked",
        "user.revoked",
    ];
    let told = entries(&world).await;
    assert_eq!(events(&told[before..]), expected);
    let revoked = told.iter().find(|entry| entry.event == "device.revoked").unwrap();
    assert_eq!(revoked.detail.as_deref(), Some("device"));
    assert_eq!(revoked.subject, device.identity().device_guid.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_devices_report_is_kept_with_what_the_service_saw_itself() {
    let world = World::new().await;
    let device = ann(&world).await;
    let asked = world.ask("ann").await;
    later(&world).await;
    let challenge = world.challenge(&device, &asked).await;
    device.challenge(challenge.guid).await.unwrap();
    later(&world).await;
    let viewed = TelemetryEvent {
        kind: "REQUEST_VIEWED".into(),
        challenge_guid: Some(challenge.guid),
        duration_millis: Some(1200),
        ..TelemetryEvent::default()
    };
    let started = TelemetryEvent { kind: "APP_STARTED".into(), ..TelemetryEvent::default() };
    assert_eq!(device.report_telemetry(&[viewed, started]).await.unwrap(), 2);
    world.pump().await;
    let told = entries(&world).await;
    let guid = device.identity().device_guid.to_string();
    let mut telemetry: Vec<(&str, &str)> = told
        .iter()
        .filter(|entry| entry.event == "device.telemetry" && entry.actor.as_ref() == Some(&guid))
        .map(|entry| (entry.detail.as_deref().unwrap(), entry.subject.as_str()))
        .collect();
    telemetry.sort_unstable();
    let asked = challenge.guid.to_string();
    let expected = [("APP_STARTED", guid.as_str()), ("REQUEST_FETCHED", &asked), ("REQUEST_VIEWED", &asked)];
    assert_eq!(telemetry, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_tells_no_content() {
    let world = World::new().await;
    let device = ann(&world).await;
    let asked = world.answered_with("ann", &device, json!({ "content": "hush-hush" })).await;
    world.pump().await;
    let told = format!("{:?}", entries(&world).await);
    assert!(told.contains(asked["guid"].as_str().unwrap()));
    assert!(!told.contains("hush-hush"));
}
