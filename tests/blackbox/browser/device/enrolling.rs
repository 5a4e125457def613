//! Binding: by a link, by a page's address, with a PIN or a passkey.

use serde_json::json;

use super::page::{DevicePage, PIN};
use crate::browser::scene::{Scene, at};

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_link_binds_the_browser() {
    let scene = Scene::new().await;
    let page = DevicePage::open(&scene).await;
    page.window.see(&at("start-add")).await;
    page.look_up(&scene.bind_uri("ann").await).await;
    page.window.see_text(&at("enrol-account"), "ann").await;
    page.window.see_text(&at("enrol-app-space"), &scene.world.bundle.demo.app_space.name).await;
    page.window.fill(&at("device-name"), "Ann's laptop").await;
    page.lock_by_pin(PIN).await;
    let devices = scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    let [device] = &devices.as_array().unwrap()[..] else { panic!("{devices}") };
    assert_eq!((&device["name"], &device["status"]), (&json!("Ann's laptop"), &json!("active")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_address_carries_a_link_and_does_not_keep_it() {
    let scene = Scene::new().await;
    let link = scene.bind_uri("ann").await;
    let (_, part) = link.split_once("://").unwrap();
    let page = DevicePage { window: scene.window_with(&format!("/web/device#{part}")).await };
    page.window.see_text(&at("enrol-account"), "ann").await;
    assert!(!page.window.url().await.contains("st="), "a token has no place in the history");
    page.lock_by_pin(PIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_once() {
    let scene = Scene::new().await;
    let link = scene.bind_uri("ann").await;
    let first = DevicePage::open(&scene).await;
    first.look_up(&link).await;
    first.lock_by_pin(PIN).await;
    let second = DevicePage::open(&scene).await;
    second.paste(&link).await;
    second.tells("not_found").await;
    assert_eq!(second.keys().await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_link_of_this_service_is_told() {
    let scene = Scene::new().await;
    let page = DevicePage::open(&scene).await;
    page.paste("https://elsewhere.example/").await;
    page.tells("bad_link").await;
    let link = scene.bind_uri("ann").await;
    let (before, _) = link.split_once("serviceUrl=").unwrap();
    page.paste(&format!("{before}serviceUrl=https%3A%2F%2Felsewhere.example")).await;
    page.tells("other_service").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_is_typed_twice_and_not_easy_to_guess() {
    let scene = Scene::new().await;
    let page = DevicePage::open(&scene).await;
    page.look_up(&scene.bind_uri("ann").await).await;
    page.window.click(&at("lock-pin")).await;
    for (pin, again) in [("123456", "123456"), ("27491", "27491"), (PIN, "274917")] {
        page.window.fill(&at("new-pin"), pin).await;
        page.window.fill(&at("new-pin-again"), again).await;
        page.window.click(&at("enrol")).await;
        page.window.see(&at("error")).await;
    }
    let devices = scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    assert_eq!(devices, json!([]));
    page.lock_by_pin(PIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_browser_holds_accounts_of_several_people() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    page.look_up(&scene.bind_uri("bob").await).await;
    page.lock_by_pin("730518").await;
    let (of_ann, of_bob) = (scene.world.ask("ann").await, scene.world.ask("bob").await);
    page.open_question(&of_bob).await;
    page.answer(0).await;
    page.unlock("730518").await;
    page.ended("answered").await;
    page.open_question(&of_ann).await;
    page.answer(0).await;
    page.unlock(PIN).await;
    page.ended("answered").await;
    for (asked, account) in [(of_ann, "ann"), (of_bob, "bob")] {
        let request = scene.world.request(&asked["guid"]).await;
        assert_eq!((&request["accountId"], &request["status"]), (&json!(account), &json!("answered")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_camera_reads_the_code_that_the_backend_shows() {
    let scene = Scene::new().await;
    let bound = scene.world.backend().put("/api/account/bind", json!({ "accountId": "ann" })).await.success();
    let page = DevicePage { window: scene.window_filming(bound["qrCode"].as_str().unwrap()).await };
    page.window.open(&scene.url("/web/device")).await;
    page.window.click(&at("nav-add")).await;
    page.window.click(&at("scan")).await;
    page.window.see_text(&at("enrol-account"), "ann").await;
    assert!(!page.window.shows(&at("scan-video")).await);
    page.lock_by_pin(PIN).await;
}
