//! The app decides, the service says so to the bank, and the app sees what the bank says.

use countersign_crypto::authenticator::{AppKey, signature_v2};
use countersign_domain::time::Span;
use countersign_standins::Behaviour;
use countersign_tests::authenticator::{Decided, Status};
use serde_json::{Value, json};

use super::scene::{Scene, key};

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_reaches_the_bank_as_the_app_signed_it() {
    let (scene, mut app) = Scene::with_ann().await;
    app.authorization_type = Some("biometrics".into());
    let asked = scene.asked(&app, "7").await;
    assert_eq!(asked.title, "Pay 7");
    assert_eq!(app.confirm(&asked).await.unwrap(), Decided::V2(Status::ConfirmProcessing));
    assert_eq!(scene.status(&app, &asked).await, Status::ConfirmProcessing);
    scene.world.pump().await;

    let told = scene.bank().told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].path, "actions/7/confirm");
    assert_eq!(told[0].data["connection_id"], app.connection().id.as_str());
    let decision = told[0].decision.as_ref().unwrap();
    assert_eq!(decision["user_authorization_type"], "biometrics");
    // The bank has verified it; so may anybody else.
    let request = told[0].data["original_request"].as_str().unwrap();
    let jws = told[0].data["original_request_jws_signature"].as_str().unwrap();
    let key = AppKey::from_pem(&key(0).public().to_pem().unwrap()).unwrap();
    assert!(signature_v2::verify(&key, jws, request.as_bytes()).is_ok());

    let confirmed = app.get(&asked.id).await.unwrap();
    assert_eq!((confirmed.status, confirmed.finished_at), (Status::Confirmed, Some(app.now())));
    assert!(
        app.confirm(&asked).await.is_err_and(|error| error.error_class() == Some("AuthorizationNotFound"))
    );
    scene.world.turn(Span::secs(61));
    assert!(app.list().await.unwrap().is_empty(), "it was in sight for a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_reaches_the_bank_too() {
    let (scene, app) = Scene::with_ann().await;
    let asked = scene.asked(&app, "7").await;
    assert_eq!(app.deny(&asked).await.unwrap(), Decided::V2(Status::DenyProcessing));
    assert_eq!(scene.status(&app, &asked).await, Status::DenyProcessing);
    scene.world.pump().await;
    assert_eq!(scene.bank().told()[0].path, "actions/7/deny");
    assert_eq!(scene.status(&app, &asked).await, Status::Denied);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_refuses_is_an_error() {
    let (scene, app) = Scene::with_ann().await;
    let asked = scene.asked(&app, "7").await;
    scene.bank().behave(Behaviour::Answers(400));
    app.confirm(&asked).await.unwrap();
    scene.world.pump().await;
    assert_eq!(scene.status(&app, &asked).await, Status::Error);
    // It is not asked again.
    scene.bank().behave(Behaviour::Closes);
    scene.world.turn(Span::minutes(2));
    scene.world.minute().await;
    assert!(scene.bank().told().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_the_bank_did_not_give_is_for_the_bank_to_refuse() {
    let (scene, app) = Scene::with_ann().await;
    let asked = scene.asked(&app, "7").await;
    let decided = app.decide(&asked.id, true, "wrong").await.unwrap();
    assert_eq!(decided, Decided::V2(Status::ConfirmProcessing), "the service cannot read it");
    scene.world.pump().await;
    assert_eq!(scene.status(&app, &asked).await, Status::Error);
    assert!(scene.bank().told().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_was_away_is_told_when_it_is_back() {
    let (scene, app) = Scene::with_ann().await;
    let asked = scene.asked(&app, "7").await;
    for behaviour in [Behaviour::Silent, Behaviour::Answers(503), Behaviour::Answers(429)] {
        scene.bank().behave(behaviour);
        if behaviour == Behaviour::Silent {
            app.confirm(&asked).await.unwrap();
            scene.world.pump().await;
        } else {
            scene.world.turn(Span::minutes(2));
            scene.world.minute().await;
        }
        assert_eq!(scene.status(&app, &asked).await, Status::ConfirmProcessing, "{behaviour:?}");
    }
    scene.bank().behave(Behaviour::Closes);
    scene.world.turn(Span::minutes(6));
    scene.world.minute().await;
    assert_eq!(scene.status(&app, &asked).await, Status::Confirmed);
    assert_eq!(scene.bank().told().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_stays_away_is_unavailable() {
    let (scene, app) = Scene::with_ann().await;
    let asked = scene.asked(&app, "7").await;
    scene.bank().behave(Behaviour::Silent);
    app.confirm(&asked).await.unwrap();
    scene.world.pump().await;
    for _ in 0..3 {
        assert_eq!(scene.status(&app, &asked).await, Status::ConfirmProcessing);
        scene.world.turn(Span::minutes(4));
        scene.world.minute().await;
    }
    let given_up = app.get(&asked.id).await.unwrap();
    assert_eq!((given_up.status, given_up.finished_at), (Status::Unavailable, Some(app.now())));
    scene.bank().behave(Behaviour::Closes);
    scene.world.turn(Span::minutes(30));
    scene.world.minute().await;
    assert!(scene.bank().told().is_empty(), "nobody waits for it any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_space_that_gave_its_bank_up_leaves_nobody_waiting() {
    let (scene, app) = Scene::with_ann().await;
    let asked = scene.asked(&app, "7").await;
    app.confirm(&asked).await.unwrap();
    scene.set_bank(None).await;
    scene.world.pump().await;
    assert_eq!(scene.status(&app, &asked).await, Status::Unavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answered_in_time() {
    let (scene, app) = Scene::with_ann().await;
    let asked = scene.asked(&app, "7").await;
    scene.world.turn(Span::minutes(5));
    assert_eq!(scene.status(&app, &asked).await, Status::TimeOut);
    assert!(
        app.confirm(&asked).await.is_err_and(|error| error.error_class() == Some("AuthorizationNotFound"))
    );
    scene.world.minute().await;
    assert!(scene.bank().told().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_origin_asks_is_not_for_apps_of_the_bank() {
    let (scene, app) = Scene::with_ann().await;
    let asked: Value = scene.world.ask_with("ann", json!({})).await;
    assert_eq!(asked["status"], "pending");
    assert!(app.list().await.unwrap().is_empty(), "they encrypt their answers to the bank");
}
