//! Consents that a bank records: shown by the app, taken back from both sides.

use countersign_crypto::system::SystemRandom;
use countersign_domain::time::Span;
use countersign_standins::Behaviour;
use countersign_tests::authenticator::App;
use countersign_tests::authenticator::envelope::Envelope;
use countersign_tests::authenticator::key::PublicKey;
use http::Method;
use serde_json::{Value, json};

use super::scene::{Scene, key};

fn consent(scene: &Scene, app: &App, id: &str) -> Value {
    let now = scene.now();
    let (created_at, expires_at) = (now.rfc3339(), (now + Span::days(90)).rfc3339());
    let content = json!({
        "id": id,
        "user_id": "ann",
        "consent_type": "aisp",
        "tpp_name": "Fintech",
        "accounts": [{ "name": "Checking", "iban": "GB33BUKB20201555555555" }],
        "shared_data": { "balance": true, "transactions": false },
        "created_at": created_at,
        "expires_at": expires_at,
    });
    let to = PublicKey::from_pem(&key(0).public().to_pem().unwrap()).unwrap();
    let sealed = Envelope::seal(&to, content.to_string().as_bytes(), &SystemRandom).unwrap();
    json!({
        "consent_id": id,
        "user_id": "ann",
        "consents": [{
            "connection_id": app.connection().id,
            "expires_at": expires_at,
            "key": sealed.key,
            "iv": sealed.iv,
            "data": sealed.data,
        }],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_takes_one_back_and_the_bank_hears_of_it() {
    let (scene, app) = Scene::with_ann().await;
    let data = consent(&scene, &app, "41");
    let said = scene.bank().say(Method::POST, "consents", &data).await;
    assert_eq!((said.status, &said.body), (200, &json!({ "data": { "consent_id": "41" } })));
    scene.refused(scene.bank().call(Method::POST, "consents", &data), 409, "Conflict").await;
    let listed = app.consents().await.unwrap();
    assert_eq!((listed.len(), listed[0].id.as_str(), listed[0].tpp_name.as_str()), (1, "41", "Fintech"));
    let other = scene.connect_with("ann", key(1)).await;
    assert!(other.consents().await.unwrap().is_empty(), "it was encrypted for the first app alone");

    scene.bank().behave(Behaviour::Silent);
    app.revoke_consent(&listed[0].id).await.unwrap();
    assert!(app.consents().await.unwrap().is_empty());
    scene.world.pump().await;
    scene.bank().behave(Behaviour::Closes);
    scene.world.turn(Span::minutes(2));
    scene.world.minute().await;
    let told = scene.bank().told();
    assert_eq!((told.len(), told[0].path.as_str()), (1, "consents/41/revoke"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bank_takes_one_back_and_does_not_hear_of_it() {
    let (scene, app) = Scene::with_ann().await;
    let data = consent(&scene, &app, "41");
    assert_eq!(scene.bank().say(Method::POST, "consents", &data).await.status, 200);
    for _ in 0..2 {
        let said = scene.bank().say(Method::PUT, "consents/41/revoke", &json!({})).await;
        assert_eq!((said.status, &said.body), (200, &json!({ "data": { "consent_id": "41" } })));
        assert!(app.consents().await.unwrap().is_empty());
    }
    scene.world.pump().await;
    assert!(scene.bank().told().is_empty());
    assert!(
        app.revoke_consent("41").await.is_err_and(|error| error.error_class() == Some("ConsentNotFound"))
    );
    scene
        .refused(scene.bank().call(Method::PUT, "consents/42/revoke", &json!({})), 404, "ConsentNotFound")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_consent_is_refused() {
    let (scene, app) = Scene::with_ann().await;
    let good = consent(&scene, &app, "41");
    let mut over = good["consents"].clone();
    over[0]["expires_at"] = scene.now().rfc3339().into();
    let mut elsewhere = good["consents"].clone();
    elsewhere[0]["connection_id"] = "1".into();
    for (member, value, status, class) in [
        ("consent_id", json!(""), 400, "WrongRequestFormat"),
        ("user_id", json!("bob"), 401, "UserNotFound"),
        ("consents", json!([]), 400, "WrongRequestFormat"),
        ("consents", over, 400, "WrongRequestFormat"),
        ("consents", elsewhere, 401, "ConnectionNotFound"),
    ] {
        let mut data = good.clone();
        data[member] = value;
        scene.refused(scene.bank().call(Method::POST, "consents", &data), status, class).await;
    }
}
