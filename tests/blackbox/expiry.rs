//! Expiry: a challenge whose time is over is over for everybody at once, and the schedule writes it down once.

use countersign_domain::answer::Answer;
use countersign_domain::time::Span;
use countersign_tests::device::error::ErrorCode;
use countersign_tests::device::link::{ClaimLink, Link};
use serde_json::{Value, json};

use crate::world::World;

async fn ask_claimable(world: &World) -> (Value, ClaimLink) {
    let body = json!({ "claimable": true, "content": "Log in?", "callback": world.receiver.url() });
    let asked = world.backend().post("/api/request/add", body).await.created();
    let Ok(Link::Claim(link)) = Link::parse(asked["claimUri"].as_str().unwrap()) else { panic!("{asked}") };
    (asked, link)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_expires_what_is_over_and_reports_it_once() {
    let world = World::new().await;
    world.enrol("ann").await;
    let pending = world.ask("ann").await;
    let (claimable, _) = ask_claimable(&world).await;
    let later = world.ask_with("ann", json!({ "duration": "6m" })).await;
    world.turn(Span::millis(299_999));
    world.minute().await;
    assert!(world.receiver.got().is_empty(), "not before its time");
    world.turn(Span::millis(1));
    for _ in 0..3 {
        world.minute().await;
    }
    let got = world.receiver.got();
    assert_eq!(got.len(), 2);
    for asked in [pending, claimable] {
        let webhook = got.iter().find(|webhook| webhook.body["guid"] == asked["guid"]).unwrap();
        assert_eq!(webhook.body["event"], "challenge.expired");
        let request = world.request(&asked["guid"]).await;
        assert_eq!((&request["status"], &request["statusId"]), (&json!("expired"), &json!(8)));
        assert_eq!(request["buttonSelected"], Value::Null);
        assert_eq!(request["evidence"], Value::Null);
    }
    assert_eq!(world.request(&later["guid"]).await["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_over_before_the_schedule_ran() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.ask("ann").await;
    let challenge = world.challenge(&device, &asked).await;
    let (claimable, link) = ask_claimable(&world).await;
    world.turn(Span::minutes(5));
    for guid in [&asked["guid"], &claimable["guid"]] {
        assert_eq!(world.request(guid).await["status"], "expired");
        let cancel = world.backend().patch("/api/request/cancel", json!({ "requestGuid": guid })).await;
        cancel.refused(422, "wrong_state");
    }
    assert!(device.challenges().await.unwrap().is_empty());
    let fetched = device.challenge(challenge.guid).await.unwrap();
    assert_eq!((fetched.status.as_str(), fetched.nonce), ("expired", None));
    let late = device.answer(&challenge, Answer::Option(0), None).await.unwrap_err();
    assert_eq!(late.refusal().unwrap().code, ErrorCode::WrongState);
    let claim = device.claim(&link.claim_token).await.unwrap_err();
    assert_eq!(claim.refusal().unwrap().code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_until_the_last_moment() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.ask("ann").await;
    let challenge = world.challenge(&device, &asked).await;
    world.turn(Span::millis(299_999));
    device.answer(&challenge, Answer::Option(1), None).await.unwrap();
    world.turn(Span::hours(1));
    world.minute().await;
    assert_eq!(world.request(&asked["guid"]).await["status"], "answered");
    let [webhook] = &world.receiver.got()[..] else { panic!("one webhook") };
    assert_eq!(webhook.body["event"], "challenge.answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_challenge_frees_its_place_among_the_pending_ones() {
    let world = World::new().await;
    world.enrol("ann").await;
    world.change_app_space(|app_space| app_space.policy.pending_max = 1).await;
    let body = json!({ "accountId": "ann", "showNotification": false });
    for schedule_ran in [true, false] {
        world.backend().post("/api/request/add", body.clone()).await.created();
        let refused = world.backend().post("/api/request/add", body.clone()).await;
        assert_eq!(refused.headers["retry-after"], "300");
        refused.refused(429, "too_many");
        world.turn(Span::minutes(5));
        if schedule_ran {
            world.minute().await;
        }
    }
    world.backend().post("/api/request/add", body).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claimed_challenge_expires_as_its_users() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let (asked, link) = ask_claimable(&world).await;
    device.claim(&link.claim_token).await.unwrap();
    world.turn(Span::minutes(5));
    world.minute().await;
    let request = world.request(&asked["guid"]).await;
    assert_eq!((&request["status"], &request["accountId"]), (&json!("expired"), &json!("ann")));
    assert_eq!(world.receiver.got().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_of_a_revoked_or_suspended_user_expires_like_any_other() {
    let world = World::new().await;
    for (account_id, change) in [("ann", "revoke"), ("bob", "suspend")] {
        world.enrol(account_id).await;
        let asked = world.ask(account_id).await;
        let path = format!("/api/account/{change}");
        world.backend().patch(&path, json!({ "accountId": account_id })).await.ok();
        world.turn(Span::minutes(5));
        world.minute().await;
        assert_eq!(world.request(&asked["guid"]).await["status"], "expired");
        assert_eq!(world.receiver.got().last().unwrap().body["guid"], asked["guid"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_schedules_at_once_expire_each_challenge_once() {
    let world = World::new().await;
    for number in 0..20 {
        let account_id = format!("user-{number}");
        world.bind_link(&account_id).await;
        world.ask(&account_id).await;
    }
    world.turn(Span::minutes(5));
    let other = world.another_process().await;
    let (first, second) = tokio::join!(world.bundle.minute(), other.minute());
    first.unwrap();
    second.unwrap();
    world.minute().await;
    let mut ids: Vec<String> =
        world.receiver.got().iter().map(|webhook| webhook.header("webhook-id").to_owned()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((world.receiver.got().len(), ids.len()), (20, 20));
}
