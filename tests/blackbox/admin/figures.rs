//! The figures of an App Space.

use countersign_domain::answer::{Answer as Decision, DeclineReason};
use countersign_domain::role::Grant;
use countersign_domain::time::Span;
use countersign_tests::device::Device;
use serde_json::{Value, json};

use super::client::Admin;
use crate::world::World;

async fn figures(world: &World, days: u32) -> Value {
    let admin = world.admin(&[Grant::UserSupport { app_space: world.demo_space() }]).await;
    admin.get(&admin.in_space(world.demo_space(), &format!("/figures?days={days}"))).await.ok()
}

async fn decide(world: &World, device: &Device, account_id: &str, decision: Decision, secs: i64) {
    let asked = world.ask(account_id).await;
    world.turn(Span::secs(secs));
    let challenge = world.challenge(device, &asked).await;
    device.answer(&challenge, decision, None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_outcome_is_counted_on_its_day() {
    let world = World::new().await;
    let (ann, bob) = (world.enrol("ann").await, world.enrol("bob").await);
    decide(&world, &ann, "ann", Decision::Option(0), 4).await;
    decide(&world, &ann, "ann", Decision::Option(1), 15).await;
    decide(&world, &ann, "ann", Decision::Decline(DeclineReason::Cancelled), 40).await;
    decide(&world, &bob, "bob", Decision::Decline(DeclineReason::NotMe), 100).await;
    let asked = world.ask("ann").await;
    world.backend().patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] })).await.ok();
    world.ask_with("ann", json!({ "duration": "1s" })).await;
    world.turn(Span::secs(1));
    world.minute().await;
    let told = figures(&world, 7).await;
    let days = told["days"].as_array().unwrap();
    assert_eq!(
        (days.len(), &days[6]["day"], &days[0]["day"]),
        (7, &json!("2026-11-22"), &json!("2026-11-16"))
    );
    let today = &days[6];
    for (figure, count) in [
        ("created", 6),
        ("approved", 1),
        ("otherAnswer", 1),
        ("declined", 1),
        ("notMe", 1),
        ("failed", 0),
        ("cancelled", 1),
        ("expired", 1),
        ("lastActive", 2),
    ] {
        assert_eq!(today[figure], count, "{figure}");
    }
    assert_eq!(today["answerTimes"], json!([1, 0, 1, 0, 1, 1, 0, 0, 0]));
    assert_eq!(today["answerSeconds"], told["totals"]["answerSeconds"]);
    assert_eq!(told["activeUsers"], json!({ "day": 2, "week": 2, "month": 2 }));
    assert_eq!(days[5]["created"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_active_within_the_windows_since_their_last_answer() {
    let world = World::new().await;
    let (ann, bob) = (world.enrol("ann").await, world.enrol("bob").await);
    world.answered("ann", &ann).await;
    world.answered("bob", &bob).await;
    world.answered("bob", &bob).await;
    world.pump().await;
    assert_eq!(figures(&world, 1).await["activeUsers"], json!({ "day": 2, "week": 2, "month": 2 }));
    world.turn(Span::days(2));
    world.answered("bob", &bob).await;
    world.pump().await;
    assert_eq!(figures(&world, 1).await["activeUsers"], json!({ "day": 1, "week": 2, "month": 2 }));
    world.turn(Span::days(10));
    assert_eq!(figures(&world, 1).await["activeUsers"], json!({ "day": 0, "week": 0, "month": 2 }));
    world.backend().patch("/api/account/revoke", json!({ "accountId": "ann" })).await.ok();
    world.pump().await;
    assert_eq!(figures(&world, 90).await["activeUsers"], json!({ "day": 0, "week": 0, "month": 1 }));
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    for days in ["0", "91", "x", ""] {
        let path = admin.in_space(world.demo_space(), &format!("/figures?days={days}"));
        assert_eq!(admin.get(&path).await.refused(400, "invalid_field").as_deref(), Some("days"));
    }
}

/// Every process has a stream reader of its own, which begins at the oldest record: each record is read by all of them, at the
/// same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_figures_are_right_while_several_processes_write_and_read_the_stream() {
    const USERS: usize = 4;
    const ROUNDS: usize = 3;
    let world = World::new().await;
    let mut devices = Vec::new();
    for user in 0..USERS {
        let account_id = format!("user-{user}");
        let device = world.enrol(&account_id).await;
        devices.push((account_id, device));
    }
    let mut processes = Vec::new();
    for _ in 0..3 {
        processes.push(world.another_process().await);
    }
    let asking = async {
        for _ in 0..ROUNDS {
            let all = devices.iter().map(|(account_id, device)| async {
                world.answered(account_id, device).await;
            });
            futures::future::join_all(all).await;
        }
    };
    let pumping = async {
        for _ in 0..ROUNDS {
            futures::future::join_all(
                processes.iter().map(|process| async { process.pump().await.unwrap() }),
            )
            .await;
            tokio::task::yield_now().await;
        }
    };
    futures::future::join(asking, pumping).await;
    world.pump().await;
    futures::future::join_all(processes.iter().map(|process| async { process.pump().await.unwrap() })).await;
    let counted = u64::try_from(USERS * ROUNDS).unwrap();
    let told = figures(&world, 1).await;
    assert_eq!((&told["totals"]["created"], &told["totals"]["approved"]), (&json!(counted), &json!(counted)));
    assert_eq!(told["totals"]["answerTimes"][0], counted);
    assert_eq!(told["activeUsers"]["day"], USERS);
    // Whichever process is asked.
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    for process in &processes {
        let there: Admin = admin.clone().at_process(&process.demo.base_url);
        let seen = there.get(&there.in_space(world.demo_space(), "/figures?days=1")).await.ok();
        assert_eq!(seen, told);
    }
}
