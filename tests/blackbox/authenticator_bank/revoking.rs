//! A connection ends, from either side.

use countersign_domain::time::Span;
use countersign_standins::Behaviour;
use http::Method;
use serde_json::json;

use super::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn the_app_gives_it_up_and_the_bank_hears_of_it() {
    let (scene, app) = Scene::with_ann().await;
    scene.bank().behave(Behaviour::Answers(500));
    app.revoke().await.unwrap();
    scene.world.pump().await;
    assert!(app.list().await.is_err_and(|error| error.error_class() == Some("ConnectionNotFound")));
    scene.bank().behave(Behaviour::Closes);
    scene.world.turn(Span::minutes(2));
    scene.world.minute().await;
    let told = scene.bank().told();
    let path = format!("connections/{}/revoke", app.connection().id);
    assert_eq!((told.len(), told[0].path.as_str()), (1, path.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_origin_revokes_it_and_the_bank_hears_of_it() {
    let (scene, app) = Scene::with_ann().await;
    let devices = scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    let body = json!({ "deviceGuid": devices[0]["guid"] });
    scene.world.backend().patch("/api/device/revoke", body).await.ok();
    scene.world.pump().await;
    assert!(scene.bank().connection(&app.connection().id).unwrap().revoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bank_revokes_it_and_does_not_hear_of_it() {
    let (scene, app) = Scene::with_ann().await;
    let path = format!("connections/{}/revoke", app.connection().id);
    for _ in 0..2 {
        let said = scene.bank().say(Method::PUT, &path, &json!({})).await;
        assert_eq!(said.status, 200);
        assert_eq!(said.body["data"]["connection_id"], app.connection().id.as_str());
        assert!(app.list().await.is_err_and(|error| error.error_class() == Some("ConnectionNotFound")));
    }
    scene.world.pump().await;
    assert!(scene.bank().told().is_empty());
    // What the bank said of it once, it cannot say again: a revoked connection stays so.
    scene.bank().let_in(&app.connection().id, "ann").await.unwrap();
    assert!(app.list().await.is_err_and(|error| error.error_class() == Some("ConnectionNotFound")));
}
