//! Wrong PINs: counted by the service, and in the end the device is revoked.

use serde_json::{Value, json};

use super::page::{DevicePage, PIN, WRONG_PIN};
use crate::browser::scene::{Scene, at};

/// How many tries the service says are left.
async fn attempts_left(page: &DevicePage) -> String {
    page.window.click(&at("nav-accounts")).await;
    page.window.click(&at("account-open")).await;
    let text = page.window.text(&at("attempts-left")).await;
    page.window.click(&at("nav-inbox")).await;
    text
}

/// The page of a device that answers with a wrong PIN and says how many tries are left, and what it was asked.
async fn after_a_wrong_pin(scene: &Scene, left: u8) -> (DevicePage, Value) {
    let page = DevicePage::enrol(scene, "ann").await;
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
    page.answer(0).await;
    page.unlock(WRONG_PIN).await;
    page.window.see(&format!("[data-test=pin-attempts][data-left=\"{left}\"]")).await;
    (page, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_is_counted_and_a_right_one_forgives() {
    let scene = Scene::new().await;
    let (page, _) = after_a_wrong_pin(&scene, 4).await;
    page.unlock(PIN).await;
    page.ended("answered").await;
    assert!(attempts_left(&page).await.contains('5'));
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_page_gives_no_try_back() {
    let scene = Scene::new().await;
    let (page, _) = after_a_wrong_pin(&scene, 4).await;
    page.window.reload().await;
    page.ready().await;
    assert!(attempts_left(&page).await.contains('4'));
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_tries_are_used_up_the_device_is_revoked_and_its_keys_are_gone() {
    let scene = Scene::new().await;
    scene.world.change_app_space(|app_space| app_space.policy.strong_failures_max = 2).await;
    let (page, asked) = after_a_wrong_pin(&scene, 1).await;
    page.unlock(WRONG_PIN).await;
    page.window.see("[data-test=account-problem][data-problem=revoked]").await;
    page.window.gone(&at("pin")).await;
    assert_eq!(page.keys().await, json!([]), "the browser keeps no key of a revoked device");
    let devices = scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    assert_eq!(devices[0]["status"], "revoked");
    assert_eq!(scene.world.request(&asked["guid"]).await["status"], "pending");
}
