//! What the backends' calls cost: calls of DynamoDB, as in `budget.rs`.

use serde_json::{Value, json};

use super::{
    APPROVAL, ENROLL, INTENT, another, caller, enroll, fido2, path, plant, sent_code, status, uaf, with_phone,
};
use crate::backend::{Answer, Backend};
use crate::budget::dynamodb_calls;
use crate::world::World;

/// Carries out a call that succeeds and demands that it costs exactly this.
async fn costs(world: &World, expected: &str, call: impl Future<Output = Answer>) -> Value {
    world.standins().calls().take();
    let answer = call.await;
    let counted = dynamodb_calls(world);
    assert!((200..300).contains(&answer.status), "{}", answer.body);
    assert_eq!(counted, expected, "{}", answer.body);
    answer.body
}

#[tokio::test(flavor = "multi_thread")]
async fn enrolling_costs_a_read_and_a_write() {
    let world = World::new().await;
    let backend = caller(&world);
    let first = costs(&world, "BT", backend.post(ENROLL, json!({ "username": "ann" }))).await;
    costs(&world, "BT", backend.post(ENROLL, json!({ "username": "ann" }))).await;
    costs(&world, "BBT", backend.post(ENROLL, json!({ "userId": first["userId"] }))).await;
    // Authenticators that are there are shown, and recovery codes replaced.
    plant(&world, "ann", uaf()).await;
    costs(&world, "BQT", backend.post(ENROLL, json!({ "username": "ann" }))).await;
    costs(&world, "BBQT", backend.post(ENROLL, json!({ "username": "ann", "channel": "recovery" }))).await;
    costs(&world, "BT", backend.post(ENROLL, json!({ "username": "bob", "channel": "recovery" }))).await;
    let sms = json!({ "username": "eve", "channel": "sms", "phone": "+41791234567" });
    costs(&world, "BBUPT", backend.post(ENROLL, sms.clone())).await;
    costs(&world, "BBUT", backend.post(ENROLL, sms)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_costs_a_read_and_a_write_and_its_status_a_read() {
    let world = World::new().await;
    let backend = caller(&world);
    let ann = with_phone(&world, "ann").await;
    plant(&world, "ann", uaf()).await;
    plant(&world, "ann", fido2()).await;
    for body in [
        json!({ "username": "ann" }),
        json!({ "username": "ann", "channel": "sms" }),
        json!({ "username": "ann", "channel": "fido2" }),
        json!({ "channel": "app" }),
    ] {
        let asked = costs(&world, "BT", backend.post(APPROVAL, body)).await;
        let body = json!({ "statusToken": asked["statusToken"] });
        costs(&world, "B", backend.post("/api/v1/status", body)).await;
    }
    costs(&world, "BBT", backend.post(APPROVAL, json!({ "userId": ann["userId"] }))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_cost_a_read_and_once_a_write() {
    let world = World::new().await;
    let backend = caller(&world);
    let enrolled =
        enroll(&backend, json!({ "username": "ann", "channel": "sms", "phone": "+41791234567" })).await;
    let begun = &enrolled["enrollment"];
    let intent = json!({ "username": "ann", "operation": "approve" });
    let intent = costs(&world, "B", backend.post(INTENT, intent)).await;
    let by_id = json!({ "userId": enrolled["userId"], "operation": "approve" });
    costs(&world, "BB", backend.post(INTENT, by_id)).await;
    let introspect = |token: &Value| json!({ "token": token });
    for token in [&intent["token"], &begun["statusToken"], &json!(backend.origin.key), &json!("x")] {
        costs(&world, "B", backend.post("/api/v1/introspect", introspect(token))).await;
    }
    let pending = status(&backend, begun).await;
    costs(&world, "B", backend.post("/api/v1/introspect", introspect(&pending["token"]))).await;

    let code = sent_code(&world, &begun["transactionId"]).await;
    let verification = format!("{}/verification", path("users", &enrolled["userId"]));
    let body = |code: &str| json!({ "code": code, "statusToken": begun["statusToken"] });
    let wrong = backend.post(&verification, body(&another(&code)));
    assert_eq!(cost_of(&world, wrong).await, "BT");
    costs(&world, "BBT", backend.post(&verification, body(&code))).await;

    let done = status(&backend, begun).await["token"].clone();
    costs(&world, "BT", backend.post("/api/v1/introspect", introspect(&done))).await;
    costs(&world, "B", backend.post("/api/v1/introspect", introspect(&done))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_cost_no_more_when_there_are_more() {
    let world = World::new().await;
    let backend = caller(&world);
    for number in 0..8 {
        enroll(&backend, json!({ "username": format!("user-{number}") })).await;
    }
    one_user(&world, &backend).await;
}

async fn one_user(world: &World, backend: &Backend) {
    let enrolled = enroll(backend, json!({ "username": "ann", "channel": "recovery" })).await;
    let device = plant(world, "ann", uaf()).await;
    let user = path("users", &enrolled["userId"]);
    let authenticator = path("authenticators", &json!(device.to_string()));
    costs(world, "BQ", backend.get(&user)).await;
    costs(world, "BQ", backend.get("/api/v1/users?username=ann")).await;
    costs(world, "B", backend.get("/api/v1/aadb2c/users?objectId=ann")).await;
    let code = &enrolled["enrollment"]["recoveryCodes"][0];
    let body = json!({ "code": code, "channel": "recovery" });
    costs(world, "BT", backend.post(&format!("{user}/verification"), body)).await;
    costs(world, "BBT", backend.patch(&authenticator, json!({ "name": "Phone" }))).await;
    costs(world, "BBBT", backend.delete(&authenticator)).await;
    costs(world, "BQBT", backend.delete(&user)).await;
    costs(world, "BQ", backend.get("/api/v1/logs/export?fromDate=2026-11-22")).await;
    costs(world, "BQ", backend.get("/api/v1/logs/export?timespan=P2D")).await;
}

/// What a call costs, whatever it answers.
async fn cost_of(world: &World, call: impl Future<Output = Answer>) -> String {
    world.standins().calls().take();
    call.await;
    dynamodb_calls(world)
}
