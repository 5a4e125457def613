//! Dispatch tokens: each redeems once, in its time, for what it was made for.

use countersign_crypto::system::SystemRandom;
use countersign_domain::time::Span;
use countersign_local::secrets::{self, SEALING_KEYS};
use countersign_tests::uaf::UafApp;
use countersign_tests::uaf::call::{
    Authority, REDEEM_AUTHENTICATION, REDEEM_REGISTRATION, REGISTRATION_REQUEST,
};
use futures::future::join_all;
use serde_json::json;

use super::scene::{Scene, link, refused, yes};

const UNKNOWN: &str = "5b6e1d3a-8f0c-4d57-9a3e-2f1b0c9d8e7f";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_redeems_once() {
    let scene = Scene::new().await;
    let app = scene.registered("ann").await;
    let approval = scene.ask_by_link("ann", "").await;
    let enrolled = scene.enroll("ann").await;
    for link in [link(&approval), link(&enrolled["enrollment"])] {
        app.redeem(&link).await.unwrap();
        let before = scene.table().await;
        assert_eq!(refused(app.redeem(&link).await), 1404);
        assert_eq!(scene.table().await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_redemptions_at_once_one_succeeds() {
    let scene = Scene::new().await;
    let app = scene.registered("ann").await;
    let approval = link(&scene.ask_by_link("ann", "").await);
    let enrolment = link(&scene.enroll("ann").await["enrollment"]);
    for link in [&approval, &enrolment] {
        let redeemed = join_all((0..5).map(|_| app.redeem(link))).await;
        assert_eq!(redeemed.iter().filter(|result| result.is_ok()).count(), 1);
        for result in redeemed.into_iter().filter(Result::is_err) {
            assert_eq!(refused(result), 1404);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_as_long_as_its_operation() {
    let scene = Scene::new().await;
    let app = scene.registered("ann").await;
    let approval = link(&scene.ask_by_link("ann", "").await);
    let enrolment = link(&scene.enroll("ann").await["enrollment"]);
    scene.world.turn(Span::minutes(5));
    assert_eq!(refused(app.redeem(&approval).await), 1404);
    scene.world.turn(Span::minutes(5));
    assert_eq!(refused(app.redeem(&enrolment).await), 1404);
    let answered = scene.ask(json!({ "username": "ann", "channel": "app" })).await;
    let mut app = app;
    app.authenticate(&link(&answered), &yes).await.unwrap();
}

async fn redeem(app: &UafApp, path: &str, token: &str) -> (u16, u64) {
    let body = json!({ "token": token }).to_string().into_bytes();
    let reply = app.send(&reqwest::Method::POST, path, "application/json", Authority::Nobody, body);
    let reply = reply.await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    (reply.status, body["statusCode"].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_operation_does_not_redeem_for_the_other() {
    let scene = Scene::new().await;
    let app = scene.registered("ann").await;
    let approval = link(&scene.ask_by_link("ann", "").await);
    let enrolment = link(&scene.enroll("ann").await["enrollment"]);
    let bound = scene.world.bind_link("ann").await;
    for (path, token) in [
        (REDEEM_REGISTRATION, approval.token.expose().as_str()),
        (REDEEM_AUTHENTICATION, enrolment.token.expose().as_str()),
        (REDEEM_REGISTRATION, bound.session_token.expose().as_str()),
        (REDEEM_REGISTRATION, UNKNOWN),
        (REDEEM_AUTHENTICATION, UNKNOWN),
        (REDEEM_AUTHENTICATION, ""),
    ] {
        assert_eq!(redeem(&app, path, token).await, (404, 1404), "{path}");
    }
    app.redeem(&approval).await.unwrap();
    app.redeem(&enrolment).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_tokens_must_wait() {
    let scene = Scene::new().await;
    let app = scene.registered("ann").await;
    let good = link(&scene.ask_by_link("ann", "").await);
    for _ in 0..20 {
        assert_eq!(redeem(&app, REDEEM_AUTHENTICATION, UNKNOWN).await, (404, 1404));
    }
    assert_eq!(redeem(&app, REDEEM_AUTHENTICATION, UNKNOWN).await, (429, 1403));
    let refusal = app.redeem(&good).await.unwrap_err();
    assert_eq!(refusal.refusal().unwrap().http, 429);
    assert!(refusal.refusal().unwrap().retry_after.is_some());
    scene.world.turn(Span::minutes(5));
    assert_eq!(redeem(&app, REDEEM_AUTHENTICATION, UNKNOWN).await, (404, 1404));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_an_enrolment_may_begin_the_registration_in_the_app() {
    let scene = Scene::new().await;
    let mut app = scene.app();
    let enrolled = scene.enroll("ann").await;
    let token = link(&enrolled["enrollment"]).token;
    let context = json!({ "token": token.expose() });
    let asked = app.request(REGISTRATION_REQUEST, Authority::Nobody, &context).await.unwrap();
    app.finish_registration(&asked).await.unwrap();
    assert_eq!(scene.status_word(&enrolled["enrollment"]).await, "succeeded");
    assert_eq!(refused(app.request(REGISTRATION_REQUEST, Authority::Nobody, &context).await), 1404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_before_a_rotation_of_the_keys_is_answered_after_it() {
    let scene = Scene::new().await;
    scene.world.change_app_space(|app_space| app_space.policy.challenge_lifetime = Span::minutes(10)).await;
    let mut app = scene.registered("ann").await;
    let approval = scene.ask_by_link("ann", "").await;
    let asked = app.redeem(&link(&approval)).await.unwrap();
    let open = scene.ask_by_link("ann", "").await;
    secrets::rotate(scene.world.bundle.jobs(), SEALING_KEYS, &SystemRandom).await.unwrap();
    // By then every process has heard of it.
    scene.world.turn(Span::minutes(5));
    app.finish_authentication(&asked, &yes).await.unwrap();
    app.authenticate(&link(&open), &yes).await.unwrap();
}
