//! The delivery log of an App Space, and deliveries that are sent again by hand.

use countersign_domain::role::Grant;
use countersign_domain::time::Span;
use serde_json::{Value, json};

use super::client::Admin;
use crate::world::World;

async fn log(world: &World, admin: &Admin, query: &str) -> Value {
    admin.get(&admin.in_space(world.demo_space(), &format!("/deliveries{query}"))).await.ok()
}

async fn replay(world: &World, admin: &Admin, body: Value) -> crate::backend::Answer {
    admin.post(&admin.in_space(world.demo_space(), "/deliveries/replay"), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_all_request_origins_newest_first() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::AppSpaceAdmin { app_space: world.demo_space() }]).await;
    let device = world.enrol("ann").await;
    world.receiver.answer_with(&[500]);
    let first = world.answered("ann", &device).await;
    world.pump().await;
    world.turn(Span::secs(1));
    let body = json!({ "accountId": "ann", "callback": world.receiver.url() });
    let second = world.hmac_backend().post("/api/request/add", body).await.created();
    let cancel = json!({ "requestGuid": second["guid"] });
    world.hmac_backend().patch("/api/request/cancel", cancel).await.ok();
    world.pump().await;
    let page = log(&world, &admin, "").await;
    let [newer, older] = &page["items"].as_array().unwrap()[..] else { panic!("two: {page}") };
    assert_eq!(newer["subject"], json!({ "kind": "challenge", "guid": second["guid"] }));
    assert_eq!((&newer["status"], &newer["event"]), (&json!("delivered"), &json!("challenge.cancelled")));
    let hmac = world.hmac_backend().origin.guid;
    assert_eq!(newer["recipient"], json!({ "kind": "requestOrigin", "guid": hmac }));
    assert_eq!((&older["subject"]["guid"], &older["status"]), (&first["guid"], &json!("due")));
    assert_eq!(older["attempts"][0]["httpStatus"], 500);
    let paged = log(&world, &admin, "?limit=1").await;
    let rest = log(&world, &admin, &format!("?cursor={}", paged["next"].as_str().unwrap())).await;
    assert_eq!((&paged["items"][0], &rest["items"][0]), (newer, older));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_sent_again_by_hand_and_that_is_told() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let device = world.enrol("ann").await;
    world.receiver.answer_with(&[410]);
    let asked = world.answered("ann", &device).await;
    world.pump().await;
    let gone = log(&world, &admin, "").await["items"][0].clone();
    assert_eq!(gone["status"], "gone");
    let replayed =
        replay(&world, &admin, json!({ "challenge": asked["guid"], "id": gone["id"] })).await.expect(202);
    assert_eq!((&replayed["items"][0]["id"], &replayed["items"][0]["status"]), (&gone["id"], &json!("due")));
    world.minute().await;
    assert_eq!(log(&world, &admin, "").await["items"][0]["status"], "delivered");
    let [first, again] = &world.receiver.got()[..] else { panic!("two webhooks") };
    assert_eq!((first.header("webhook-id"), &first.text), (again.header("webhook-id"), &again.text));
    let path = admin.at(&format!("/audit?appSpace={}&event=delivery.", world.demo_space()));
    let audit = admin.get(&path).await.ok();
    let [entry] = &audit["items"].as_array().unwrap()[..] else { panic!("one entry: {audit}") };
    assert_eq!(entry["subject"], asked["guid"]);
    assert_eq!(entry["actor"], format!("administrator:{}", admin.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_sent_here_is_not_sent_again() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let device = world.enrol("ann").await;
    let asked = world.answered("ann", &device).await;
    world.pump().await;
    let there = world.another_space(admin.company, "Second Bank").await;
    let path = admin.in_space(there, "/deliveries/replay");
    admin.post(&path, json!({ "challenge": asked["guid"] })).await.refused(404, "not_found");
    assert_eq!(admin.get(&admin.in_space(there, "/deliveries")).await.ok()["items"], json!([]));
    let unknown = json!({ "challenge": asked["guid"], "id": "evt_other" });
    replay(&world, &admin, unknown).await.refused(404, "not_found");
    for (body, field) in [
        (json!({}), "challenge"),
        (json!({ "challenge": "1" }), "challenge"),
        (json!({ "consent": "" }), "consent"),
        (json!({ "challenge": asked["guid"], "consent": asked["guid"] }), "consent"),
    ] {
        assert_eq!(replay(&world, &admin, body).await.refused(400, "invalid_field").as_deref(), Some(field));
    }
    world.minute().await;
    assert_eq!(world.receiver.got().len(), 1);
}
