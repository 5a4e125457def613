//! What a device's user is asked.

use countersign_domain::answer::Answer;
use countersign_domain::time::Span;
use countersign_tests::device::challenges::CHALLENGES_PATH;
use reqwest::Method;
use serde_json::{Value, json};

use crate::device_calls::{call, refused};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_the_open_challenges_oldest_first() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let mut asked = Vec::new();
    for number in 0..5 {
        let duration = if number == 1 { "1m" } else { "5m" };
        asked.push(world.ask_with("ann", json!({ "duration": duration })).await["guid"].clone());
        world.turn(Span::millis(1));
    }
    let listed = async || -> Vec<Value> {
        let list = device.challenges().await.unwrap();
        list.iter().map(|challenge| json!(challenge.guid)).collect()
    };
    assert_eq!(listed().await, asked);
    world.backend().post("/api/request/add", json!({ "accountId": "ann" })).await.refused(429, "too_many");

    let second = device.challenges().await.unwrap().remove(2);
    device.answer(&second, Answer::Option(1), None).await.unwrap();
    world.backend().patch("/api/request/cancel", json!({ "requestGuid": asked[3] })).await.ok();
    world.turn(Span::minutes(1));
    assert_eq!(listed().await, [asked[0].clone(), asked[4].clone()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_whole_however_long_it_is() {
    let world = World::new().await;
    // 70 of 16 KiB are more than one page of a query.
    world
        .change_app_space(|app_space| (app_space.policy.pending_max, app_space.policy.pushes_max) = (70, 70))
        .await;
    let device = world.enrol("ann").await;
    for _ in 0..70 {
        world.ask_with("ann", json!({ "content": "x".repeat(16_000) })).await;
        world.turn(Span::millis(1));
    }
    let list = device.challenges().await.unwrap();
    assert_eq!(list.len(), 70);
    assert!(list.is_sorted_by_key(|challenge| challenge.guid));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_item_says_what_fetching_it_says() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.ask_with("ann", json!({ "transactionId": "T-1", "additionalInfo": { "a": [1] } })).await;
    let list = call(&device, Method::GET, CHALLENGES_PATH, &Value::Null).await.ok();
    let [challenge] = &list["challenges"].as_array().unwrap()[..] else { panic!("one challenge") };
    let path = format!("{CHALLENGES_PATH}/{}", challenge["guid"].as_str().unwrap());
    assert_eq!(call(&device, Method::GET, &path, &Value::Null).await.ok(), *challenge);
    let mut names: Vec<_> = challenge.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["digest", "document", "expiresAt", "guid", "nonce", "status"]);
    let document: Value = serde_json::from_str(challenge["document"].as_str().unwrap()).unwrap();
    assert_eq!(document["transactionId"], "T-1");
    assert_eq!(document["additionalInfo"], json!({ "a": [1] }));
    assert_eq!(document["requestOriginName"], "Demo Shop");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decided_challenge_can_be_fetched_and_has_no_nonce() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.ask("ann").await;
    let challenge = device.challenges().await.unwrap().remove(0);
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
    world.turn(Span::days(30));
    let path = format!("{CHALLENGES_PATH}/{}", challenge.guid);
    let fetched = call(&device, Method::GET, &path, &Value::Null).await.ok();
    assert_eq!(fetched["status"], "answered");
    assert_eq!(fetched.get("nonce"), None);
    assert_eq!(fetched["document"], challenge.document);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_of_another_user_is_as_unknown_as_any() {
    let world = World::new().await;
    let (ann, bob) = (world.enrol("ann").await, world.enrol("bob").await);
    let asked = world.ask("ann").await;
    let guid = asked["guid"].as_str().unwrap();
    for id in [guid, &guid.replace('-', ""), "01931f3e-0000-7000-8000-000000000000", "x", "%F0"] {
        let path = format!("{CHALLENGES_PATH}/{id}");
        let answer = call(&bob, Method::GET, &path, &Value::Null).await;
        assert_eq!(answer.body["message"], "There is no such challenge.");
        answer.refused(404, "not_found");
    }
    assert!(bob.challenges().await.unwrap().is_empty());
    assert_eq!(ann.challenge(guid.parse().unwrap()).await.unwrap().status, "pending");
    refused(bob.challenge(guid.parse().unwrap()).await, 404, "not_found");
}
