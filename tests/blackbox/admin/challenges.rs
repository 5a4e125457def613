//! The challenges of an App Space, and those that administrators send by hand.

use countersign_domain::answer::{Answer as Decision, DeclineReason};
use countersign_domain::role::Grant;
use countersign_domain::time::{Clock, Span};
use serde_json::{Value, json};

use super::client::Admin;
use crate::world::World;

async fn list(world: &World, admin: &Admin, query: &str) -> Value {
    admin.get(&admin.in_space(world.demo_space(), &format!("/challenges{query}"))).await.ok()
}

async fn send(world: &World, admin: &Admin, body: Value) -> crate::backend::Answer {
    admin.post(&admin.in_space(world.demo_space(), "/challenges/new"), body).await
}

fn guids(page: &Value) -> Vec<&Value> {
    page["items"].as_array().unwrap().iter().map(|challenge| &challenge["guid"]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn challenges_are_listed_newest_first_as_they_are_now() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::AppSpaceAdmin { app_space: world.demo_space() }]).await;
    let device = world.enrol("ann").await;
    let first = world.ask("ann").await;
    world.turn(Span::secs(1));
    let second = world.ask("ann").await;
    world.turn(Span::secs(1));
    let third = world.ask_with("ann", json!({ "duration": "30s" })).await;
    world.pump().await;
    let challenge = world.challenge(&device, &second).await;
    device.answer(&challenge, Decision::Decline(DeclineReason::NotMe), None).await.unwrap();
    world.turn(Span::secs(30));
    let page = list(&world, &admin, "").await;
    assert_eq!(guids(&page), [&third["guid"], &second["guid"], &first["guid"]]);
    let [expired, declined, open] = &page["items"].as_array().unwrap()[..] else { panic!("three") };
    // Its time is over, though no schedule has written that down.
    assert_eq!(expired["status"], "expired");
    assert_eq!((&declined["status"], &declined["declineReason"]), (&json!("declined"), &json!("not_me")));
    assert_eq!((&open["status"], &open["user"]["accountId"]), (&json!("pending"), &json!("ann")));
    assert_eq!(open["requestOrigin"], world.backend().origin.guid);
    let paged = list(&world, &admin, "?limit=2").await;
    assert_eq!(guids(&paged), [&third["guid"], &second["guid"]]);
    let rest = list(&world, &admin, &format!("?cursor={}", paged["next"].as_str().unwrap())).await;
    assert_eq!((guids(&rest), &rest["next"]), (vec![&first["guid"]], &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_list_asks_for_what_is_new() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    world.enrol("ann").await;
    let old = world.ask("ann").await;
    world.pump().await;
    world.turn(Span::minutes(2));
    let before = list(&world, &admin, "").await;
    assert_eq!(guids(&before), [&old["guid"]]);
    let since = format!("?since={}", before["at"].as_str().unwrap());
    assert!(guids(&list(&world, &admin, &since).await).is_empty());
    let new = world.ask("ann").await;
    world.pump().await;
    let page = list(&world, &admin, &since).await;
    assert_eq!((guids(&page), &page["next"]), (vec![&new["guid"]], &Value::Null));
    let path = admin.in_space(world.demo_space(), "/challenges?since=today");
    assert_eq!(admin.get(&path).await.refused(400, "invalid_field").as_deref(), Some("since"));
}

#[tokio::test(flavor = "multi_thread")]
async fn challenges_of_another_app_space_are_not_in_the_list() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    world.enrol("ann").await;
    world.ask("ann").await;
    world.pump().await;
    let there = world.another_space(admin.company, "Second Bank").await;
    let page = admin.get(&admin.in_space(there, "/challenges")).await.ok();
    assert!(guids(&page).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_challenge_is_answered_like_any_other() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::AppSpaceAdmin { app_space: world.demo_space() }]).await;
    let device = world.enrol("ann").await;
    let answer = send(&world, &admin, json!({ "accountId": "ann" })).await;
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let sent = answer.created();
    assert!(location.ends_with(sent["guid"].as_str().unwrap()), "{location}");
    assert_eq!((&sent["content"], &sent["requestOrigin"]), (&json!("Test challenge from Ada"), &Value::Null));
    let challenge = world.challenge(&device, &sent).await;
    device.answer(&challenge, Decision::Option(0), None).await.unwrap();
    world.pump().await;
    let page = list(&world, &admin, "").await;
    assert_eq!((guids(&page), &page["items"][0]["status"]), (vec![&sent["guid"]], &json!("answered")));
    assert!(world.receiver.got().is_empty(), "nobody is told");
    let audit = admin
        .get(&admin.at(&format!(
            "/audit?appSpace={}&subject={}",
            world.demo_space(),
            sent["guid"].as_str().unwrap()
        )))
        .await
        .ok();
    let created =
        audit["items"].as_array().unwrap().iter().find(|entry| entry["event"] == "challenge.created");
    assert_eq!(created.unwrap()["actor"], format!("administrator:{}", admin.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_challenge_is_sent_once_and_within_the_limits() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let device = world.enrol("ann").await;
    let template = json!({ "title": "Pay", "keys": [{ "key": "To", "value": "ACME" }] });
    let body = json!({ "accountId": "ann", "content": template });
    let once = admin.clone().with_header("idempotency-key", "one");
    let first = send(&world, &once, body.clone()).await.created();
    assert_eq!((&first["title"], &first["content"]), (&json!("Pay"), &template));
    assert_eq!(send(&world, &once, body.clone()).await.created(), first);
    assert_eq!(device.challenges().await.unwrap().len(), 1);
    for _ in 0..4 {
        send(&world, &admin, body.clone()).await.created();
    }
    let limited = send(&world, &admin, body).await;
    assert!(limited.headers.contains_key("retry-after"));
    limited.refused(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_known_active_users_are_asked_by_hand() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    world.bind_link("ann").await;
    send(&world, &admin, json!({ "accountId": "nobody" })).await.refused(404, "not_found");
    for (body, field) in [
        (json!({}), "accountId"),
        (json!({ "accountId": "" }), "accountId"),
        (json!({ "accountId": "ann", "content": 1 }), "content"),
    ] {
        assert_eq!(send(&world, &admin, body).await.refused(400, "invalid_field").as_deref(), Some(field));
    }
    let suspend = json!({ "accountId": "ann" });
    world.backend().patch("/api/account/suspend", suspend.clone()).await.ok();
    send(&world, &admin, suspend).await.refused(422, "wrong_state");
    let support = world.admin(&[Grant::UserSupport { app_space: world.demo_space() }]).await;
    send(&world, &support, json!({ "accountId": "ann" })).await.refused(403, "forbidden");
    assert!(world.clock.now().millis() > 0 && list(&world, &admin, "").await["items"] == json!([]));
}
