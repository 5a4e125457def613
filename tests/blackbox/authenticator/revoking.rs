//! A connection ends, the fifth sequence: by the app or by the service.

use countersign_domain::device::Platform;
use countersign_tests::authenticator::ApiVersion;
use reqwest::Method;
use serde_json::json;

use super::scene::{Scene, VERSIONS, class, key, of};

#[tokio::test(flavor = "multi_thread")]
async fn an_app_gives_its_connection_up() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let tablet = scene.connect_on("ann", Platform::Android, None, key(1)).await;
        let (_, shown) = scene.asked(&app).await;
        app.revoke().await.unwrap();
        let gone = of(401, "ConnectionNotFound");
        assert_eq!(class(app.list().await), gone);
        assert_eq!(class(app.confirm(&shown).await), gone);
        assert_eq!(class(app.revoke().await), gone);
        assert_eq!(class(app.consents().await), gone);
        let devices = scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok();
        let states = devices.as_array().unwrap().iter().map(|device| device["status"].as_str().unwrap());
        assert_eq!(states.collect::<std::collections::BTreeSet<_>>(), ["active", "revoked"].into());
        assert_eq!(tablet.list().await.unwrap().len(), 1, "the other one is as it was");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_ends_a_connection() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let backend = scene.world.backend();
        let link = scene.link("ann").await;
        let installation = scene.installation();
        let again = installation.connect_with(&link, key(1)).await.unwrap().connected().unwrap();
        let devices = backend.get("/api/device/getAll?accountId=ann").await.ok();
        for device in devices.as_array().unwrap() {
            backend.patch("/api/device/revoke", json!({ "deviceGuid": device["guid"] })).await.ok();
        }
        assert_eq!(class(app.list().await), of(401, "ConnectionNotFound"));
        let repeated = installation.connect_with(&link, again.key).await;
        assert_eq!(class(repeated), of(401, "UserNotFound"), "its enrolment does not bring it back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_may_only_leave() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let (_, shown) = scene.asked(&app).await;
        let account = json!({ "accountId": "ann" });
        let backend = scene.world.backend();
        backend.patch("/api/account/suspend", account.clone()).await.ok();
        let nobody = of(401, "UserNotFound");
        assert_eq!(class(app.list().await), nobody);
        assert_eq!(class(app.confirm(&shown).await), nobody);
        assert_eq!(class(app.consents().await), nobody);
        backend.patch("/api/account/restore", account.clone()).await.ok();
        app.list().await.unwrap();
        backend.patch("/api/account/suspend", account.clone()).await.ok();
        app.revoke().await.unwrap();

        let other = scene.connect_on("bob", Platform::Ios, None, key(1)).await;
        backend.patch("/api/account/revoke", json!({ "accountId": "bob" })).await.ok();
        assert_eq!(class(other.list().await), of(401, "ConnectionNotFound"), "a revoked user has no devices");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_named_by_its_own_number_only() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    let bob = scene.connect_on("bob", Platform::Ios, None, key(1)).await;
    let known = app.known().await.unwrap();
    assert_eq!((known.status.as_str(), &known.id), ("active", &app.connection().id));
    assert_eq!((known.public_key, known.push_token), (key(0).public(), None));
    for id in [bob.connection().id.as_str(), "x", "0", "9007199254740992"] {
        for (method, path, data) in [
            (Method::GET, format!("/connections/{id}"), None),
            (Method::PATCH, format!("/connections/{id}/update"), Some(json!({ "push_token": "x" }))),
            (Method::PUT, format!("/connections/{id}/revoke"), Some(json!({}))),
        ] {
            let call = app.call(method, &path, data.as_ref()).unwrap();
            scene.refused(&app, call, 401, "ConnectionNotFound").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_token_is_changed_and_taken_away() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    app.update_push_token("apns-1").await.unwrap();
    scene.world.pump().await;
    assert_eq!(app.known().await.unwrap().push_token.as_deref(), Some("apns-1"));
    let path = format!("/connections/{}/update", app.connection().id);
    for (data, class) in [
        (json!({}), "WrongRequestFormat"),
        (json!({ "push_token": 1 }), "WrongRequestFormat"),
        (json!({ "push_token": "a\u{0}" }), "WrongRequestFormat"),
    ] {
        let call = app.call(Method::PATCH, &path, Some(&data)).unwrap();
        scene.refused(&app, call, 400, class).await;
    }
    app.update_push_token("").await.unwrap();
    assert_eq!(app.known().await.unwrap().push_token, None);
}
