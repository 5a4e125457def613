//! Every screen: usable by everybody, on a phone, in the dark; and its picture.

use countersign_tests::browser::{Key, Scheme};
use serde_json::json;

use super::page::{DevicePage, PIN};
use crate::browser::pictures::picture;
use crate::browser::scene::{Scene, at};

/// What holds on every screen, light and dark, as narrow as a phone can be.
async fn is_well_made(page: &DevicePage) {
    for scheme in [Scheme::Dark, Scheme::Light] {
        page.window.scheme(scheme).await;
        page.window.is_accessible().await;
    }
    page.window.size(320, 640).await;
    assert!(!page.window.is_too_wide().await, "it scrolls sideways at 320 px");
    page.window.size(412, 915).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_well_made() {
    let scene = Scene::new().await;
    let page = DevicePage::open(&scene).await;
    page.window.size(412, 915).await;
    is_well_made(&page).await;
    page.window.click(&at("nav-add")).await;
    page.window.see(&at("link")).await;
    is_well_made(&page).await;
    page.look_up(&scene.bind_uri("ann").await).await;
    page.window.click(&at("lock-pin")).await;
    is_well_made(&page).await;
    page.lock_by_pin(PIN).await;
    is_well_made(&page).await;

    let content = json!({ "title": "Pay 120.00 EUR to ACME?", "keys": [
        { "key": "To", "value": "ACME Ltd" }, { "key": "Account", "value": "GB33 BUKB 2020 1555 5555 55" },
        { "key": "Reference", "value": "Invoice 2026-1107" },
    ] });
    scene.world.ask_with("ann", json!({ "content": "Log in to ACME Bank?", "duration": "10m" })).await;
    let asked = scene.world.ask_with("ann", json!({ "content": content, "showCode": true })).await;
    let both = "return document.querySelectorAll('[data-test=request]').length === 2;";
    page.window.until("two questions", both, vec![]).await;
    is_well_made(&page).await;
    picture(&page.window, "web-device-inbox").await;
    page.open_question(&asked).await;
    is_well_made(&page).await;
    picture(&page.window, "web-device-question").await;
    page.window.fill(&at("code"), asked["code"].as_str().unwrap()).await;
    page.answer(0).await;
    page.window.see(&at("pin")).await;
    is_well_made(&page).await;
    page.unlock(PIN).await;
    page.window.see(&at("outcome")).await;
    is_well_made(&page).await;
    page.window.click(&at("outcome-done")).await;
    page.window.click(&at("nav-accounts")).await;
    is_well_made(&page).await;
    page.window.click(&at("account-open")).await;
    page.window.see(&at("rename")).await;
    is_well_made(&page).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_is_enough() {
    let scene = Scene::new().await;
    let page = DevicePage::open(&scene).await;
    let (window, enter) = (&page.window, Key::Enter.to_string());
    window.tab_to(&at("start-add")).await;
    window.press(&enter).await;
    window.tab_to(&at("link")).await;
    window.press(&scene.bind_uri("ann").await).await;
    window.tab_to(&at("use-link")).await;
    window.press(&enter).await;
    window.tab_to(&at("new-pin")).await;
    window.press(PIN).await;
    window.tab_to(&at("new-pin-again")).await;
    window.press(PIN).await;
    window.press(&enter).await;
    window.see(&at("inbox-empty")).await;
    let asked = scene.world.ask("ann").await;
    window.see_text(&at("live"), "request").await;
    window.tab_to(&at("request")).await;
    window.press(&enter).await;
    window.tab_to("[data-test=answer][data-index=\"0\"]").await;
    window.press(&enter).await;
    // The dialog that opens has the focus, and its field takes the PIN.
    window
        .until(
            "the PIN's field to have the focus",
            "return document.activeElement.matches('[data-test=pin]');",
            vec![],
        )
        .await;
    window.press(PIN).await;
    window.press(&enter).await;
    window.see("[data-test=outcome][data-status=answered]").await;
    assert_eq!(scene.world.request(&asked["guid"]).await["buttonSelected"], 0);
}
