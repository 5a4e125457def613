//! Whoever is not the bank of this App Space changes nothing.

use countersign_domain::time::Span;
use countersign_standins::BankCall;
use countersign_tests::authenticator::signature::version_2;
use http::Method;
use serde_json::json;

use super::scene::{Scene, key};

/// A call that would do something, if it were as it must be.
fn close(scene: &Scene) -> BankCall {
    scene.bank().call(Method::PUT, "actions/7/close", &json!({}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_over_this_body_by_the_banks_key() {
    let (scene, app) = Scene::with_ann().await;
    scene.asked(&app, "7").await;
    let good = close(&scene);
    for signature in [
        version_2(&key(1), good.body.as_bytes()).ok(),
        Some("a..b".into()),
        Some(good.signature.clone().unwrap().replace("..", ".e30.")),
        close(&scene).signature.map(|jws| jws[..jws.len() - 4].to_owned()),
    ] {
        let call = BankCall { signature, ..good.clone() };
        scene.refused(call, 400, "InvalidSignature").await;
    }
    let body = good.body.replace("{}", "{ }");
    scene.refused(BankCall { body, ..good.clone() }, 400, "InvalidSignature").await;
    scene.refused(BankCall { signature: None, ..good.clone() }, 400, "SignatureMissing").await;
    assert_eq!(scene.bank().send(&good).await.status, 200, "it was good all the time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_says_when_it_is_over_within_the_hour() {
    let (scene, app) = Scene::with_ann().await;
    scene.asked(&app, "7").await;
    let now = scene.now();
    for until in [None, Some(now), Some(now - Span::secs(1)), Some(now + Span::secs(3601))] {
        let call = scene.bank().call_until(Method::PUT, "actions/7/close", &json!({}), until);
        scene.refused(call, 400, "SignatureExpired").await;
    }
    let call =
        scene.bank().call_until(Method::PUT, "actions/7/close", &json!({}), Some(now + Span::hours(1)));
    assert_eq!(scene.bank().send(&call).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_named_and_has_a_bank() {
    let (scene, app) = Scene::with_ann().await;
    scene.asked(&app, "7").await;
    for provider_id in [None, Some("1"), Some("x"), Some(""), Some("99999999999999999999")] {
        let call = BankCall { provider_id: provider_id.map(str::to_owned), ..close(&scene) };
        scene.refused(call, 404, "ProviderNotFound").await;
    }
    scene.set_bank(None).await;
    scene.refused(close(&scene), 404, "ProviderNotFound").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bank_of_another_app_space_reaches_nothing_here() {
    use countersign_domain::app_space::AppSpace;
    use countersign_domain::authenticator_settings::AuthenticatorSettings;
    use countersign_domain::id::AppSpaceId;
    use countersign_store::{Write, keys};

    let (scene, app) = Scene::with_ann().await;
    scene.asked(&app, "7").await;
    // The same bank with the same key, in another App Space.
    let (store, now) = (&scene.world.bundle.app().store, scene.now());
    let id: AppSpaceId = scene.world.bundle.demo.app_space.guid.parse().unwrap();
    let space = store.get::<AppSpace>(keys::app_space(id.tenant()), now).await.unwrap().unwrap().value;
    let settings = keys::authenticator_settings(id.tenant());
    let settings = store.get::<AuthenticatorSettings>(settings, now).await.unwrap().unwrap().value;
    let other = AppSpaceId::new(&countersign_crypto::system::SystemRandom);
    let write = Write::new().insert("app space", &AppSpace { id: other, ..space }).unwrap();
    let write = write.insert("settings", &AuthenticatorSettings { app_space: other, ..settings }).unwrap();
    store.write(write).await.unwrap();

    let connection = &app.connection().id;
    for (path, status, class) in [
        ("actions/7/close".to_owned(), 404, "ActionNotFound"),
        ("actions/7".to_owned(), 404, "ActionNotFound"),
        (format!("connections/{connection}/revoke"), 401, "ConnectionNotFound"),
        (format!("connections/{connection}/fail_authentication"), 401, "ConnectionNotFound"),
        ("consents/1/revoke".to_owned(), 404, "ConsentNotFound"),
    ] {
        let call = scene.bank().call(Method::PUT, &path, &json!({}));
        let call = BankCall { provider_id: Some(other.tenant().number().to_string()), ..call };
        scene.refused(call, status, class).await;
    }
    let data = json!({
        "action_id": "8",
        "user_id": "ann",
        "expires_at": scene.soon(),
        "authorizations": scene.bank().authorizations("7"),
    });
    let call = scene.bank().call(Method::POST, "actions", &data);
    let call = BankCall { provider_id: Some(other.tenant().number().to_string()), ..call };
    scene.refused(call, 401, "UserNotFound").await;
    assert_eq!(app.list().await.unwrap().len(), 1);
}
