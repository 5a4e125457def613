//! Links, passkeys, sessions.

use countersign_domain::session::{IDLE, NOTED_EVERY};
use countersign_tests::browser::Key;

use super::page::PortalPage;
use crate::browser::scene::{Scene, at};

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_once_and_leaves_the_address_at_once() {
    let scene = Scene::new().await;
    let link = scene.first_link("ACME", "Ann").await;
    let token = link.split_once("#invitation=").unwrap().1.to_owned();
    let portal = PortalPage { window: scene.window().await };
    portal.window.passkeys().await;
    portal.window.open(&link).await;
    portal.window.see_text(&at("invitation-name"), "Ann").await;
    portal.window.see_text(&at("invitation-company"), "ACME").await;
    assert!(!portal.window.url().await.contains(&token));
    portal.make_passkey().await;
    let second = PortalPage { window: scene.window().await };
    second.window.passkeys().await;
    second.window.open(&link).await;
    second.at_screen("invitation-over").await;
    second.window.click(&at("to-sign-in")).await;
    second.at_screen("sign-in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_is_enough_to_sign_in() {
    let scene = Scene::new().await;
    let portal = PortalPage::follow(&scene, &scene.first_link("ACME", "Ann").await).await;
    let (window, enter) = (&portal.window, Key::Enter.to_string());
    window.tab_to(&at("nav-account")).await;
    window.press(&enter).await;
    portal.at_screen("account").await;
    window.tab_to(&at("sign-out")).await;
    window.press(&enter).await;
    portal.at_screen("sign-in").await;
    window.tab_to(&at("sign-in")).await;
    window.press(&enter).await;
    window.see(&at("nav-account")).await;
    window.see_text(&at("nav-account"), "Ann").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_passkey_here_is_told_so() {
    let scene = Scene::new().await;
    let stranger = PortalPage::open(&scene).await;
    stranger.window.click(&at("sign-in")).await;
    stranger.window.see(&at("error")).await;
    assert!(!stranger.window.shows(&at("nav-account")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_over_leads_to_the_sign_in_and_back() {
    let scene = Scene::new().await;
    let portal = PortalPage::follow(&scene, &scene.first_link("ACME", "Ann").await).await;
    portal.nav("administrators", "administrators").await;
    scene.world.turn(IDLE);
    scene.world.turn(NOTED_EVERY);
    portal.go("/company/audit").await;
    portal.at_screen("sign-in").await;
    portal.window.see(&at("notice")).await;
    portal.window.click(&at("sign-in")).await;
    portal.at_screen("audit").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_ends_other_windows() {
    let scene = Scene::new().await;
    let here = PortalPage::follow(&scene, &scene.first_link("ACME", "Ann").await).await;
    here.nav("account", "account").await;
    here.window.click(&at("passkey-add")).await;
    let link = here.take_secret().await;
    let there = PortalPage::follow(&scene, &link).await;
    here.window.reload().await;
    here.at_screen("account").await;
    let two = "return document.querySelectorAll('[data-test=passkey]').length === 2;";
    here.window.until("two passkeys", two, vec![]).await;
    here.window.click(&at("sign-out-everywhere")).await;
    here.at_screen("sign-in").await;
    there.go("/").await;
    there.window.reload().await;
    there.at_screen("sign-in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_link_ends_what_was_before() {
    let scene = Scene::new().await;
    let ann = PortalPage::follow(&scene, &scene.first_link("ACME", "Ann").await).await;
    ann.nav("administrators", "administrators").await;
    let bob = PortalPage::follow(&scene, &ann.invite("Bob", "companyAdmin", None).await).await;
    ann.window.reload().await;
    ann.at_screen("administrators").await;
    let row = "return [...document.querySelectorAll('[data-test=administrator]')].some((row) => {
        if (!row.innerText.includes('Bob')) return false; row.querySelector('[data-test=administrator-recover]').click(); return true; });";
    ann.window.until("Bob's row", row, vec![]).await;
    ann.window.click(&at("confirm-submit")).await;
    let link = ann.take_secret().await;
    let again = PortalPage::follow(&scene, &link).await;
    again.window.see_text(&at("nav-account"), "Bob").await;
    bob.window.reload().await;
    bob.at_screen("sign-in").await;
    bob.window.click(&at("sign-in")).await;
    bob.window.see(&at("error")).await;
}
