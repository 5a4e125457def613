//! From the first link to an answered challenge.

use countersign_domain::role::Grant;
use countersign_local::demo::DemoOrigin;
use countersign_tests::browser::Key;
use serde_json::json;

use super::page::PortalPage;
use crate::backend::Backend;
use crate::browser::device::page::{DevicePage, PIN};
use crate::browser::scene::{Scene, at};

/// What the address says after `/spaces/` or `/request-origins/`.
fn guid_after(url: &str, part: &str) -> String {
    url.split_once(part).unwrap().1.split('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_link_to_an_answer_in_the_web_device() {
    let scene = Scene::new().await;
    let link = scene.first_link("ACME", "Ann").await;
    let portal = PortalPage::follow(&scene, &link).await;
    portal.at_screen("company").await;
    let window = &portal.window;

    // An App Space.
    window.see(&at("app-space-none")).await;
    window.click(&at("app-space-new")).await;
    window.fill(&at("name"), "ACME Bank").await;
    window.fill(&at("appProtocol"), "acmebank").await;
    window.choose(&at("idpType"), "simple").await;
    window.click(&at("app-space-new-submit")).await;
    portal.at_screen("overview").await;
    window.see_text(&at("overview-name"), "ACME Bank").await;
    window.see_text(&at("overview-request-origins"), "0").await;
    let space = window.text(&at("overview-guid")).await;

    // A Request Origin, with its key shown once.
    portal.nav("request-origins", "request-origins").await;
    window.click(&at("request-origin-new")).await;
    window.fill(&at("name"), "Web shop").await;
    window.click(&at("request-origin-new-submit")).await;
    portal.at_screen("request-origin").await;
    window.see("[data-test=request-origin-state][data-state=inactive]").await;
    window.click(&at("key-generate")).await;
    window.choose(&at("keyType"), "basic").await;
    window.click(&at("key-generate-submit")).await;
    let key = portal.take_secret().await;
    window.see("[data-test=request-origin-state][data-state=active]").await;
    let origin = guid_after(&window.url().await, "/request-origins/");
    let html = window.run("return document.documentElement.outerHTML;", vec![]).await.to_string();
    assert!(!html.contains(&key), "the key is not shown again");

    // Its backend binds the web device of a user.
    let demo = scene.world.bundle.demo.origins[0].clone();
    let origin = DemoOrigin { guid: origin, key_type: "basic".into(), key, ..demo };
    let backend = Backend::new(&scene.world.base_url, &origin, scene.world.clock.clone());
    let bound = backend.put("/api/account/bind", json!({ "accountId": "zoe" })).await.success();
    let device = DevicePage::open(&scene).await;
    device.look_up(bound["bindUri"].as_str().unwrap()).await;
    device.window.see_text(&at("enrol-app-space"), "ACME Bank").await;
    device.lock_by_pin(PIN).await;

    // The portal asks, the web device answers, the portal sees it.
    portal.nav("home", "overview").await;
    window.see_text(&at("overview-request-origins"), "1").await;
    window.click(&at("test-challenge")).await;
    window.fill(&at("accountId"), "zoe").await;
    window.fill(&at("content"), "Is this thing on?").await;
    window.click(&at("test-challenge-submit")).await;
    window.see("[data-test=test-challenge-outcome][data-state=pending]").await;
    device.window.see_text(&at("request"), "Is this thing on?").await;
    device.window.click(&at("request")).await;
    device.answer(0).await;
    device.unlock(PIN).await;
    device.ended("answered").await;
    scene.world.pump().await;
    window.see_text("[data-test=test-challenge-outcome][data-state=answered]", "Approve").await;
    window.click(&at("test-challenge-close")).await;
    portal.nav("challenges", "challenges").await;
    window.see("[data-test=challenge][data-status=answered]").await;

    // What follows from it: figures and the audit trail, whose chain holds.
    portal.nav("home", "overview").await;
    window.see_text(&at("overview-active-users"), "1").await;
    window.see_text(&at("chart-outcomes-summary"), "1").await;
    portal.nav("audit", "audit").await;
    window.see("[data-test=audit-entry][data-event=\"challenge.answered\"]").await;
    window.click(&at("audit-verify")).await;
    window.see("[data-test=audit-told][data-kind=good]").await;

    // The whole is this company's: the demo's administrators see nothing of it.
    let other = PortalPage::signed_in(&scene, &[Grant::CompanyAdmin]).await;
    other.go(&format!("/spaces/{space}")).await;
    other.at_screen("nowhere").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_until_it_is_noted_and_never_again() {
    let scene = Scene::new().await;
    let portal = PortalPage::signed_in(&scene, &[Grant::CompanyAdmin]).await;
    portal.go(&format!("/spaces/{}/request-origins", scene.world.demo_space())).await;
    portal.at_screen("request-origins").await;
    portal.window.click(&at("request-origin-open")).await;
    portal.at_screen("request-origin").await;
    portal.window.click(&at("key-generate")).await;
    portal.window.click(&at("key-generate-submit")).await;
    let key = portal.window.value(&at("secret-value")).await;
    portal.window.press(&Key::Escape.to_string()).await;
    assert_eq!(portal.window.value(&at("secret-value")).await, key, "Escape does not lose it");
    assert_eq!(portal.take_secret().await, key);
    portal.window.reload().await;
    portal.at_screen("request-origin").await;
    portal.window.see("[data-test=request-origin-state][data-state=active]").await;
    assert_eq!(portal.window.count(&at("secret-value")).await, 0);
}
