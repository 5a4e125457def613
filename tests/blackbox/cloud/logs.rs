//! `logs/export`: the audit trail as CSV.

use countersign_domain::answer::Answer;
use countersign_domain::time::Span;
use serde_json::json;

use super::{approve, caller, enroll, plant, refused, uaf};
use crate::backend::Backend;
use crate::world::World;

const HEADER: &str = "time,category,event,status,channel,actorType,actor,userId,subject,detail,eventId";

/// The rows of an export; each cell is free of commas here.
async fn rows(backend: &Backend, query: &str) -> Vec<Vec<String>> {
    let answer = backend.get(&format!("/api/v1/logs/export{query}")).await;
    assert_eq!(answer.headers["content-type"], "text/csv;charset=UTF-8");
    let csv = answer.ok();
    let mut lines = csv.as_str().unwrap().split_terminator("\r\n");
    assert_eq!(lines.next(), Some(HEADER));
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// One column of them.
fn column(rows: &[Vec<String>], number: usize) -> Vec<&str> {
    rows.iter().map(|row| row[number].as_str()).collect()
}

/// A user, an authenticator, and an approval that the user gave by a device.
async fn something_happened(world: &World) {
    let device = world.enrol("ann").await;
    plant(world, "ann", uaf()).await;
    approve(&caller(world), json!({ "username": "ann", "authenticatorId": "*" })).await;
    let challenge = device.challenges().await.unwrap().remove(0);
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
    world.pump().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_is_told_newest_first() {
    let world = World::new().await;
    something_happened(&world).await;
    let backend = caller(&world);
    let all = rows(&backend, "").await;
    let mut events = column(&all, 2);
    events.sort_unstable();
    let expected =
        ["challenge.answered", "challenge.created", "device.enrolled", "device.enrolled", "user.created"];
    assert_eq!(events, expected);
    let times = column(&all, 0);
    assert!(times.windows(2).all(|two| two[0] >= two[1]), "{times:?}");
    let answered = all.iter().find(|row| row[2] == "challenge.answered").unwrap();
    assert_eq!(answered[1..=1], ["approval"]);
    assert_eq!(answered[3..=5], ["succeeded", "push", "authenticator"]);
    assert_eq!(answered[9], "Approve");
    let created = all.iter().find(|row| row[2] == "challenge.created").unwrap();
    assert_eq!(created[3..=6], ["pending", "push", "backend", &backend.origin.guid]);
    assert_eq!(created[8], answered[8]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_chosen_by_what_is_in_them() {
    let world = World::new().await;
    something_happened(&world).await;
    let backend = caller(&world);
    let user = backend.get("/api/v1/users?username=ann").await.ok();
    let id = user["userId"].as_str().unwrap();
    for (query, count) in [
        ("?status=pending".to_owned(), 1),
        ("?status=failed".to_owned(), 0),
        ("?category=authenticator".to_owned(), 2),
        ("?category=user&status=succeeded".to_owned(), 1),
        ("?channel=push".to_owned(), 2),
        ("?channel=app".to_owned(), 0),
        ("?actorType=backend".to_owned(), 2),
        ("?actorType=authenticator".to_owned(), 3),
        ("?actorType=administrator".to_owned(), 0),
        ("?actorType=system".to_owned(), 0),
        (format!("?filter={id}"), 5),
        ("?filter=nobody".to_owned(), 0),
        ("?timespan=P1D".to_owned(), 5),
        ("?toDate=2026-01-01".to_owned(), 0),
    ] {
        assert_eq!(rows(&backend, &query).await.len(), count, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_of_one_app_space_and_of_its_days() {
    let world = World::new().await;
    something_happened(&world).await;
    let backend = caller(&world);
    world.turn(Span::days(2));
    enroll(&backend, json!({ "username": "bob" })).await;
    world.pump().await;
    assert_eq!(rows(&backend, "").await.len(), 6, "days are put together");
    assert!(rows(&world.other_backend().await, "").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_chosen_by_is_refused() {
    let world = World::new().await;
    let backend = caller(&world);
    for (query, field) in [
        ("status=ok", "status"),
        ("category=x", "category"),
        ("channel=x", "channel"),
        ("actorType=x", "actorType"),
        ("timespan=30", "timespan"),
        ("timespan=P91D", "timespan"),
        ("timespan=P1D&fromDate=2026-11-01", "timespan"),
        ("fromDate=yesterday", "fromDate"),
        ("fromDate=2026-11-23", "fromDate"),
        ("toDate=x", "toDate"),
    ] {
        let answer = backend.get(&format!("/api/v1/logs/export?{query}")).await;
        assert_eq!(refused(answer, 400, "invalid_field").as_deref(), Some(field), "{query}");
    }
}
