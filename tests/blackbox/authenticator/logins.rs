//! An app connects by its person's login: the first sequence.

use std::sync::Arc;

use countersign_domain::app_space::AppSpace;
use countersign_domain::time::{Clock, Span};
use countersign_tests::authenticator::ApiVersion;
use countersign_tests::authenticator::{App, AppError, Connection, Installation, PendingConnection};
use reqwest::header::{LOCATION, REFERRER_POLICY};
use reqwest::{Client, redirect};

use super::scene::{Scene, VERSIONS, class, key, of};
use crate::identity_provider::{provider, table};

async fn scene(version: ApiVersion) -> Scene {
    let scene = Scene::new(version).await;
    provider::set(&scene.world, provider::openid_connect(&scene.world)).await;
    scene
}

async fn begin(scene: &Scene, number: usize) -> PendingConnection {
    let installation: Installation = scene.installation();
    installation.connect_with(&scene.open_link(), key(number)).await.unwrap().login().unwrap()
}

/// `who` logs in; gives where the browser ends.
async fn log_in(pending: &PendingConnection, who: &str) -> String {
    let browser = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
    let separator = if pending.login_url.contains('?') { '&' } else { '?' };
    let at_provider =
        browser.get(format!("{}{separator}login={who}", pending.login_url)).send().await.unwrap();
    let back = at_provider.headers()[LOCATION].to_str().unwrap().to_owned();
    let end = browser.get(back).send().await.unwrap();
    assert_eq!(end.status(), 302);
    assert_eq!(end.headers()[REFERRER_POLICY], "no-referrer");
    end.headers()[LOCATION].to_str().unwrap().to_owned()
}

fn app(scene: &Scene, connection: Connection) -> App {
    App::new(connection, Arc::clone(&scene.world.clock) as Arc<dyn Clock>).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_ends_in_a_connection() {
    for version in VERSIONS {
        let scene = scene(version).await;
        let pending = begin(&scene, 0).await;
        let redirect = log_in(&pending, "ann").await;
        let app = app(&scene, pending.finish(&redirect).unwrap());
        let (asked, shown) = scene.asked(&app).await;
        app.confirm(&shown).await.unwrap();
        assert_eq!(scene.status(&asked).await, "answered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_fails_is_told_to_the_app() {
    for version in VERSIONS {
        let scene = scene(version).await;
        let pending = begin(&scene, 0).await;
        let before = table::kept(&scene.world).await;
        let browser = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        let denied = browser.get(format!("{}&deny=yes", pending.login_url)).send().await.unwrap();
        let end = browser.get(denied.headers()[LOCATION].to_str().unwrap()).send().await.unwrap();
        let told = end.headers()[LOCATION].to_str().unwrap().to_owned();
        match pending.finish(&told) {
            Err(AppError::LoginFailed { error_class, error_message }) => {
                assert_eq!(error_class, "AccessDenied");
                assert!(error_message.contains("refused"), "{error_message}");
            }
            other => panic!("{other:?}"),
        }
        assert!(table::kept(&scene.world).await == before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_room_for_a_device_is_told_so() {
    for version in VERSIONS {
        let scene = scene(version).await;
        scene.world.change_app_space(|app_space: &mut AppSpace| app_space.policy.devices_max = 1).await;
        let first = begin(&scene, 0).await;
        let redirect = log_in(&first, "ann").await;
        first.finish(&redirect).unwrap();
        let second = begin(&scene, 1).await;
        let redirect = log_in(&second, "ann").await;
        let Err(AppError::LoginFailed { error_class, .. }) = second.finish(&redirect) else { panic!() };
        assert_eq!(error_class, "WrongState");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_taken_only_while_the_provider_vouches() {
    for version in VERSIONS {
        let scene = scene(version).await;
        let pending = begin(&scene, 0).await;
        let redirect = log_in(&pending, "ann").await;
        let app = app(&scene, pending.finish(&redirect).unwrap());
        let (asked, shown) = scene.asked(&app).await;
        scene.world.standins().identity_provider().answer_with(Some(503));
        assert_eq!(class(app.confirm(&shown).await), of(503, "ServiceUnavailable"));
        assert_eq!(scene.status(&asked).await, "pending");
        scene.world.standins().identity_provider().answer_with(None);
        app.confirm(&shown).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_are_limited_per_address() {
    let scene = scene(ApiVersion::V2).await;
    for _ in 0..100 {
        begin(&scene, 0).await;
    }
    let more = scene.installation().connect_with(&scene.open_link(), key(0)).await;
    assert_eq!(class(more), of(429, "TooManyRequests"));
    scene.world.turn(Span::minutes(5));
    begin(&scene, 0).await;
}
