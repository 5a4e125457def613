//! An app connects through the bank: the service never sees its key before the bank says it.

use countersign_domain::time::Span;
use countersign_standins::Behaviour;
use countersign_tests::authenticator::{ApiVersion, AppError, ConnectLink, Installation};
use http::Method;
use serde_json::json;

use super::scene::{Scene, key, of};
use crate::identity_provider::table;

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_connected_once_its_person_logged_in_at_the_bank() {
    let scene = Scene::new().await;
    let pending = scene.connecting(key(0)).await.login().unwrap();
    let asked = scene.bank().connection(&pending.id).unwrap();
    assert_eq!(pending.login_url, format!("{}/login?connection={}", scene.bank().url(), pending.id));
    assert_eq!(asked.public_key, key(0).public().to_pem().unwrap(), "the bank alone can read the key");
    assert_eq!((asked.return_url.as_str(), asked.connect_query), (pending.return_url.as_str(), None));

    let app = scene.connect("ann").await;
    assert!(app.list().await.unwrap().is_empty());
    let known = app.known().await.unwrap();
    assert_eq!((known.id.as_str(), known.status.as_str()), (app.connection().id.as_str(), "active"));
    let user = scene.world.backend().get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(user["status"], "active", "the user is one of the App Space: {user}");
    // A second app of the same person joins the same user.
    let second = scene.connect_with("ann", key(1)).await;
    let devices = scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    assert_eq!(devices.as_array().unwrap().len(), 2, "{devices}");
    assert!(second.list().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_app_brought_reaches_the_bank() {
    let scene = Scene::new().await;
    let configuration = &scene.world.bundle.demo.authenticator.configuration_v2;
    let link =
        format!("authenticator://saltedge.com/connect?configuration={configuration}&connect_query=abc");
    let link = ConnectLink::parse(&link).unwrap();
    let installation = Installation::new(scene.clock());
    let pending = installation.connect_with(&link, key(0)).await.unwrap().login().unwrap();
    let asked = scene.bank().connection(&pending.id).unwrap();
    assert_eq!(asked.connect_query.as_deref(), Some("abc"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bank_may_say_the_same_twice_and_nothing_else_later() {
    let scene = Scene::new().await;
    let pending = scene.connecting(key(0)).await.login().unwrap();
    let first = scene.bank().let_in(&pending.id, "ann").await.unwrap();
    let before = table::kept(&scene.world).await;
    scene.bank().let_in(&pending.id, "ann").await.unwrap();
    assert!(table::kept(&scene.world).await == before);
    let connection = scene.bank().connection(&pending.id).unwrap();
    let path = format!("connections/{}/success_authentication", pending.id);
    let data = json!({
        "user_id": "bob",
        "access_token": "another-token-of-this-bank",
        "rsa_public_key": connection.public_key,
    });
    scene.refused(scene.bank().call(Method::PUT, &path, &data), 409, "Conflict").await;
    assert!(pending.finish(&first).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_let_in_is_nobody_connected() {
    let scene = Scene::new().await;
    let pending = scene.connecting(key(0)).await.login().unwrap();
    assert_eq!(scene.bank().turn_away(&pending.id, "no").await.status, 200);
    let refused = scene.bank().let_in(&pending.id, "ann").await.unwrap_err();
    assert_eq!(of(&refused), (401, "ConnectionNotFound"));
    // Whoever takes too long is as good as turned away.
    let late = scene.connecting(key(0)).await.login().unwrap();
    scene.world.turn(Span::minutes(11));
    let refused = scene.bank().let_in(&late.id, "ann").await.unwrap_err();
    assert_eq!(of(&refused), (401, "ConnectionNotFound"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_does_not_help_leaves_nothing_behind() {
    let scene = Scene::new().await;
    let before = table::kept(&scene.world).await;
    for behaviour in
        [Behaviour::Answers(500), Behaviour::Answers(404), Behaviour::Answers(200), Behaviour::Silent]
    {
        scene.bank().behave(behaviour);
        let refused = Installation::new(scene.clock()).connect_with(&scene.link(), key(0)).await.unwrap_err();
        assert_eq!(refused.error_class(), Some("ServiceUnavailable"), "{behaviour:?}");
        assert!(matches!(&refused, AppError::Refused(refusal) if refusal.retry_after.is_some()));
    }
    assert!(table::kept(&scene.world).await == before);
}

#[tokio::test(flavor = "multi_thread")]
async fn apps_of_version_1_do_not_go_to_banks() {
    let scene = Scene::new().await;
    let configuration = &scene.world.bundle.demo.authenticator.configuration_v1;
    let link = format!("authenticator://saltedge.com/connect?configuration={configuration}");
    let link = ConnectLink::parse(&link).unwrap();
    assert_eq!(link.version, ApiVersion::V1);
    let refused = Installation::new(scene.clock()).connect_with(&link, key(0)).await.unwrap_err();
    assert_eq!(refused.error_class(), Some("ProviderNotFound"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_or_key_that_is_none_is_refused() {
    let scene = Scene::new().await;
    let pending = scene.connecting(key(0)).await.login().unwrap();
    let connection = scene.bank().connection(&pending.id).unwrap();
    let path = format!("connections/{}/success_authentication", pending.id);
    let good =
        json!({ "user_id": "ann", "access_token": "t".repeat(43), "rsa_public_key": connection.public_key });
    let ours = "A".repeat(70);
    for (member, value) in [
        ("access_token", json!("short")),
        ("access_token", json!("t".repeat(1025))),
        ("access_token", json!("with a space in the middle")),
        ("access_token", json!(ours)),
        ("access_token", json!(null)),
        ("rsa_public_key", json!("no key")),
        ("user_id", json!("")),
        ("user_id", json!({})),
    ] {
        let mut data = good.clone();
        data[member] = value;
        scene.refused(scene.bank().call(Method::PUT, &path, &data), 400, "WrongRequestFormat").await;
    }
    assert_eq!(scene.bank().say(Method::PUT, &path, &good).await.status, 200);
    // Nobody else gets the same token.
    let other = scene.connecting(key(1)).await.login().unwrap();
    let path = format!("connections/{}/success_authentication", other.id);
    scene.refused(scene.bank().call(Method::PUT, &path, &good), 400, "WrongRequestFormat").await;
}
