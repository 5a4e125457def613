//! Users: found, looked at, suspended, revoked.

use countersign_domain::role::Grant;
use serde_json::{Value, json};

use super::page::PortalPage;
use crate::browser::scene::{Scene, at};

/// The users of the demo's App Space, seen by somebody with this role there.
async fn users(scene: &Scene, support: bool) -> PortalPage {
    let app_space = scene.world.demo_space();
    let grant = if support { Grant::UserSupport { app_space } } else { Grant::AppSpaceAdmin { app_space } };
    let portal = PortalPage::signed_in(scene, &[grant]).await;
    portal.go(&format!("/spaces/{app_space}/users")).await;
    portal.at_screen("users").await;
    portal
}

async fn account(scene: &Scene, account_id: &str) -> Value {
    scene.world.backend().get(&format!("/api/account/get?accountId={account_id}")).await.ok()
}

/// Clicks something that asks first, and says yes.
async fn confirm(portal: &PortalPage, name: &str) {
    portal.window.click(&at(name)).await;
    portal.window.click(&at("confirm-submit")).await;
    portal.window.gone(&at("confirm")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_found_suspended_and_restored() {
    let scene = Scene::new().await;
    scene.world.enrol("ann").await;
    scene.world.enrol("bob").await;
    let portal = users(&scene, false).await;
    portal.window.fill(&at("search"), "an").await;
    portal.window.click(&at("user-search-submit")).await;
    let one = "return document.querySelectorAll('[data-test=user]').length === 1;";
    portal.window.until("one user", one, vec![]).await;
    portal.window.click(&at("user-open")).await;
    portal.window.see_text(&at("user-account-id"), "ann").await;
    confirm(&portal, "user-suspend").await;
    portal.window.see("[data-test=user-status][data-state=suspended]").await;
    assert_eq!(account(&scene, "ann").await["status"], "suspended");
    confirm(&portal, "user-restore").await;
    portal.window.see("[data-test=user-status][data-state=active]").await;
    assert_eq!(account(&scene, "ann").await["status"], "active");
    portal.go(&format!("/spaces/{}/users", scene.world.demo_space())).await;
    portal.window.fill(&at("search"), "nobody").await;
    portal.window.click(&at("user-search-submit")).await;
    portal.window.see(&at("user-none")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn user_support_revokes_a_device_and_a_user_and_cannot_suspend() {
    let scene = Scene::new().await;
    scene.world.enrol("ann").await;
    let portal = users(&scene, true).await;
    portal.window.click(&at("user-open")).await;
    portal.window.see(&at("device")).await;
    assert!(!portal.window.shows(&at("user-suspend")).await);
    confirm(&portal, "device-revoke").await;
    portal.window.see("[data-test=device][data-status=revoked]").await;
    let devices = scene.world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    assert_eq!(devices[0]["status"], "revoked");
    let guid = account(&scene, "ann").await["privakeyId"].as_str().unwrap().to_owned();
    confirm(&portal, "user-revoke").await;
    portal.window.see("[data-test=user-status][data-state=revoked]").await;
    let company = scene.world.company().await;
    let path = format!("/admin/api/companies/{company}/appSpaces/{}/users/{guid}", scene.world.demo_space());
    assert_eq!(portal.call("PATCH", &path, Some(json!({ "status": "suspended" }))).await, 403);
}
