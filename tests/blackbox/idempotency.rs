//! `Idempotency-Key`: the same request sent twice has one effect.

use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::backend::{Answer, Backend};
use crate::world::World;

const BIND: &str = "/api/account/bind";
const ADD: &str = "/api/request/add";
const KEY: &str = "idempotency-key";

/// A world with a user `ann` who has no device, and its backend with a key.
async fn world_with_ann() -> (World, Backend) {
    let world = World::new().await;
    world.backend().put(BIND, json!({ "accountId": "ann" })).await.created();
    let keyed = world.backend().with_header(KEY, "k1");
    (world, keyed)
}

fn question() -> Value {
    json!({ "accountId": "ann", "content": "Pay?", "showCode": true })
}

/// Status, `Location` and body of what was made.
fn made(answer: Answer) -> (u16, Option<String>, Value) {
    let location = answer.headers.get("location").map(|url| url.to_str().unwrap().to_owned());
    (answer.status, location, answer.success())
}

/// Sends the same call twenty times at once.
async fn at_once(backend: &Backend, method: Method, path: &'static str, body: Value) -> Vec<Value> {
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let (backend, method, body) = (backend.clone(), method.clone(), body.to_string());
        calls.spawn(async move { backend.call(method, path, &body, Some("application/json")).await });
    }
    calls.join_all().await.into_iter().map(Answer::created).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_bind_gets_the_same_token() {
    let world = World::new().await;
    let (new, known) = (world.backend().with_header(KEY, "k1"), world.backend().with_header(KEY, "k2"));
    let first = made(new.put(BIND, json!({ "accountId": "ann" })).await);
    let second = made(known.put(BIND, json!({ "accountId": "ann" })).await);
    assert_eq!((first.0, second.0), (201, 200));
    assert_ne!(first.2["sessionToken"], second.2["sessionToken"]);
    assert_eq!(made(new.put(BIND, json!({ "accountId": "ann" })).await), first);
    assert_eq!(made(known.put(BIND, json!({ "accountId": "ann" })).await), second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_question_is_one_challenge_and_one_push() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    let backend = world.backend().with_header(KEY, "k1");
    let first = made(backend.post(ADD, question()).await);
    assert!(first.2["code"].is_string());
    assert_eq!(made(backend.post(ADD, question()).await), first);
    world.pump().await;
    assert_eq!(made(backend.post(ADD, question()).await), first);
    world.pump().await;
    assert_eq!(device.challenges().await.unwrap().len(), 1);
    assert_eq!(world.standins().take_published().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_claimable_question_has_the_same_link() {
    let world = World::new().await;
    let backend = world.backend().with_header(KEY, "k1");
    let first = made(backend.post(ADD, json!({ "claimable": true })).await);
    assert!(first.2["claimUri"].is_string());
    assert_eq!(made(backend.post(ADD, json!({ "claimable": true })).await), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_form_is_the_same_request() {
    let (_world, backend) = world_with_ann().await;
    let form = async || backend.form(Method::POST, ADD, "accountId=ann&content=Pay%3F").await.created();
    assert_eq!(form().await, form().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_question_shows_its_status_of_now() {
    let (_world, backend) = world_with_ann().await;
    let first = backend.post(ADD, question()).await.created();
    backend.patch("/api/request/cancel", json!({ "requestGuid": first["guid"] })).await.ok();
    let again = backend.post(ADD, question()).await.created();
    assert_eq!((&again["guid"], &again["code"]), (&first["guid"], &first["code"]));
    assert_eq!(again["status"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_request_under_the_same_key_is_refused() {
    let (world, backend) = world_with_ann().await;
    let first = backend.post(ADD, question()).await.created();
    let other = json!({ "accountId": "ann", "content": "Pay more?" });
    assert_eq!(backend.post(ADD, other).await.refused(422, "wrong_state"), None);
    let spaced = r#"{ "accountId": "ann", "content": "Pay?", "showCode": true }"#;
    let spaced = backend.call(Method::POST, ADD, spaced, Some("application/json")).await;
    spaced.refused(422, "wrong_state");
    backend.put(BIND, question()).await.refused(422, "wrong_state");
    assert_eq!(backend.post(ADD, question()).await.created(), first);
    assert_ne!(world.backend().post(ADD, question()).await.created()["guid"], first["guid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_two_request_origins_do_not_meet() {
    let (world, backend) = world_with_ann().await;
    let signer = world.hmac_backend().with_header(KEY, "k1");
    let first = backend.post(ADD, question()).await.created();
    let second = signer.post(ADD, question()).await.created();
    assert_ne!(first["guid"], second["guid"]);
    assert_eq!(backend.post(ADD, question()).await.created(), first);
    let other = json!({ "accountId": "ann" });
    signer.post(ADD, other).await.refused(422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_remembered_for_24_hours() {
    let (world, backend) = world_with_ann().await;
    let bind = world.backend().with_header(KEY, "k2");
    let first = backend.post(ADD, question()).await.created();
    let bound = bind.put(BIND, json!({ "accountId": "ann" })).await.ok();
    world.turn(Span::millis(24 * 3_600_000 - 1));
    world.standins().sweep_ttl().unwrap();
    let again = backend.post(ADD, question()).await.created();
    assert_eq!((&again["guid"], &again["status"]), (&first["guid"], &json!("expired")));
    assert_eq!(bind.put(BIND, json!({ "accountId": "ann" })).await.ok(), bound);

    world.turn(Span::millis(1));
    let new = backend.post(ADD, json!({ "accountId": "ann" })).await.created();
    assert_ne!(new["guid"], first["guid"]);
    let anew = bind.put(BIND, json!({ "accountId": "ann" })).await.ok();
    assert_ne!(anew["sessionToken"], bound["sessionToken"]);
    assert_eq!(backend.post(ADD, json!({ "accountId": "ann" })).await.created(), new);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_request_is_repeated_with_a_signature_of_its_own() {
    let (world, _) = world_with_ann().await;
    let backend = world.hmac_backend().with_header(KEY, "k1");
    let first = made(backend.post(ADD, question()).await);
    world.turn(Span::secs(1));
    assert_eq!(made(backend.post(ADD, question()).await), first);
    let other = json!({ "accountId": "ann" });
    backend.post(ADD, other).await.refused(422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_somebody_adds_makes_no_replay_good() {
    let (world, _) = world_with_ann().await;
    let backend = world.hmac_backend();
    let body = question().to_string();
    let signed = backend.authorization(&Method::POST, ADD, &body, world.clock.now());
    let send = async |backend: &Backend| {
        backend.send(Method::POST, ADD, &body, Some("application/json"), Some(&signed)).await
    };
    send(&backend).await.created();
    send(&backend.clone().with_header(KEY, "k1")).await.refused(401, "replayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_does_not_use_up_its_key() {
    let world = World::new().await;
    let backend = world.backend().with_header(KEY, "k1");
    backend.post(ADD, question()).await.refused(404, "not_found");
    world.backend().put(BIND, json!({ "accountId": "ann" })).await.created();
    let wrong = json!({ "accountId": "ann", "duration": "soon" });
    backend.post(ADD, wrong).await.refused(400, "invalid_field");
    let first = backend.post(ADD, question()).await.created();
    assert_eq!(backend.post(ADD, question()).await.created(), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_1_to_255_characters() {
    let (world, _) = world_with_ann().await;
    for wrong in [String::new(), "k".repeat(256)] {
        for path in [BIND, ADD] {
            let method = if path == BIND { Method::PUT } else { Method::POST };
            let backend = world.backend().with_header(KEY, &wrong);
            let answer = backend.call(method, path, &question().to_string(), Some("application/json")).await;
            assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some("Idempotency-Key"));
        }
    }
    let longest = world.backend().with_header(KEY, &"k".repeat(255));
    longest.post(ADD, question()).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_with_one_key_make_one_challenge() {
    for signed in [false, true] {
        let world = World::new().await;
        let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
        let backend = if signed { world.hmac_backend() } else { world.backend() };
        let answers = at_once(&backend.with_header(KEY, "k1"), Method::POST, ADD, question()).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        world.pump().await;
        assert_eq!(device.challenges().await.unwrap().len(), 1);
        assert_eq!(world.standins().take_published().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_binds_at_once_with_one_key_make_one_user_and_one_token() {
    let world = World::new().await;
    let backend = world.backend().with_header(KEY, "k1");
    let answers = at_once(&backend, Method::PUT, BIND, json!({ "accountId": "ann" })).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let account = backend.get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(account["privakeyId"], answers[0]["privakeyId"]);
}
