//! What each operation costs: its calls of DynamoDB, in the letters of [`crate::budget`].

use countersign_tests::authenticator::{ApiVersion, Status};
use serde_json::json;

use super::scene::{Scene, VERSIONS, key};
use crate::budget::dynamodb_calls;

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_costs_what_is_said_here() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        for _ in 0..3 {
            scene.world.enrol("ann").await;
        }
        let link = scene.link("ann").await;
        let counted = |what: &str, expected: &str| {
            assert_eq!(dynamodb_calls(&scene.world), expected, "{version:?} {what}");
        };
        scene.world.standins().calls().take();
        let installation = scene.installation();
        let configuration = installation.configuration(&link).await.unwrap();
        counted("configuration", "B");
        let token = link.connect_query.as_ref().map(|query| query.expose().as_str());
        let body = installation.body(&configuration, &key(1), token).unwrap();
        installation.send(&configuration, key(1), &body).await.unwrap();
        counted("connection-create", "BBQBT");

        scene.world.ask("ann").await;
        scene.world.ask("ann").await;
        scene.world.standins().calls().take();
        let shown = app.list().await.unwrap();
        counted("authorization-list", "Q");
        app.get(&shown[0].id).await.unwrap();
        counted("authorization-get", "Q");
        app.confirm(&shown[0]).await.unwrap();
        counted("authorization-answer", "QT");
        let pending = shown.iter().rfind(|shown| shown.status == Status::Pending).unwrap();
        app.deny(pending).await.unwrap();
        counted("authorization-answer", "QT");

        let (_, link) = scene.action(json!({})).await;
        scene.world.standins().calls().take();
        app.scan(&link).await.unwrap();
        counted("action", "QBBT");
        let consent = json!({ "accountId": "ann", "consentType": "aisp", "tppName": "App", "duration": "1h", "accounts": [{ "name": "A" }] });
        scene.world.backend().post("/api/consent/add", consent).await.created();
        scene.world.standins().calls().take();
        let consents = app.consents().await.unwrap();
        counted("consent-list", "QQ");
        app.revoke_consent(&consents[0].id).await.unwrap();
        counted("consent-revoke", "QQT");
        if version == ApiVersion::V2 {
            app.known().await.unwrap();
            counted("connection-get", "Q");
            app.update_push_token("x").await.unwrap();
            counted("connection-update", "QBT");
        }
        app.revoke().await.unwrap();
        counted("connection-revoke", "QBT");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_process_reads_the_provider_once() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    scene.world.turn(countersign_domain::time::Span::minutes(6));
    for expected in ["QBT", "QT"] {
        let (_, shown) = scene.asked(&app).await;
        scene.world.standins().calls().take();
        app.confirm(&shown).await.unwrap();
        assert_eq!(dynamodb_calls(&scene.world), expected);
    }
}
