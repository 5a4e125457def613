//! The same records many times at once, in any order, as shards that were split and batches that come again give them.

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::act::Trail;
use countersign_domain::day::Day;
use countersign_domain::figures::{DayFigures, Figure, active_users};
use countersign_domain::id::ChallengeId;
use countersign_domain::time::{Clock, Span};
use countersign_jobs::JOBS;
use countersign_tests::device::manage::TelemetryEvent;
use futures::future::join_all;
use serde_json::{Value, json};

use super::{app_space, counting, trail};
use crate::budget::dynamodb_calls;
use crate::world::World;

/// How many invocations run beside each other.
const AT_ONCE: usize = 6;
/// Records of one batch.
const BATCH: usize = 7;

/// One invocation after the other takes `records`; those that fail come again.
async fn take(world: &World, records: Vec<Value>) {
    let job = JOBS.iter().find(|job| job.name == "transition-record").unwrap();
    for batch in records.chunks(BATCH) {
        let mut left = batch;
        while !left.is_empty() {
            let answer = (job.run)(world.bundle.jobs(), json!({ "Records": left })).await.unwrap();
            let failed = &answer["batchItemFailures"][0]["itemIdentifier"];
            let first = left.iter().position(|record| record["dynamodb"]["SequenceNumber"] == *failed);
            left = first.map_or(&[], |first| &left[first..]);
        }
    }
}

/// All of `records` in another order for each `number`, and a third of them twice.
fn mixed(records: &[Value], number: usize) -> Vec<Value> {
    let mut keyed: Vec<(usize, &Value)> = Vec::new();
    for (index, record) in records.iter().enumerate() {
        // Steps of a number that has no factor in common with 10,007 visit every place once.
        let place = |index: usize| (index + 1) * (number * 2 + 3) * 7919 % 10_007;
        keyed.push((place(index), record));
        if index % 3 == 0 {
            keyed.push((place(index + records.len()), record));
        }
    }
    keyed.sort_by_key(|(place, _)| *place);
    keyed.into_iter().map(|(_, record)| record.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_twice_at_once_or_late_is_told_and_counted_once() {
    let world = World::new().await;
    let expected = counting::everything_happens(&world).await;
    let records = world.bundle.stream_records().await.unwrap();
    assert!(records.len() > 50, "{}", records.len());
    join_all((0..AT_ONCE).map(|number| take(&world, mixed(&records, number)))).await;

    let entries = trail(&world, Trail::AppSpace(app_space(&world))).await;
    let ids: BTreeSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids.len(), entries.len(), "no event has two entries");
    let mut events: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &entries {
        *events.entry(entry.event.name()).or_default() += 1;
    }
    for (event, count) in &expected.events {
        assert_eq!(events.get(event), Some(count), "{event}");
    }

    let store = &world.bundle.app().store;
    let today = Day::of(world.clock.now());
    let figures = store.figures(app_space(&world), today.back(30), today).await.unwrap();
    let none = |day| DayFigures::read(day, |_: Figure| 0);
    let known = |day: Day| figures.iter().find(|figures| figures.day == day).cloned();
    for wanted in &expected.days {
        assert_eq!(known(wanted.day).unwrap_or_else(|| none(wanted.day)), *wanted);
    }
    assert_eq!(active_users(&figures), expected.active);

    let listed = store.challenge_ids(app_space(&world), None, 100).await.unwrap().items;
    let unique: BTreeSet<&ChallengeId> = listed.iter().collect();
    assert_eq!((listed.len(), unique.len()), (expected.challenges, expected.challenges));
    assert_eq!(
        store.delivery_log(app_space(&world), None, 100, world.clock.now()).await.unwrap().items.len(),
        expected.outcomes
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_costs_one_write_and_a_batch_one_read() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.pump().await;
    world.turn(Span::secs(1));
    let event = || TelemetryEvent { kind: "APP_STARTED".into(), ..TelemetryEvent::default() };
    device.report_telemetry(&[event(), event(), event()]).await.unwrap();
    world.standins().calls().take();
    world.pump().await;
    assert_eq!(dynamodb_calls(&world), "BTTT");
}
