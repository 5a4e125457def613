//! How far an authorization is, in version 2: what became of it stays in sight for a minute.

use countersign_domain::device::Platform;
use countersign_domain::time::Span;
use countersign_tests::authenticator::{ApiVersion, App, Status};
use serde_json::json;

use super::scene::{Scene, class, key, of};

async fn statuses(app: &App) -> Vec<(Status, bool)> {
    app.list().await.unwrap().iter().map(|shown| (shown.status, shown.finished_at.is_some())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_shown_for_a_minute_on_every_device() {
    for confirm in [true, false] {
        let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
        let tablet = scene.connect_on("ann", Platform::Android, None, key(1)).await;
        let (_, shown) = scene.asked(&app).await;
        assert_eq!(statuses(&tablet).await, [(Status::Pending, false)]);
        if confirm { app.confirm(&shown).await } else { app.deny(&shown).await }.unwrap();
        let status = if confirm { Status::Confirmed } else { Status::Denied };
        for app in [&app, &tablet] {
            assert_eq!(statuses(app).await, [(status, true)]);
            let one = app.get(&shown.id).await.unwrap();
            assert_eq!((one.status, one.finished_at), (status, Some(app.now())));
            assert_eq!(one.title, shown.title, "it can still be read");
        }
        scene.world.turn(Span::secs(59));
        assert_eq!(statuses(&app).await, [(status, true)]);
        scene.world.turn(Span::secs(2));
        assert!(statuses(&app).await.is_empty());
        assert_eq!(class(app.get(&shown.id).await), of(404, "AuthorizationNotFound"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_answers_times_out() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    let (_, shown) = scene.asked(&app).await;
    scene.world.turn(Span::minutes(5));
    let over = app.get(&shown.id).await.unwrap();
    assert_eq!((over.status, over.finished_at), (Status::TimeOut, Some(shown.expires_at)));
    scene.world.turn(Span::secs(30));
    scene.world.minute().await;
    let noted = app.get(&shown.id).await.unwrap();
    assert_eq!((noted.status, noted.finished_at), (Status::TimeOut, Some(shown.expires_at)));
    assert_eq!(statuses(&app).await, [(Status::TimeOut, true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_is_closed_and_leaves_the_list() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    let (asked, shown) = scene.asked(&app).await;
    let cancel = json!({ "requestGuid": asked["guid"] });
    scene.world.backend().patch("/api/request/cancel", cancel).await.success();
    assert!(statuses(&app).await.is_empty());
    assert_eq!(app.get(&shown.id).await.unwrap().status, Status::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_app_of_the_user_may_answer() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    let native = scene.world.enrol("ann").await;
    let (asked, shown) = scene.asked(&app).await;
    let challenge = scene.world.challenge(&native, &asked).await;
    native.answer(&challenge, countersign_domain::answer::Answer::Option(0), None).await.unwrap();
    assert_eq!(app.get(&shown.id).await.unwrap().status, Status::Confirmed);
    assert_eq!(class(app.confirm(&shown).await), of(404, "AuthorizationNotFound"));
}

#[tokio::test(flavor = "multi_thread")]
async fn version_1_lists_only_what_waits() {
    let (scene, app) = Scene::with_ann(ApiVersion::V1).await;
    let (_, shown) = scene.asked(&app).await;
    scene.world.ask("ann").await;
    app.confirm(&shown).await.unwrap();
    assert_eq!(app.list().await.unwrap().len(), 1);
    assert_eq!(class(app.get(&shown.id).await), of(404, "AuthorizationNotFound"));
    scene.world.turn(Span::minutes(5));
    assert!(app.list().await.unwrap().is_empty());
}
