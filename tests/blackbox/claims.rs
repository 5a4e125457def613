//! A question to whoever claims it.

use countersign_crypto::encoding::base64url;
use countersign_crypto::jwk::Algorithm;
use countersign_domain::answer::Answer as Decision;
use countersign_domain::device::Platform;
use countersign_domain::secret::Secret;
use countersign_domain::time::{Clock, Span};
use countersign_tests::device::Device;
use countersign_tests::device::challenges::CLAIMS_PATH;
use countersign_tests::device::link::{ClaimLink, Link};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::backend::Answer;
use crate::device_calls::{call, refused};
use crate::world::World;

/// How everything is answered that cannot be claimed.
fn unknown() -> Value {
    json!({ "error": "not_found", "message": "There is no such challenge." })
}

/// A question to whoever claims it, and its link.
async fn ask_anybody(world: &World) -> (Value, ClaimLink) {
    let body = json!({ "claimable": true, "content": "Log in?", "callback": world.receiver.url() });
    let asked = world.backend().post("/api/request/add", body).await.created();
    match Link::parse(asked["claimUri"].as_str().unwrap()).unwrap() {
        Link::Claim(link) => (asked, link),
        other => panic!("{other:?}"),
    }
}

async fn claim(device: &Device, token: &str) -> Answer {
    call(device, Method::POST, CLAIMS_PATH, &json!({ "claimToken": token })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_claims_a_question_is_asked_and_answers_it() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let (asked, link) = ask_anybody(&world).await;
    assert_eq!(asked["status"], "claimable");
    assert_eq!(asked["guid"], link.request_guid.to_string());
    assert_eq!((&asked["accountId"], &asked["privakeyId"]), (&Value::Null, &Value::Null));
    assert!(asked["claimQrCode"].as_str().unwrap().starts_with("data:image/"));
    assert!(device.challenges().await.unwrap().is_empty());
    refused(device.challenge(link.request_guid).await, 404, "not_found");

    let challenge = device.claim(&link.claim_token).await.unwrap();
    assert_eq!((challenge.guid, challenge.status.as_str()), (link.request_guid, "pending"));
    assert_eq!(device.challenges().await.unwrap(), std::slice::from_ref(&challenge));
    let request = world.request(&asked["guid"]).await;
    assert_eq!((&request["status"], &request["accountId"]), (&json!("pending"), &json!("ann")));

    device.answer(&challenge, Decision::Option(0), None).await.unwrap();
    assert!(device.challenges().await.unwrap().is_empty());
    world.pump().await;
    let [webhook] = &world.receiver.got()[..] else { panic!("one webhook") };
    assert_eq!(webhook.body["event"], "challenge.answered");
    assert_eq!(webhook.body["accountId"], "ann");
    assert_eq!(webhook.body["privakeyId"], device.identity().privakey_id.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_user_comes_too_late_and_every_device_of_the_first_is_asked() {
    let world = World::new().await;
    let (ann, tablet, bob) = (world.enrol("ann").await, world.enrol("ann").await, world.enrol("bob").await);
    let (_, link) = ask_anybody(&world).await;
    let token = link.claim_token.expose();
    let first = ann.claim(&link.claim_token).await.unwrap();
    assert_eq!(claim(&bob, token).await.expect(404), unknown());
    assert!(bob.challenges().await.unwrap().is_empty());
    refused(bob.challenge(first.guid).await, 404, "not_found");
    for device in [&ann, &tablet] {
        assert_eq!(device.claim(&link.claim_token).await.unwrap(), first);
        assert_eq!(device.challenges().await.unwrap(), std::slice::from_ref(&first));
    }
    tablet.answer(&first, Decision::Option(0), None).await.unwrap();
    let again = ann.claim(&link.claim_token).await.unwrap();
    assert_eq!((again.status.as_str(), again.nonce), ("answered", None));
    assert_eq!(claim(&bob, token).await.expect(404), unknown());
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_garbled_expired_and_cancelled_claims_look_the_same() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let (_, expired) = ask_anybody(&world).await;
    world.turn(Span::millis(299_999));
    let (_, last) = ask_anybody(&world).await;
    world.turn(Span::millis(1));
    let (asked, cancelled) = ask_anybody(&world).await;
    world.backend().patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] })).await.ok();
    let bind = world.bind_link("bob").await;
    for token in [
        expired.claim_token.expose(),
        cancelled.claim_token.expose(),
        bind.session_token.expose(),
        &base64url(&[7; 32]),
        "garbage",
        "",
    ] {
        assert_eq!(claim(&device, token).await.expect(404), unknown(), "{token}");
    }
    assert!(device.challenges().await.unwrap().is_empty());
    device.claim(&last.claim_token).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_works_until_the_last_moment() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let (_, link) = ask_anybody(&world).await;
    world.turn(Span::millis(299_999));
    let challenge = device.claim(&link.claim_token).await.unwrap();
    assert_eq!(challenge.expires_at, world.clock.now() + Span::millis(1));
    device.answer(&challenge, Decision::Option(0), None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_of_another_app_space_claims_nothing() {
    let world = World::new().await;
    let link = world.bind_link_of(&world.other_backend().await, "ann").await;
    let stranger = world.enrol_by(&link, Platform::Other, None, Algorithm::Es256).await;
    let (_, link) = ask_anybody(&world).await;
    assert_eq!(claim(&stranger, link.claim_token.expose()).await.expect(404), unknown());
    world.enrol("ann").await.claim(&link.claim_token).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn users_who_claim_at_once_are_told_apart() {
    let world = World::new().await;
    let mut devices = Vec::new();
    for number in 0..10 {
        devices.push(world.enrol(&format!("user {number}")).await);
    }
    let (asked, link) = ask_anybody(&world).await;
    let mut racing = JoinSet::new();
    for device in devices {
        let token = link.claim_token.expose().clone();
        racing.spawn(async move { (claim(&device, &token).await, device) });
    }
    let (winners, losers): (Vec<_>, Vec<_>) =
        racing.join_all().await.into_iter().partition(|(answer, _)| answer.status == 200);
    let [(_, winner)] = &winners[..] else { panic!("{} winners", winners.len()) };
    let request = world.request(&asked["guid"]).await;
    assert_eq!(request["privakeyId"], winner.identity().privakey_id.to_string());
    assert_eq!(winner.challenges().await.unwrap().len(), 1);
    for (answer, loser) in losers {
        assert_eq!(answer.expect(404), unknown());
        assert!(loser.challenges().await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_claims_nothing() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let (asked, link) = ask_anybody(&world).await;
    world.backend().patch("/api/account/suspend", json!({ "accountId": "ann" })).await.ok();
    refused(device.claim(&link.claim_token).await, 403, "user_not_active");
    assert_eq!(world.request(&asked["guid"]).await["status"], "claimable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_without_a_token_is_refused() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for body in [json!({}), json!({ "claimToken": 7 }), json!({ "claimToken": null })] {
        let answer = call(&device, Method::POST, CLAIMS_PATH, &body).await;
        assert_eq!(answer.refused(400, "invalid_field").unwrap(), "claimToken", "{body}");
    }
    refused(device.claim(&Secret::new("x".repeat(50_000))).await, 404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claimed_question_expires_out_of_the_inbox() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let (asked, link) = ask_anybody(&world).await;
    let challenge = device.claim(&link.claim_token).await.unwrap();
    world.turn(Span::minutes(5));
    assert!(device.challenges().await.unwrap().is_empty());
    refused(device.answer(&challenge, Decision::Option(0), None).await, 422, "wrong_state");
    world.minute().await;
    world.minute().await;
    assert_eq!(world.request(&asked["guid"]).await["accountId"], "ann");
    let [webhook] = &world.receiver.got()[..] else { panic!("one webhook") };
    assert_eq!(
        (&webhook.body["event"], &webhook.body["accountId"]),
        (&json!("challenge.expired"), &json!("ann"))
    );
}
