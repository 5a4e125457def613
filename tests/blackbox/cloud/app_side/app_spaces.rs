//! What belongs to which App Space: application ids, facets, keys.

use countersign_authenticator::uaf::{PHONE_FACET, Tamper};
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::id::{AppSpaceId, RequestOriginId};
use countersign_domain::time::Clock;
use countersign_store::{Write, keys};
use countersign_tests::uaf::call::{AUTHENTICATION, AUTHENTICATION_REQUEST, Authority};
use serde_json::{Value, json};

use super::scene::{Scene, refused};

const FACETS: &str = "/_app/uaf/1.1/facets";

/// Another App Space with the same settings.
async fn other_app_space(scene: &Scene) -> AppSpaceId {
    let origin: RequestOriginId = scene.world.other_backend().await.origin.guid.parse().unwrap();
    let (store, now) = (&scene.world.bundle.app().store, scene.world.clock.now());
    let app_space = keys::app_space(origin.tenant());
    let app_space = store.get::<countersign_domain::app_space::AppSpace>(app_space, now).await.unwrap();
    let id = app_space.unwrap().value.id;
    let demo: AppSpaceId = scene.world.bundle.demo.app_space.guid.parse().unwrap();
    let demo = store.get::<CloudSettings>(keys::cloud_settings(demo.tenant()), now).await.unwrap().unwrap();
    let settings = CloudSettings { app_space: id, ..demo.value };
    store.write(Write::new().insert("settings", &settings).unwrap()).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn the_facets_are_the_same_for_whoever_asks() {
    let scene = Scene::new().await;
    let demo = &scene.world.bundle.demo.app_space.guid;
    let by_default = scene.backend.send(reqwest::Method::GET, FACETS, "", None, None).await;
    assert_eq!(by_default.headers["cache-control"], "public, max-age=300");
    assert_eq!(by_default.headers["content-type"], "application/fido.trusted-apps+json");
    let named = scene.backend.get(&format!("{FACETS}?appSpace={demo}")).await.ok();
    assert_eq!(by_default.body, named);
    let ids = json!([PHONE_FACET]);
    let version = |minor: u16| json!({ "version": { "major": 1, "minor": minor }, "ids": ids });
    assert_eq!(named, json!({ "trustedFacets": [version(1), version(0)] }));
    for unknown in ["019a8f3d-1c00-8a2b-8c3d-4e5f60718293", "x", ""] {
        let answer = scene.backend.get(&format!("{FACETS}?appSpace={unknown}")).await;
        assert_eq!((answer.status, &answer.body["statusCode"]), (404, &json!(1404)), "{unknown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_a_user_exists_is_not_told() {
    let scene = Scene::new().await;
    scene.registered("ann").await;
    let app = scene.app();
    let mut shapes = Vec::new();
    for username in ["ann", "nobody"] {
        let context = json!({ "username": username });
        let asked = app.request(AUTHENTICATION_REQUEST, Authority::Nobody, &context).await.unwrap();
        let mut message: Value = serde_json::from_str(&asked.uaf_request).unwrap();
        let data = message[0]["header"]["serverData"].take();
        message[0]["challenge"].take();
        shapes.push((message, data.as_str().unwrap().len(), asked.lifetime_millis, asked.username));
    }
    assert_eq!(shapes[0], shapes[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_answers_stay_in_their_app_space() {
    let scene = Scene::new().await;
    let other = other_app_space(&scene).await.to_string();
    let mut app = scene.registered("ann").await;
    // A client has no key for the other application id; one that pretends to is found out.
    let context = json!({ "username": "ann", "appSpace": other });
    let asked = app.request(AUTHENTICATION_REQUEST, Authority::Nobody, &context).await.unwrap();
    let demo = scene.world.bundle.demo.app_space.guid.clone();
    let mut message: Value = serde_json::from_str(&asked.uaf_request).unwrap();
    let theirs = message[0]["header"]["appID"].as_str().unwrap().to_owned();
    assert!(theirs.ends_with(&other));
    message[0]["header"]["appID"] = theirs.replace(&other, &demo).into();
    let forged = countersign_tests::uaf::call::Asked { uaf_request: message.to_string(), ..asked };
    let before = scene.table().await;
    // The server data is the other App Space's.
    let answered = app.answer(&forged, &Tamper::default()).await.unwrap().uaf_response.unwrap();
    assert_eq!(refused(app.send_response(AUTHENTICATION, &answered, None).await), 1400);
    // And so is the application, where the key is not.
    let pretend = theirs.clone();
    let tamper = Tamper::default()
        .params(move |params| params.app_id.clone_from(&pretend))
        .response(move |message| message[0]["header"]["appID"] = theirs.clone().into());
    let answered = app.answer(&forged, &tamper).await.unwrap().uaf_response.unwrap();
    assert_eq!(refused(app.send_response(AUTHENTICATION, &answered, None).await), 1481);
    assert_eq!(scene.table().await, before);
    assert_eq!(
        refused(
            app.request(
                AUTHENTICATION_REQUEST,
                Authority::Nobody,
                &json!({ "username": "ann", "appSpace": "x" })
            )
            .await
        ),
        1404
    );
}
