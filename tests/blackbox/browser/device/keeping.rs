//! What the browser keeps: keys that no script can read, and accounts over a reload.

use serde_json::json;

use super::page::{DevicePage, PIN};
use crate::browser::scene::{Scene, at};

#[tokio::test(flavor = "multi_thread")]
async fn no_script_can_read_a_private_key() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let keys = page.keys().await;
    let keys = keys.as_array().unwrap();
    assert!(keys.iter().any(|key| key["type"] == "private"), "{keys:?}");
    for key in keys.iter().filter(|key| key["type"] != "public") {
        assert_eq!((&key["extractable"], &key["readable"]), (&json!(false), &json!(false)), "{key}");
    }
    // Answering unlocks the strong key for one signature and leaves nothing of it.
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
    page.answer(0).await;
    page.unlock(PIN).await;
    page.ended("answered").await;
    assert_eq!(page.keys().await.as_array().unwrap(), keys);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_inbox_outlive_a_reload() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let asked = scene.world.ask("ann").await;
    page.window.see(&at("request")).await;
    page.window.reload().await;
    page.ready().await;
    page.open_question(&asked).await;
    page.answer(0).await;
    page.unlock(PIN).await;
    page.ended("answered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_no_hindrance() {
    let scene = Scene::new().await;
    let page = DevicePage { window: scene.window().await };
    page.window.shift_clock(7 * 86_400_000).await;
    page.window.open(&scene.url("/web/device")).await;
    page.ready().await;
    page.look_up(&scene.bind_uri("ann").await).await;
    page.lock_by_pin(PIN).await;
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
    let left = page.window.text(&at("expires")).await;
    assert!(!left.contains("Expired"), "{left}");
    page.answer(0).await;
    page.unlock(PIN).await;
    page.ended("answered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_renamed_and_removed() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    page.window.click(&at("nav-accounts")).await;
    page.window.click(&at("account-open")).await;
    page.window.see_text(&at("account-id"), "ann").await;
    page.window.see("[data-test=account-status][data-status=active]").await;
    page.window.fill(&at("rename"), "Ann's browser").await;
    page.window.click(&at("rename-save")).await;
    let device = async || scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok()[0].clone();
    page.window.see_text("main", "Saved.").await;
    assert_eq!(device().await["name"], "Ann's browser");
    page.window.click(&at("remove")).await;
    page.window.click(&at("confirm-remove")).await;
    page.window.see(&at("start-add")).await;
    assert_eq!(device().await["status"], "revoked");
    assert_eq!(page.keys().await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_account_is_told_and_goes_on_when_it_is_restored() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let backend = scene.world.backend();
    backend.patch("/api/account/suspend", json!({ "accountId": "ann" })).await.ok();
    page.window.see("[data-test=account-problem][data-problem=suspended]").await;
    backend.patch("/api/account/restore", json!({ "accountId": "ann" })).await.ok();
    page.window.gone(&at("account-problem")).await;
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_the_backend_revoked_is_told_and_forgotten() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let backend = scene.world.backend();
    let devices = backend.get("/api/device/getAll?accountId=ann").await.ok();
    backend.patch("/api/device/revoke", json!({ "deviceGuid": devices[0]["guid"] })).await.ok();
    page.window.see("[data-test=account-problem][data-problem=revoked]").await;
    page.window.click(&at("nav-accounts")).await;
    page.window.click(&at("account-open")).await;
    page.window.click(&at("forget")).await;
    page.window.see(&at("start-add")).await;
}
