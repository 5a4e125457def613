//! Every screen: usable by everybody, on a phone, in the dark; and its picture.

use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::role::Grant;
use countersign_domain::time::Span;
use countersign_tests::browser::Scheme;
use serde_json::json;

use super::page::PortalPage;
use crate::browser::pictures::picture;
use crate::browser::scene::{Scene, at};

/// Eleven days in the life of the demo's App Space, the newest with an open question.
async fn live_through_days(scene: &Scene) {
    let world = &scene.world;
    let days = [
        [3, 1, 0],
        [5, 0, 1],
        [4, 1, 0],
        [6, 2, 1],
        [2, 0, 0],
        [1, 0, 0],
        [7, 1, 2],
        [6, 1, 0],
        [8, 2, 1],
        [5, 1, 0],
        [4, 1, 0],
    ];
    let people = ["ann", "bob", "carol"];
    let mut devices = Vec::new();
    for name in people {
        devices.push((name, world.enrol(name).await));
    }
    for (day, [approved, rejected, declined]) in days.into_iter().enumerate() {
        if day > 0 {
            world.turn(Span::hours(24));
        }
        let answers = std::iter::repeat_n(Answer::Option(0), approved)
            .chain(std::iter::repeat_n(Answer::Option(1), rejected))
            .chain(std::iter::repeat_n(Answer::Decline(DeclineReason::Cancelled), declined));
        for (number, answer) in answers.enumerate() {
            let (name, device) = &devices[number % devices.len()];
            let amount = 20 + 15 * number + day;
            let content = format!("Pay {amount} EUR to ACME?");
            let asked = world.ask_with(name, json!({ "content": content })).await;
            let challenge = world.challenge(device, &asked).await;
            world.turn(Span::secs(4 + 7 * i64::try_from(number).unwrap()));
            device.answer(&challenge, answer, None).await.unwrap();
            world.turn(Span::minutes(11));
        }
        world.pump().await;
    }
    world.ask("ann").await;
    world.pump().await;
}

/// What holds on every screen, light and dark, as narrow as a phone can be.
async fn is_well_made(portal: &PortalPage, screen: &str) {
    assert!(!portal.window.shows(&at("problem")).await, "{screen} cannot be read");
    for scheme in [Scheme::Dark, Scheme::Light] {
        portal.window.scheme(scheme).await;
        portal.window.is_accessible().await;
    }
    portal.window.size(320, 640).await;
    assert!(!portal.window.is_too_wide().await, "{screen} scrolls sideways at 320 px");
    portal.window.size(1280, 800).await;
}

/// Waits until nothing on the screen is still being loaded.
async fn has_loaded(portal: &PortalPage) {
    portal.window.gone("[aria-busy=true]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_of_an_app_space_is_well_made() {
    let scene = Scene::new().await;
    live_through_days(&scene).await;
    let portal = PortalPage::signed_in(&scene, &[Grant::CompanyAdmin]).await;
    let space = scene.world.demo_space();
    for (route, screen) in [
        ("", "overview"),
        ("/challenges", "challenges"),
        ("/users", "users"),
        ("/request-origins", "request-origins"),
        ("/deliveries", "deliveries"),
        ("/administrators", "administrators"),
        ("/audit", "audit"),
        ("/settings/general", "settings-general"),
        ("/settings/policy", "settings-policy"),
        ("/settings/push", "settings-push"),
        ("/settings/identity-provider", "settings-identity-provider"),
        ("/settings/cloud", "settings-cloud"),
        ("/settings/authenticator", "settings-authenticator"),
    ] {
        portal.go(&format!("/spaces/{space}{route}")).await;
        portal.at_screen(screen).await;
        has_loaded(&portal).await;
        is_well_made(&portal, screen).await;
    }
    for (list, open, screen) in
        [("users", "user-open", "user"), ("request-origins", "request-origin-open", "request-origin")]
    {
        portal.go(&format!("/spaces/{space}/{list}")).await;
        portal.window.click(&at(open)).await;
        portal.at_screen(screen).await;
        has_loaded(&portal).await;
        is_well_made(&portal, screen).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_of_a_company_is_well_made() {
    let scene = Scene::new().await;
    let sign_in = PortalPage::open(&scene).await;
    is_well_made(&sign_in, "sign-in").await;
    let portal = PortalPage::signed_in(&scene, &[Grant::CompanyAdmin]).await;
    for (route, screen) in [
        ("/", "company"),
        ("/company/administrators", "administrators"),
        ("/company/keys", "company-keys"),
        ("/company/audit", "audit"),
        ("/company/new", "app-space-new"),
        ("/account", "account"),
        ("/nowhere", "nowhere"),
    ] {
        portal.go(route).await;
        portal.at_screen(screen).await;
        has_loaded(&portal).await;
        is_well_made(&portal, screen).await;
    }
    // Dialogs too: one with a form, and one with a secret.
    portal.go("/company/administrators").await;
    portal.window.click(&at("administrator-invite")).await;
    portal.window.see("[name=grants]").await;
    is_well_made(&portal, "the dialog that invites").await;
    portal.window.fill(&at("name"), "Bob").await;
    portal.window.click("[name=grants][data-role=companyAdmin]").await;
    portal.window.click(&at("invite-submit")).await;
    portal.window.see(&at("secret-value")).await;
    is_well_made(&portal, "the dialog with a link").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_has_its_picture() {
    let scene = Scene::new().await;
    live_through_days(&scene).await;
    let portal = PortalPage::signed_in(&scene, &[Grant::CompanyAdmin]).await;
    portal.go(&format!("/spaces/{}", scene.world.demo_space())).await;
    for (scheme, name) in [(Scheme::Light, "portal-overview"), (Scheme::Dark, "portal-overview-dark")] {
        portal.window.size(1280, 960).await;
        portal.window.scheme(scheme).await;
        portal.window.reload().await;
        shown(&portal).await;
        picture(&portal.window, name).await;
    }
    portal.window.size(412, 915).await;
    portal.window.scheme(Scheme::Light).await;
    portal.window.reload().await;
    shown(&portal).await;
    picture(&portal.window, "portal-phone").await;
}

/// Waits for figures, charts and challenges, with nothing of the mouse or the focus to see.
async fn shown(portal: &PortalPage) {
    portal.at_screen("overview").await;
    for part in ["overview-name", "chart-outcomes", "chart-answer-times", "challenge"] {
        portal.window.see(&at(part)).await;
    }
    has_loaded(portal).await;
    portal.window.run("document.activeElement.blur();", vec![]).await;
}
