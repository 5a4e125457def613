//! An instant action, the fourth sequence: a code is scanned, user and action meet.

use countersign_domain::device::Platform;
use countersign_domain::time::Span;
use countersign_tests::authenticator::{ActionLink, ApiVersion, App, Status};
use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Scene, VERSIONS, class, key, of};
use crate::identity_provider::table;

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_action_is_confirmed_like_any_other_question() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let (added, link) = scene.action(json!({})).await;
        let scanned = app.scan(&link).await.unwrap();
        let id = scanned.authorization_id.clone().unwrap();
        assert_eq!(scanned.connection_id.as_ref(), Some(&app.connection().id));
        assert_eq!(scene.status(&added).await, "pending");
        let shown = app.get(&id).await.unwrap();
        app.confirm(&shown).await.unwrap();
        assert_eq!(scene.status(&added).await, "answered");
        assert_eq!(app.scan(&link).await.unwrap(), scanned, "the same user again: the same answer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_without_a_question_is_answered_by_scanning_it() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let (added, link) = scene.action(json!({ "confirm": false })).await;
        let scanned = app.scan(&link).await.unwrap();
        let request = scene.world.request(&added["guid"]).await;
        assert_eq!((&request["status"], &request["accountId"]), (&json!("answered"), &json!("ann")));
        let answer: Value = serde_json::from_str(request["evidence"]["answer"].as_str().unwrap()).unwrap();
        match version {
            ApiVersion::V1 => {
                assert_eq!((scanned.connection_id.as_ref(), answer["method"].as_str()), (None, Some("put")));
                assert!(app.list().await.unwrap().is_empty());
            }
            ApiVersion::V2 => {
                let id = scanned.authorization_id.clone().unwrap();
                assert_eq!(app.get(&id).await.unwrap().status, Status::Confirmed);
                assert!(answer["body"].as_str().unwrap().contains("action_id"));
            }
        }
        assert!(request["evidence"]["receipt"].is_string());
        assert_eq!(app.scan(&link).await.unwrap(), scanned);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_is_for_whoever_comes_first_and_in_time() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let bob = scene.connect_on("bob", Platform::Android, None, key(1)).await;
        let (_, link) = scene.action(json!({})).await;
        let (one, other) = tokio::join!(app.scan(&link), bob.scan(&link));
        let lost = if one.is_ok() { other } else { one };
        assert_eq!(class(lost), of(404, "ActionNotFound"));

        for confirm in [true, false] {
            let (added, link) = scene.action(json!({ "confirm": confirm })).await;
            scene.world.turn(Span::minutes(5));
            assert_eq!(class(app.scan(&link).await), of(400, "ActionExpired"));
            scene.world.minute().await;
            assert_eq!(scene.status(&added).await, "expired");
            assert_eq!(class(app.scan(&link).await), of(400, "ActionExpired"), "also once that is noted");
        }

        let (added, link) = scene.action(json!({})).await;
        let cancel = json!({ "requestGuid": added["guid"] });
        scene.world.backend().patch("/api/request/cancel", cancel).await.success();
        assert_eq!(class(app.scan(&link).await), of(404, "ActionNotFound"));
    }
}

/// The link with another action in it.
fn with_id(link: &ActionLink, id: &str) -> ActionLink {
    match link.clone() {
        ActionLink::V1 { connect_url, return_to, .. } => {
            ActionLink::V1 { action_uuid: id.to_owned(), connect_url, return_to }
        }
        ActionLink::V2 { provider_id, return_to, .. } => {
            ActionLink::V2 { action_id: id.to_owned(), provider_id, return_to }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_action_of_this_provider_is_not_found() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let (_, link) = scene.action(json!({})).await;
        let before = table::kept(&scene.world).await;
        for id in ["x", &"A".repeat(43), "00000000-0000-7000-8000-000000000000"] {
            assert_eq!(class(app.scan(&with_id(&link, id)).await), of(404, "ActionNotFound"), "{id}");
        }
        assert!(table::kept(&scene.world).await == before);
        // One that waits for a matching code is not for these apps; it stays for those that can show it.
        let body = json!({ "claimable": true, "content": "Log in?", "showCode": true });
        let asked = scene.world.backend().post("/api/request/add", body).await.created();
        let claim = asked["claimUri"].as_str().unwrap().split(['=', '&']).nth(1).unwrap().to_owned();
        assert_eq!(class(app.scan(&with_id(&link, &claim)).await), of(404, "ActionNotFound"));
        assert_eq!(scene.status(&asked).await, "claimable");
        // One of the Device API is.
        let body = json!({ "claimable": true, "content": "Log in?" });
        let asked = scene.world.backend().post("/api/request/add", body).await.created();
        let claim = asked["claimUri"].as_str().unwrap().split(['=', '&']).nth(1).unwrap().to_owned();
        app.scan(&with_id(&link, &claim)).await.unwrap();
        assert_eq!(scene.status(&asked).await, "pending");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_names_provider_and_connection() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    let bob = scene.connect_on("bob", Platform::Android, None, key(1)).await;
    let (_, ActionLink::V2 { action_id, provider_id, .. }) = scene.action(json!({})).await else { panic!() };
    let call = |app: &App, provider: &Value, connection: &Value| {
        let data = json!({ "provider_id": provider, "action_id": action_id, "connection_id": connection });
        app.call(Method::POST, "/authorizations", Some(&data)).unwrap()
    };
    let own = json!(app.connection().id);
    let foreign = call(&app, &json!(provider_id), &json!(bob.connection().id));
    scene.refused(&app, foreign, 401, "ConnectionNotFound").await;
    for provider in [json!("1"), json!(1), json!("x")] {
        scene.refused(&app, call(&app, &provider, &own), 404, "ProviderNotFound").await;
    }
    let numbers: [u64; 2] = [provider_id.parse().unwrap(), app.connection().id.parse().unwrap()];
    let right = call(&app, &json!(numbers[0]), &json!(numbers[1]));
    assert_eq!(app.send(right).await.unwrap().status, 200, "numbers are taken as such, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_can_be_asked_about_one_action() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    scene.world.ask("ann").await;
    let (_, link) = scene.action(json!({})).await;
    let ActionLink::V2 { action_id, .. } = &link else { panic!() };
    assert!(app.list_of_action(action_id).await.unwrap().is_empty());
    let scanned = app.scan(&link).await.unwrap();
    let listed = app.list_of_action(action_id).await.unwrap();
    assert_eq!((listed.len(), Some(&listed[0].id)), (1, scanned.authorization_id.as_ref()));
    assert_eq!(app.list().await.unwrap().len(), 2);
    assert!(app.list_of_action("x").await.unwrap().is_empty());
}
