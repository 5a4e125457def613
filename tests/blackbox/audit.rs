//! The audit trail: who did what to whom, once each, in order, each entry chained to the one before.

mod counting;
mod lists;
mod racing;

use countersign_crypto::audit_chain::Chain;
use countersign_crypto::system::SystemRandom;
use countersign_domain::act::{Act, Trail};
use countersign_domain::actor::Actor;
use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::audit::AuditEntry;
use countersign_domain::event::EventKind;
use countersign_domain::id::{ActId, AppSpaceId, CompanyId};
use countersign_domain::time::{Clock, Span};
use countersign_store::Write;
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

/// The demo's App Space.
fn app_space(world: &World) -> AppSpaceId {
    world.bundle.demo.app_space.guid.parse().unwrap()
}

/// All entries of a trail, in the table's order, whose chain is whole.
async fn trail(world: &World, trail: Trail) -> Vec<AuditEntry> {
    let store = &world.bundle.app().store;
    let checked = store.verify_audit(Chain::new(trail), None, usize::MAX, world.clock.now()).await.unwrap();
    assert_eq!((checked.broken, checked.next), (None, None));
    let entries = store.audit_chain(trail, None, 10_000).await.unwrap().items;
    assert_eq!(checked.chain.seq(), entries.len() as u64);
    entries
}

/// Those of the demo's App Space.
async fn entries(world: &World) -> Vec<Entry> {
    trail(world, Trail::AppSpace(app_space(world))).await.into_iter().map(entry).collect()
}

fn entry(entry: AuditEntry) -> Entry {
    Entry {
        event: entry.event.to_string(),
        subject: entry.subject,
        user: entry.user,
        actor: entry.actor.map(|actor| actor.to_string()),
        detail: entry.detail,
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
    let itself = device.as_ref().map(|device| format!("device:{device}"));
    let backend = Some(format!("request_origin:{}", world.backend().origin.guid));
    let told = |event: &str, subject: &Option<String>, actor: Option<String>, detail: Option<&str>| Entry {
        event: event.into(),
        subject: subject.clone().unwrap(),
        user: user.clone(),
        actor,
        detail: detail.map(str::to_owned),
    };
    let challenge = Some(text(&asked["guid"]));
    let expected = [
        told("user.created", &user, backend.clone(), None),
        told("device.enrolled", &device, itself.clone(), None),
        told("challenge.created", &challenge, backend, None),
        told("challenge.answered", &challenge, itself, Some("Approve")),
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
    let guid = Some(format!("device:{}", device.identity().device_guid));
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
    let (itself, backend) =
        (format!("device:{}", device.identity().device_guid), world.backend().origin.guid);
    let backend = format!("request_origin:{backend}");
    for entry in &told[before..] {
        let by = if entry.event.starts_with("device.") { &itself } else { &backend };
        assert_eq!(entry.actor.as_ref(), Some(by), "{entry:?}");
    }
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
    let itself = format!("device:{guid}");
    let mut telemetry: Vec<(&str, &str)> = told
        .iter()
        .filter(|entry| entry.event == "device.telemetry" && entry.actor.as_ref() == Some(&itself))
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

#[tokio::test(flavor = "multi_thread")]
async fn an_act_of_administration_is_an_entry_of_its_own_trail() {
    let world = World::new().await;
    let app_space = app_space(&world);
    let company = CompanyId::new(world.clock.now(), &SystemRandom);
    for trail in [Trail::Company(company), Trail::AppSpace(app_space), Trail::Company(company)] {
        let act = Act {
            id: ActId::new(world.clock.now(), &SystemRandom),
            trail,
            at: world.clock.now(),
            event: EventKind::KeysRotated,
            subject: "signing".into(),
            actor: Actor::Company(company),
            detail: Some("by hand".into()),
        };
        world.bundle.app().store.write(Write::new().insert("act", &act).unwrap()).await.unwrap();
    }
    world.pump().await;
    for (place, count) in [(Trail::AppSpace(app_space), 1), (Trail::Company(company), 2)] {
        let entries = trail(&world, place).await;
        assert_eq!(entries.len(), count);
        for entry in entries {
            assert_eq!((entry.trail, entry.actor), (place, Some(Actor::Company(company))));
            assert_eq!((entry.subject.as_str(), entry.detail.as_deref()), ("signing", Some("by hand")));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changed_the_table_is_found_out() {
    use countersign_crypto::audit_chain::Broken;
    let world = World::new().await;
    ann(&world).await;
    world.ask("ann").await;
    world.pump().await;
    let place = Trail::AppSpace(app_space(&world));
    let entries = trail(&world, place).await;
    let store = &world.bundle.app().store;
    let verdict = async || {
        let checked = store.verify_audit(Chain::new(place), None, 2, world.clock.now()).await.unwrap();
        let (chain, next) = (checked.chain, checked.next);
        match next {
            Some(next) => store.verify_audit(chain, Some(next), 9, world.clock.now()).await.unwrap().broken,
            None => checked.broken,
        }
    };
    assert_eq!(verdict().await, None, "in two parts");
    let forged = AuditEntry { detail: Some("forged".into()), ..entries[2].clone() };
    store.write(Write::new().put_mark("audit", &forged).unwrap()).await.unwrap();
    assert_eq!(verdict().await, Some(Broken::Altered { seq: 3, id: forged.id }));
    let key = countersign_store::keys::audit(place, entries[2].at, entries[2].seq);
    store.write(Write::new().remove_copy("audit", &key).unwrap()).await.unwrap();
    assert_eq!(verdict().await, Some(Broken::Missing { seq: 3 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trail_is_read_by_time_newest_first_page_by_page() {
    let world = World::new().await;
    let begin = world.clock.now();
    ann(&world).await;
    world.ask("ann").await;
    world.pump().await;
    let place = Trail::AppSpace(app_space(&world));
    let all = trail(&world, place).await;
    let store = &world.bundle.app().store;
    let (mut told, mut next) = (Vec::new(), None);
    loop {
        let within = (begin, world.clock.now());
        let page = store.audit_page(place, within, next.as_ref(), 2).await.unwrap();
        assert!(page.items.len() <= 2);
        told.extend(page.items);
        next = page.next.map(|next| next.to_string().parse().unwrap());
        if next.is_none() {
            break;
        }
    }
    assert!(told.iter().eq(all.iter().rev()), "{told:?}");
    let second = (all[1].at, all[1].at);
    assert_eq!(store.audit_page(place, second, None, 9).await.unwrap().items, [all[1].clone()]);
    let before = (begin - Span::days(1), begin - Span::millis(1));
    assert!(store.audit_page(place, before, None, 9).await.unwrap().items.is_empty());
    // A cursor of another search leads nowhere but to where it points.
    let page = store.audit_page(place, (begin, world.clock.now()), None, 1).await.unwrap();
    let other = store.audit_page(place, second, page.next.as_ref(), 9).await.unwrap();
    assert_eq!(other.items, [all[1].clone()]);
}
