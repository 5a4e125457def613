//! The seven flows, each from one end to the other.

use countersign_crypto::digest::Digest;
use countersign_crypto::encoding::{from_base64, from_base64url};
use countersign_standins::Published;
use countersign_tests::uaf::UafApp;
use countersign_tests::uaf::call::{AUTHENTICATION_REQUEST, Authority};
use countersign_tests::uaf::link::AppLink;
use countersign_tests::uaf::target::Push;
use countersign_uaf::assertion::AuthenticationAssertion;
use serde_json::{Value, json};

use super::scene::{Scene, link, refused, yes};
use crate::qr;

async fn intent(scene: &Scene, body: Value) -> String {
    let made = scene.backend.post("/api/v1/intent", body).await.success();
    made["token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_app_registration() {
    let scene = Scene::new().await;
    let mut app = scene.app();
    let enroll = json!({ "username": "ann", "operation": "enroll", "channels": ["app"] });
    let token = intent(&scene, enroll).await;
    let registered = app.register_with_intent(&token, "ann").await.unwrap();
    let user = scene.user("ann").await;
    let [authenticator] = &user["authenticators"].as_array().unwrap()[..] else { panic!("{user}") };
    assert_eq!(authenticator["authenticatorId"], *registered.device);
    assert_eq!((&authenticator["name"], &authenticator["type"]), (&json!("Ann's phone"), &json!("android")));
    assert_eq!(refused(app.register_with_intent(&token, "ann").await), 1401, "once");
    app.login("ann", None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_is_for_its_user_operation_and_channel() {
    let scene = Scene::new().await;
    scene.registered("ann").await;
    let mut app = scene.app();
    let before = scene.table().await;
    for (body, status) in [
        (json!({ "username": "bob", "operation": "enroll" }), 1400),
        (json!({ "username": "ann", "operation": "approve" }), 1401),
        (json!({ "username": "ann", "operation": "enroll", "channels": ["sms"] }), 1401),
    ] {
        let token = intent(&scene, body.clone()).await;
        assert_eq!(refused(app.register_with_intent(&token, "ann").await), status, "{body}");
    }
    assert_eq!(refused(app.register_with_intent("a.b.c", "ann").await), 1401);
    assert_eq!(scene.table().await, before);
    // Nothing that was refused is used up: the intent of its own user is good for any channel.
    let token = intent(&scene, json!({ "username": "ann", "operation": "enroll" })).await;
    app.register_with_intent(&token, "ann").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_app_authentication() {
    let scene = Scene::new().await;
    let mut app = scene.registered("ann").await;
    let app_space = scene.world.bundle.demo.app_space.guid.clone();
    for app_space in [None, Some(app_space.as_str())] {
        let done = app.login("ann", app_space).await.unwrap();
        let token = done.transaction_token.unwrap().value;
        let told = scene.introspect(&token).await;
        assert_eq!((&told["active"], &told["status"]), (&json!(true), &json!("succeeded")), "{told}");
        assert_eq!(told["sub"], scene.user("ann").await["userId"]);
        assert_eq!(scene.introspect(&token).await, json!({ "active": false }), "consumed");
        assert!(done.device_token.is_some());
        // What was proven stands in the table, with its evidence and our word on it.
        let request = scene.world.request(&told["transactionId"]).await;
        assert_eq!((&request["status"], &request["buttonSelected"]), (&json!("answered"), &json!(0)));
        assert_eq!(request["additionalInfo"], json!({ "inApp": true }));
        assert!(request["evidence"]["receipt"].is_string(), "{request}");
        assert_eq!(request["documentDigest"], told["digest"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_band_registration_by_link_and_by_qr_code() {
    let scene = Scene::new().await;
    let mut app = scene.app();
    let enrolled = scene.enroll("ann").await;
    let enrollment = &enrolled["enrollment"];
    assert_eq!(scene.status_word(enrollment).await, "pending");
    let registered = app.register(&link(enrollment)).await.unwrap();
    assert_eq!(registered.username, "ann");
    let status = scene.status(enrollment).await;
    assert_eq!((&status["status"], &status["userId"]), (&json!("succeeded"), &enrolled["userId"]));
    let told = scene.introspect(status["token"].as_str().unwrap()).await;
    assert_eq!((&told["active"], &told["authenticatorId"]), (&json!(true), &json!(registered.device)));

    let mut second = scene.app();
    let enrolled = scene.enroll("ann").await;
    assert_eq!(enrolled["authenticators"].as_array().unwrap().len(), 1);
    let scanned = qr::read(enrolled["enrollment"]["qrCode"]["dataUri"].as_str().unwrap());
    assert_eq!(scanned, enrolled["enrollment"]["appLinkUri"]);
    second.register(&AppLink::parse(&scanned).unwrap()).await.unwrap();
    assert_eq!(scene.user("ann").await["authenticators"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_band_authentication_by_link_and_by_qr_code() {
    let scene = Scene::new().await;
    let mut app = scene.registered("ann").await;
    let asked = scene.ask_by_link("ann", "").await;
    assert_eq!(scene.status_word(&asked).await, "pending");
    let done = scene.approve(&mut app, &asked).await.unwrap();
    assert!(done.transaction_token.is_none(), "that is for the backend, by the status");
    let status = scene.status(&asked).await;
    assert_eq!((&status["status"], &status["username"]), (&json!("succeeded"), &json!("ann")));
    let token = status["token"].as_str().unwrap();
    assert_eq!(scene.introspect(token).await["active"], true);
    assert_eq!(scene.introspect(token).await, json!({ "active": false }));

    let asked = scene.ask_by_link("ann", "").await;
    let scanned = qr::read(asked["qrCode"]["dataUri"].as_str().unwrap());
    app.authenticate(&AppLink::parse(&scanned).unwrap(), &yes).await.unwrap();
    assert_eq!(scene.status_word(&asked).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_scans_the_code_is_the_user() {
    let scene = Scene::new().await;
    let mut app = scene.registered("ann").await;
    let asked = scene.ask(json!({ "channel": "app", "message": "Log in at the shop?" })).await;
    let status = scene.status(&asked).await;
    assert_eq!((&status["status"], &status["username"]), (&json!("pending"), &Value::Null));
    let fetched = app.redeem(&link(&asked)).await.unwrap();
    assert_eq!(fetched.username, None);
    app.finish_authentication(&fetched, &yes).await.unwrap();
    let status = scene.status(&asked).await;
    assert_eq!((&status["status"], &status["username"]), (&json!("succeeded"), &json!("ann")));
    assert_eq!(status["userId"], scene.user("ann").await["userId"]);
}

async fn push_of(scene: &Scene) -> Published {
    scene.world.pump().await;
    let [push] = &scene.world.standins().take_published()[..] else { panic!("one push") };
    push.clone()
}

/// What an Android app gets of a push beside the notification.
fn data(push: &Published) -> Value {
    let payload: Value = serde_json::from_str(push.payload.as_ref().unwrap()).unwrap();
    payload["fcmV1Message"]["message"]["data"].clone()
}

fn opened(app: &UafApp, jwe: &Value) -> AppLink {
    let keys = app.account().unwrap().target.as_ref().unwrap();
    let opened = keys.encryption_key.open(jwe.as_str().unwrap()).unwrap();
    AppLink::from_data(&serde_json::from_slice(&opened).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_band_authentication_by_push() {
    let scene = Scene::new().await;
    let push = Push { target: Some("token-1".into()), dispatcher: Some("fcm".into()) };
    let mut app = scene.reachable("ann", &push).await;
    scene.world.standins().take_published();
    let asked = scene.ask(json!({ "username": "ann", "message": "Pay 120 EUR?" })).await;
    let push = push_of(&scene).await;
    let data = data(&push);
    assert_eq!(data["nma_data_content_type"], "application/jose");
    assert!(!push.payload.as_ref().unwrap().contains("Pay 120 EUR?"), "no content in a push");
    let link = opened(&app, &data["nma_data"]);
    assert_eq!(link.transaction_id, asked["transactionId"].as_str().unwrap());
    let done = app.authenticate(&link, &yes).await.unwrap();
    assert_eq!(done.shown.as_deref(), Some("Pay 120 EUR?"));
    assert_eq!(scene.status_word(&asked).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_did_not_come_is_pending() {
    let scene = Scene::new().await;
    let mut app = scene.reachable("ann", &Push::default()).await;
    assert!(app.pending().await.unwrap().is_empty());
    let asked = scene.ask(json!({ "username": "ann", "message": "Pay 120 EUR?" })).await;
    let [waits] = &app.pending().await.unwrap()[..] else { panic!("one operation") };
    assert_eq!(waits.transaction_id, asked["transactionId"].as_str().unwrap());
    assert_eq!(waits.message.as_deref(), Some("Pay 120 EUR?"));
    app.authenticate(waits.link.as_ref().unwrap(), &yes).await.unwrap();
    assert_eq!(scene.status_word(&asked).await, "succeeded");
    assert!(app.pending().await.unwrap().is_empty());
}

/// The assertion that the backend was given as evidence.
async fn evidence(scene: &Scene, asked: &Value) -> Value {
    let request = scene.world.request(&asked["transactionId"]).await;
    serde_json::from_str(request["evidence"]["answer"].as_str().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_confirmation() {
    let scene = Scene::new().await;
    let mut app = scene.registered("ann").await;
    let message = "Pay 120 EUR to ACME?";
    let asked = scene.ask_by_link("ann", message).await;
    let fetched = app.redeem(&link(&asked)).await.unwrap();
    assert_eq!((fetched.message.as_deref(), fetched.prompt), (Some(message), false));
    let done = app.finish_authentication(&fetched, &yes).await.unwrap();
    assert_eq!(done.shown.as_deref(), Some(message), "the authenticator shows the message itself");
    let request = scene.world.request(&asked["transactionId"]).await;
    assert_eq!(request["content"], message);
    assert_eq!(request["additionalInfo"], json!({ "prompt": false, "shownAs": "text" }));

    // The evidence stands on its own: the signature is over the hash of what was shown.
    let evidence = evidence(&scene, &asked).await;
    assert_eq!((&evidence["format"], &evidence["transaction"]), (&json!("uaf"), &json!(message)));
    let assertion = from_base64url(evidence["assertion"].as_str().unwrap()).unwrap();
    let assertion = AuthenticationAssertion::parse(&assertion).unwrap();
    assert_eq!(assertion.transaction_hash.as_ref(), Some(Digest::of(message.as_bytes()).as_bytes()));
    let params = evidence["fcParams"].as_str().unwrap();
    assert_eq!(assertion.final_challenge_hash, *Digest::of(params.as_bytes()).as_bytes());
    let key = request["evidence"]["key"].to_string();
    let key = countersign_crypto::jwk::PublicJwk::parse(&key).unwrap();
    assert!(key.verify(assertion.signed, assertion.signature));
    assert_eq!(request["evidence"]["keyThumbprint"], key.thumbprint().to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_no_authenticator_shows_is_confirmed_by_its_digest() {
    let scene = Scene::new().await;
    let mut app = scene.registered("ann").await;
    for message in ["Zahle 120 € an ACME?".to_owned(), "x".repeat(201)] {
        let asked = scene.ask_by_link("ann", &message).await;
        let done = scene.approve(&mut app, &asked).await.unwrap();
        let digest = format!("Message SHA-256 {}", Digest::of(message.as_bytes()));
        assert_eq!(done.shown.as_deref(), Some(digest.as_str()));
        let request = scene.world.request(&asked["transactionId"]).await;
        assert_eq!(
            (&request["content"], &request["additionalInfo"]["shownAs"]),
            (&json!(message), &json!("digest"))
        );
        assert_eq!(evidence(&scene, &asked).await["transaction"], digest);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deregistration_by_the_app() {
    let scene = Scene::new().await;
    let mut app = scene.reachable("ann", &Push::default()).await;
    let key = app.account().unwrap().key.clone();
    assert_eq!(app.deregister().await.unwrap(), [key]);
    assert!(app.wallet().authenticators[0].keys().is_empty());
    assert_eq!(scene.user("ann").await["authenticators"], json!([]));

    // Without a dispatch target, by the token of a key that was just proven.
    let mut app = scene.registered("ann").await;
    let token = app.login("ann", None).await.unwrap().device_token.unwrap();
    assert_eq!(app.deregister_with(&token.value).await.unwrap().len(), 1);
    assert_eq!(scene.user("ann").await["authenticators"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn deregistration_by_the_backend() {
    let scene = Scene::new().await;
    let mut app = scene.reachable("ann", &Push::default()).await;
    let device = app.account().unwrap().device.clone();
    let context = json!({ "username": "ann" });
    let fetched = app.request(AUTHENTICATION_REQUEST, Authority::Nobody, &context).await.unwrap();
    scene.backend.delete(&format!("/api/v1/authenticators/{device}")).await.expect(204);
    assert_eq!(refused(app.finish_authentication(&fetched, &yes).await), 1493);
    let [waits] = &app.pending().await.unwrap()[..] else { panic!("one operation") };
    assert!(waits.link.is_none() && waits.transaction_id == device, "the client is to forget its key");
    let before = scene.table().await;
    assert_eq!(app.deregister().await.unwrap().len(), 1);
    assert!(app.wallet().authenticators[0].keys().is_empty());
    assert_eq!(scene.table().await, before, "it was revoked before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_stands_for_the_keys_of_an_attested_model() {
    let scene = Scene::new().await;
    // A model whose statement has roots takes no key that only attests itself.
    let certificate = from_base64("AQID").unwrap();
    scene
        .change_settings(|settings| {
            let mut statement: Value = serde_json::from_str(&settings.authenticators[0]).unwrap();
            statement["attestationRootCertificates"] =
                json!([countersign_crypto::encoding::base64(&certificate)]);
            settings.authenticators = vec![statement.to_string()];
        })
        .await;
    let enrolled = scene.enroll("ann").await;
    assert_eq!(refused(scene.app().register(&link(&enrolled["enrollment"])).await), 1496);
    assert_eq!(scene.status_word(&enrolled["enrollment"]).await, "pending");
}
