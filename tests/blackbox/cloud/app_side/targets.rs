//! Dispatch targets, what is signed with their keys, and the person's no.

use countersign_domain::answer::DeclineReason;
use countersign_domain::time::Span;
use countersign_tests::uaf::UafApp;
use countersign_tests::uaf::call::{Authority, JSON};
use countersign_tests::uaf::operations::{DECLINE, PENDING};
use countersign_tests::uaf::target::{Push, TARGETS};
use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Scene, link, refused, yes};

fn push() -> Push {
    Push { target: Some("token-1".into()), dispatcher: Some("fcm".into()) }
}

fn user(app: &UafApp) -> &str {
    &app.account().unwrap().user
}

/// The device as the Request Origin API shows it.
async fn device(scene: &Scene) -> Value {
    let devices = scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    let [device] = &devices.as_array().unwrap()[..] else { panic!("{devices}") };
    device.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_made_changed_and_removed() {
    let scene = Scene::new().await;
    let mut app = scene.reachable("ann", &push()).await;
    let made = device(&scene).await;
    assert_eq!((&made["name"], &made["push"]), (&json!("Ann's phone"), &json!("registered")), "{made}");
    app.update_target(&json!({ "name": "Tablet", "target": &"a1".repeat(32), "dispatcher": "apns" }))
        .await
        .unwrap();
    scene.world.pump().await;
    let changed = device(&scene).await;
    assert_eq!((&changed["name"], &changed["platform"]), (&json!("Tablet"), &json!("ios")), "{changed}");
    app.update_target(&json!({ "target": null })).await.unwrap();
    assert_eq!(device(&scene).await["push"], "none");
    app.pending().await.unwrap();
    let device = app.account().unwrap().device.clone();
    app.delete_target().await.unwrap();
    // The key itself is as good as before.
    app.login("ann", None).await.unwrap();
    assert_eq!(device, app.account().unwrap().device);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_signature_key_takes_the_place_of_the_old_one() {
    let scene = Scene::new().await;
    let mut app = scene.reachable("ann", &Push::default()).await;
    let old = app.account().unwrap().target.as_ref().unwrap().signature_key.to_jwk().unwrap();
    let token = app.login("ann", None).await.unwrap().device_token.unwrap();
    app.create_target(&token.value, &Push::default()).await.unwrap();
    app.pending().await.unwrap();
    let claims = app.signature_claims(app.account().unwrap(), &Method::GET, PENDING, b"");
    let old = countersign_tests::device::keys::KeyPair::from_jwk(old.expose()).unwrap();
    let kid = app.account().unwrap().device.clone();
    let jws = old.sign("countersign-proof+jwt", Some(&kid), &claims).unwrap();
    let reply = app.send(&Method::GET, PENDING, JSON, Authority::Signature(&jws), Vec::new()).await.unwrap();
    assert_eq!(reply.status, 401);
}

async fn create(app: &UafApp, authority: Authority<'_>, body: &Value) -> (u16, u64) {
    let body = body.to_string().into_bytes();
    let reply = app.send(&Method::POST, TARGETS, JSON, authority, body).await.unwrap();
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    (reply.status, body["statusCode"].as_u64().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_proved_a_key_of_the_user_makes_a_target() {
    let scene = Scene::new().await;
    let mut app = scene.reachable("ann", &Push::default()).await;
    let token = app.login("ann", None).await.unwrap();
    let (device_token, transaction) = (token.device_token.unwrap(), token.transaction_token.unwrap());
    let keys = app.account().unwrap().target.as_ref().unwrap();
    let body = app.target_body(&app.account().unwrap().device, keys, &push());
    let good = Authority::Bearer(&device_token.value);
    let before = scene.table().await;
    for authority in [Authority::Nobody, Authority::Bearer("a.b.c"), Authority::Bearer(&transaction.value)] {
        assert_eq!(create(&app, authority, &body).await, (401, 1401));
    }
    for (member, value) in [
        ("username", json!("bob")),
        ("name", json!("")),
        ("deviceId", json!("")),
        ("dispatcher", json!("carrier-pigeon")),
        ("dispatcher", Value::Null),
        ("signatureKey", json!({ "kty": "EC" })),
        (
            "encryptionKey",
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
        ),
    ] {
        let mut wrong = body.clone();
        wrong[member] = value;
        assert_eq!(create(&app, good, &wrong).await, (400, 1400), "{member}");
    }
    assert_eq!(scene.table().await, before);
    assert_eq!(create(&app, good, &body).await.0, 201);
    scene.world.turn(Span::minutes(10));
    assert_eq!(create(&app, good, &body).await, (401, 1401), "it has expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_token_of_a_revoked_device_makes_nothing() {
    let scene = Scene::new().await;
    let mut app = scene.reachable("ann", &Push::default()).await;
    let token = app.login("ann", None).await.unwrap().device_token.unwrap();
    let device = app.account().unwrap().device.clone();
    let body = app.target_body(&device, app.account().unwrap().target.as_ref().unwrap(), &push());
    scene.backend.delete(&format!("/api/v1/authenticators/{device}")).await.expect(204);
    assert_eq!(create(&app, Authority::Bearer(&token.value), &body).await, (401, 1401));
}

async fn signed(app: &UafApp, method: Method, path: &str, body: &Value, sub: &str) -> (u16, Value) {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let mut claims = app.signature_claims(app.account().unwrap(), &method, path, &body);
    claims.sub = sub.to_owned();
    let jws = app.sign(app.account().unwrap(), &claims).unwrap();
    let reply = app.send(&method, path, JSON, Authority::Signature(&jws), body).await.unwrap();
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_for_one_call_of_one_device() {
    let scene = Scene::new().await;
    let ann = scene.reachable("ann", &Push::default()).await;
    let bob = scene.reachable("bob", &Push::default()).await;
    let own = format!("{TARGETS}{}", ann.account().unwrap().device);
    let other = format!("{TARGETS}{}", bob.account().unwrap().device);
    let change = json!({ "name": "Mine" });
    let before = scene.table().await;
    assert_eq!(signed(&ann, Method::PATCH, &other, &change, user(&ann)).await.0, 404);
    assert_eq!(signed(&ann, Method::DELETE, &other, &Value::Null, user(&ann)).await.0, 404);
    assert_eq!(signed(&ann, Method::PATCH, &own, &change, user(&bob)).await.0, 401);
    let claims = ann.signature_claims(ann.account().unwrap(), &Method::PATCH, &own, b"{}");
    let jws = ann.sign(ann.account().unwrap(), &claims).unwrap();
    let send =
        |body: &'static [u8]| ann.send(&Method::PATCH, &own, JSON, Authority::Signature(&jws), body.to_vec());
    assert_eq!(send(br#"{"name":"Mine"}"#).await.unwrap().status, 401, "another body");
    assert_eq!(scene.table().await, before);
    assert_eq!(send(b"{}").await.unwrap().status, 200);
    assert_eq!(send(b"{}").await.unwrap().status, 401, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_told_the_time() {
    let scene = Scene::new().await;
    let app = scene.reachable("ann", &Push::default()).await;
    let mut claims = app.signature_claims(app.account().unwrap(), &Method::GET, PENDING, b"");
    claims.iat -= 61;
    let jws = app.sign(app.account().unwrap(), &claims).unwrap();
    let reply = app.send(&Method::GET, PENDING, JSON, Authority::Signature(&jws), Vec::new()).await.unwrap();
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((reply.status, &body["statusCode"]), (401, &json!(1401)));
    assert_eq!(body["serverTime"], "2026-11-22T10:00:00.000Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_may_say_no() {
    let scene = Scene::new().await;
    let mut app = scene.reachable("ann", &Push::default()).await;
    let approval = scene.ask(json!({ "username": "ann", "message": "Pay 120 EUR?" })).await;
    let id = approval["transactionId"].as_str().unwrap();
    app.decline(id, DeclineReason::Cancelled).await.unwrap();
    assert_eq!(scene.status_word(&approval).await, "failed");
    let request = scene.world.request(&approval["transactionId"]).await;
    assert_eq!((&request["status"], &request["declineReason"]), (&json!("declined"), &json!("cancelled")));
    // The signed call is the evidence: it names what was declined, and why.
    let evidence: Value = serde_json::from_str(request["evidence"]["answer"].as_str().unwrap()).unwrap();
    assert_eq!(evidence["format"], "call");
    let body: Value = serde_json::from_str(evidence["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, json!({ "transactionId": id, "reason": "cancelled" }));
    let proof = countersign_crypto::jws::Unverified::parse(evidence["proof"].as_str().unwrap()).unwrap();
    let key = countersign_crypto::jwk::PublicJwk::parse(&request["evidence"]["key"].to_string()).unwrap();
    let claims = countersign_crypto::proof::verify(&proof, &key).unwrap();
    let digest = countersign_crypto::digest::Digest::of(evidence["body"].as_str().unwrap().as_bytes());
    assert_eq!(claims.bh, digest);

    let before = scene.table().await;
    app.decline(id, DeclineReason::Cancelled).await.unwrap();
    assert_eq!(scene.table().await, before, "the same again is answered alike");
    assert_eq!(refused(app.decline(id, DeclineReason::NotMe).await), 1400);
    // Nobody is asked for a while after a `not_me`.
    let approval = scene.ask_by_link("ann", "").await;
    let asked = app.redeem(&link(&approval)).await.unwrap();
    app.decline(approval["transactionId"].as_str().unwrap(), DeclineReason::NotMe).await.unwrap();
    assert_eq!(refused(app.finish_authentication(&asked, &yes).await), 1491);
    let ask = json!({ "username": "ann", "channel": "app" });
    assert_eq!(scene.backend.post("/api/v1/approval", ask).await.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_asked_of_the_device_cannot_be_declined() {
    let scene = Scene::new().await;
    let (ann, bob) =
        (scene.reachable("ann", &Push::default()).await, scene.reachable("bob", &Push::default()).await);
    scene.world.turn(Span::secs(1));
    let other = scene.reachable("ann", &Push::default()).await;
    let approval = scene.ask_by_link("ann", "").await;
    let id = approval["transactionId"].as_str().unwrap();
    let native = scene.world.enrol("ann").await;
    let of_origin = scene.world.ask("ann").await;
    let before = scene.table().await;
    for app in [&bob, &ann] {
        assert_eq!(refused(app.decline(id, DeclineReason::Cancelled).await), 1404, "the last one is asked");
    }
    let guid = of_origin["guid"].as_str().unwrap();
    assert_eq!(refused(ann.decline(guid, DeclineReason::Cancelled).await), 1404, "of another API");
    assert_eq!(refused(ann.decline("x", DeclineReason::Cancelled).await), 1404);
    let wrong = json!({ "transactionId": id, "reason": "bored" });
    assert_eq!(signed(&other, Method::POST, DECLINE, &wrong, user(&other)).await.0, 400);
    assert_eq!(scene.table().await, before);
    assert!(ann.pending().await.unwrap().is_empty(), "nor is it listed");
    assert_eq!(other.pending().await.unwrap().len(), 1);
    other.decline(id, DeclineReason::Cancelled).await.unwrap();
    drop(native);
}
