//! An app connects with the token of an enrolment: the second sequence, instant enrolment.

use countersign_crypto::jwk::Algorithm;
use countersign_domain::device::Platform;
use countersign_domain::time::Span;
use countersign_tests::authenticator::{ApiVersion, Connecting};
use serde_json::{Value, json};

use super::scene::{Scene, VERSIONS, class, key, number, of};
use crate::identity_provider::table;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_known_connects_at_once() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        assert_eq!(app.connection().provider.provider_name, "Demo Bank");
        assert!(app.list().await.unwrap().is_empty() && app.consents().await.unwrap().is_empty());
        let devices = scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok();
        let [device] = &devices.as_array().unwrap()[..] else { panic!("{devices}") };
        assert_eq!(
            (&device["name"], &device["platform"], &device["status"]),
            (&json!("Authenticator (iOS)"), &json!("ios"), &json!("active"))
        );
        let id = &app.connection().id;
        match version {
            ApiVersion::V1 => assert_eq!(device["guid"], *id),
            ApiVersion::V2 => assert_eq!(number(&device["guid"]), *id),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_again_gets_the_same_answer() {
    for version in VERSIONS {
        let scene = Scene::new(version).await;
        let (link, installation) = (scene.link("ann").await, scene.installation());
        let connect = || async {
            installation.connect_with(&link, key(0)).await.map(Connecting::connected).map(Option::unwrap)
        };
        let first = connect().await.unwrap();
        let before = table::kept(&scene.world).await;
        scene.world.turn(Span::minutes(1));
        let second = connect().await.unwrap();
        assert_eq!((first.id, first.access_token.expose()), (second.id, second.access_token.expose()));
        assert!(table::kept(&scene.world).await == before);

        let other = installation.connect_with(&link, key(1)).await;
        assert_eq!(class(other), of(401, "UserNotFound"));
        scene.world.turn(Span::minutes(10));
        assert_eq!(class(connect().await), of(401, "UserNotFound"));
        assert_eq!(scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok()[1], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_enrolment_is_a_connect_query_and_serves_one_device() {
    for version in VERSIONS {
        let scene = Scene::new(version).await;
        let bound = scene.world.backend().put("/api/account/bind", json!({ "accountId": "ann" })).await;
        let token = bound.success()["sessionToken"].as_str().unwrap().to_owned();
        let (link, installation) = (scene.open_link(), scene.installation());
        let configuration = installation.configuration(&link).await.unwrap();
        let body = installation.body(&configuration, &key(0), Some(&token)).unwrap();
        installation.send(&configuration, key(0), &body).await.unwrap().connected().unwrap();

        let native = scene.world.bind_link("bob").await;
        scene.world.enrol_by(&native, Platform::Other, None, Algorithm::Es256).await;
        let used = installation.body(&configuration, &key(0), Some(native.session_token.expose())).unwrap();
        assert_eq!(class(installation.send(&configuration, key(0), &used).await), of(401, "UserNotFound"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_apps_of_a_user_are_two_connections() {
    for version in VERSIONS {
        let (scene, phone) = Scene::with_ann(version).await;
        let tablet = scene.connect_on("ann", Platform::Android, Some("fcm-1"), key(1)).await;
        scene.world.ask("ann").await;
        let (shown, also) = (phone.list().await.unwrap(), tablet.list().await.unwrap());
        assert_eq!(shown[0].id, also[0].id);
        assert_ne!(shown[0].authorization_code.expose(), also[0].authorization_code.expose());
        let decided = tablet.decide(&also[0].id, true, shown[0].authorization_code.expose()).await;
        match version {
            ApiVersion::V1 => assert!(format!("{:?}", decided.unwrap()).contains("false")),
            ApiVersion::V2 => assert_eq!(class(decided), of(400, "WrongRequestFormat")),
        }
        tablet.confirm(&also[0]).await.unwrap();
    }
}
