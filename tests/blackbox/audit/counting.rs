//! Overview figures: challenges by outcome and day, answer times, active users.

use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::day::Day;
use countersign_domain::figures::{DayFigures, Figure, active_users};
use countersign_domain::time::{Clock, Span};
use countersign_tests::device::Device;
use serde_json::json;

use super::app_space;
use crate::world::World;

/// What is to be found when all is told.
pub(super) struct Expected {
    pub(super) events: Vec<(&'static str, usize)>,
    /// By day, oldest first.
    pub(super) days: Vec<DayFigures>,
    pub(super) active: u64,
    pub(super) challenges: usize,
    pub(super) outcomes: usize,
}

/// A challenge that is answered after `wait`.
async fn answered(world: &World, device: &Device, who: &str, answer: Answer, wait: Span) {
    let asked = world.ask(who).await;
    let challenge = world.challenge(device, &asked).await;
    world.turn(wait);
    device.answer(&challenge, answer, None).await.unwrap();
}

/// Challenges with every outcome on two days, of which the stream was not told yet: ann acts on both days, bea on the
/// first, cat on the second and is revoked then, dan never.
pub(super) async fn everything_happens(world: &World) -> Expected {
    world.change_app_space(|app_space| app_space.policy.pushes_max = 1000).await;
    let (ann, bea, cat) = (world.enrol("ann").await, world.enrol("bea").await, world.enrol("cat").await);
    world.enrol("dan").await;
    let first = Day::of(world.clock.now());
    answered(world, &ann, "ann", Answer::Option(0), Span::secs(5)).await;
    answered(world, &ann, "ann", Answer::Option(1), Span::secs(6)).await;
    answered(world, &bea, "bea", Answer::Option(0), Span::secs(45)).await;
    answered(world, &bea, "bea", Answer::Decline(DeclineReason::Cancelled), Span::secs(45)).await;
    world.ask_with("dan", json!({ "duration": "1s" })).await;
    world.turn(Span::secs(1));
    world.bundle.minute().await.unwrap();

    world.turn(Span::days(1));
    let asked = world.ask("dan").await;
    world.backend().patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] })).await.ok();
    let asked = world.ask_with("ann", json!({ "showCode": true })).await;
    let challenge = world.challenge(&ann, &asked).await;
    let wrong = if asked["code"] == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        ann.answer(&challenge, Answer::Option(0), Some(wrong)).await.unwrap_err();
    }
    answered(world, &cat, "cat", Answer::Option(0), Span::secs(0)).await;
    answered(world, &cat, "cat", Answer::Decline(DeclineReason::NotMe), Span::secs(0)).await;
    world.backend().patch("/api/account/revoke", json!({ "accountId": "cat" })).await.ok();

    let counts = |day, counts: &[(Figure, u64)]| {
        let of = |figure: Figure| {
            counts.iter().find(|(counted, _)| *counted == figure).map_or(0, |(_, count)| *count)
        };
        DayFigures::read(day, of)
    };
    let days = vec![
        counts(
            first,
            &[
                (Figure::Created, 5),
                (Figure::Approved, 2),
                (Figure::OtherAnswer, 1),
                (Figure::Declined, 1),
                (Figure::Expired, 1),
                (Figure::AnswerTime(0), 1),
                (Figure::AnswerTime(1), 1),
                (Figure::AnswerTime(4), 2),
                (Figure::Active, 1),
            ],
        ),
        counts(
            Day::of(world.clock.now()),
            &[
                (Figure::Created, 4),
                (Figure::Approved, 1),
                (Figure::NotMe, 1),
                (Figure::Failed, 1),
                (Figure::Cancelled, 1),
                (Figure::AnswerTime(0), 2),
                (Figure::Active, 1),
            ],
        ),
    ];
    let events = vec![
        ("user.created", 4),
        ("user.revoked", 1),
        ("device.enrolled", 4),
        ("device.revoked", 1),
        ("challenge.created", 9),
        ("challenge.answered", 4),
        ("challenge.declined", 1),
        ("challenge.not_me", 1),
        ("challenge.wrong_code", 4),
        ("challenge.failed", 1),
        ("challenge.cancelled", 1),
        ("challenge.expired", 1),
    ];
    Expected { events, days, active: 2, challenges: 9, outcomes: 9 }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_one_query_and_right() {
    let world = World::new().await;
    let expected = everything_happens(&world).await;
    world.pump().await;
    let store = &world.bundle.app().store;
    let today = Day::of(world.clock.now());
    world.standins().calls().take();
    let figures = store.figures(app_space(&world), today.back(30), today).await.unwrap();
    assert_eq!(crate::budget::dynamodb_calls(&world), "Q");
    assert_eq!(figures, expected.days);
    assert_eq!(active_users(&figures), 2);
    let today_alone = store.figures(app_space(&world), today, today).await.unwrap();
    assert_eq!(active_users(&today_alone), 1, "ann; cat is revoked");
}
