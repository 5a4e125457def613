//! What the Cloud API asks, answered by an app of this API.

use countersign_domain::device::Platform;
use countersign_domain::time::Span;
use countersign_tests::authenticator::{ApiVersion, App};
use serde_json::{Value, json};

use super::scene::{Scene, VERSIONS, class, key, of};
use crate::backend::Answer;

const APPROVAL: &str = "/api/v1/approval";

async fn approval(scene: &Scene, more: Value) -> Answer {
    let mut body = json!({ "username": "ann", "message": "Pay 1 EUR?" });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    scene.world.backend().by_access_key().post(APPROVAL, body).await
}

async fn status(scene: &Scene, asked: &Value) -> Value {
    let body = json!({ "statusToken": asked["statusToken"] });
    scene.world.backend().by_access_key().post("/api/v1/status", body).await.ok()
}

/// What the transaction token of an operation says, once.
async fn told(scene: &Scene, standing: &Value) -> Value {
    let body = json!({ "token": standing["token"] });
    scene.world.backend().by_access_key().post("/api/v1/introspect", body).await.ok()
}

/// The GUID of the only device of `account_id`.
async fn device(scene: &Scene, account_id: &str) -> Value {
    let path = format!("/api/device/getAll?accountId={account_id}");
    scene.world.backend().get(&path).await.ok()[0]["guid"].clone()
}

async fn listed(app: &App) -> usize {
    app.list().await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_made_for_who_has_nothing_but_the_app_and_follows_its_answer() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        for channel in ["push", "app"] {
            let asked = approval(&scene, json!({ "channel": channel })).await.created();
            assert_eq!(asked["appLinkUri"].is_string(), channel == "app");
            let shown = app.list().await.unwrap().pop().unwrap();
            let pending = status(&scene, &asked).await;
            assert_eq!((&pending["status"], &pending["username"]), (&json!("pending"), &json!("ann")));
            assert_eq!(told(&scene, &pending).await["status"], "pending");
            app.confirm(&shown).await.unwrap();
            let now = status(&scene, &asked).await;
            assert_eq!(now["status"], "succeeded");
            let token = told(&scene, &now).await;
            assert_eq!((&token["active"], &token["status"]), (&json!(true), &json!("succeeded")));
            assert_eq!(token["authenticatorId"], device(&scene, "ann").await);
            assert_eq!(told(&scene, &now).await, json!({ "active": false }), "it is consumed");
            scene.world.turn(Span::minutes(2));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_is_a_failure() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let asked = approval(&scene, json!({})).await.created();
        app.deny(&app.list().await.unwrap().pop().unwrap()).await.unwrap();
        let now = status(&scene, &asked).await;
        assert_eq!(now["status"], "failed");
        assert_eq!(told(&scene, &now).await["status"], "failed");
        let user = scene.world.backend().by_access_key().get("/api/v1/users?username=ann").await.ok();
        assert!(user["lastLoginDateFailure"].is_string() && user["lastLoginDateSuccess"].is_null(), "{user}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_is_an_authenticator_of_its_user() {
    for version in VERSIONS {
        let (scene, app_of_ann) = Scene::with_ann(version).await;
        let backend = scene.world.backend().by_access_key();
        let user = backend.get("/api/v1/users?username=ann").await.ok();
        let [app] = &user["authenticators"].as_array().unwrap()[..] else { panic!("{user}") };
        assert_eq!(app["authenticatorId"], device(&scene, "ann").await);
        assert_eq!((&app["authenticatorType"], &app["type"]), (&json!("app"), &json!("ios")));
        assert_eq!(app["uaf"], Value::Null);
        let path = format!("/api/v1/authenticators/{}", app["authenticatorId"].as_str().unwrap());
        assert_eq!(backend.delete(&path).await.status, 204);
        assert_eq!(class(app_of_ann.list().await), of(401, "ConnectionNotFound"));
        assert_eq!(approval(&scene, json!({})).await.status, 422, "nothing is left to ask");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_apps_is_asked_or_both() {
    for version in VERSIONS {
        let (scene, first) = Scene::with_ann(version).await;
        let guid = device(&scene, "ann").await;
        scene.world.turn(Span::secs(1));
        let second = scene.connect_on("ann", Platform::Android, None, key(1)).await;
        for (wanted, in_first, in_second) in [(json!({}), 0, 1), (json!({ "authenticatorId": "*" }), 1, 1)] {
            let asked = approval(&scene, wanted).await.created();
            assert_eq!((listed(&first).await, listed(&second).await), (in_first, in_second));
            second.confirm(&second.list().await.unwrap().pop().unwrap()).await.unwrap();
            assert_eq!(status(&scene, &asked).await["status"], "succeeded");
            scene.world.turn(Span::minutes(2));
        }
        approval(&scene, json!({ "authenticatorId": guid })).await.created();
        assert_eq!((listed(&first).await, listed(&second).await), (1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_app_answers_what_is_for_browsers_or_phones_or_somebody_else() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    for body in [json!({ "channel": "fido2" }), json!({ "channel": "sms", "message": null })] {
        assert_eq!(approval(&scene, body.clone()).await.status, 422, "{body}");
    }
    let bob = scene.connect_on("bob", Platform::Ios, None, key(1)).await;
    let bobs = device(&scene, "bob").await;
    assert_eq!(approval(&scene, json!({ "authenticatorId": bobs })).await.status, 404);
    approval(&scene, json!({ "username": "bob" })).await.created();
    assert_eq!((listed(&app).await, listed(&bob).await), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_pushed_on_the_channel_push_only() {
    for version in VERSIONS {
        let scene = Scene::new(version).await;
        scene.connect_on("ann", Platform::Android, Some("token-1"), key(0)).await;
        scene.world.pump().await;
        for (channel, pushes) in [("app", 0), ("push", 1)] {
            approval(&scene, json!({ "channel": channel })).await.created();
            scene.world.pump().await;
            assert_eq!(scene.world.standins().take_published().len(), pushes, "{channel}");
        }
    }
}
