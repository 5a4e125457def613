//! What each role sees, and what it may not do.

use serde_json::json;

use super::page::PortalPage;
use crate::browser::scene::{Scene, at};

/// A company with two App Spaces, set up in the portal: "One" and "Two".
struct Company {
    scene: Scene,
    ann: PortalPage,
    company: String,
    one: String,
    two: String,
}

impl Company {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let ann = PortalPage::follow(&scene, &scene.first_link("ACME", "Ann").await).await;
        ann.at_screen("company").await;
        let company = ann.window.text(&at("company-guid")).await;
        let mut spaces = Vec::new();
        for name in ["One", "Two"] {
            ann.go("/company/new").await;
            ann.at_screen("app-space-new").await;
            ann.window.fill(&at("name"), name).await;
            ann.window.fill(&at("appProtocol"), "acmebank").await;
            ann.window.click(&at("app-space-new-submit")).await;
            ann.at_screen("overview").await;
            ann.window.see_text(&at("overview-name"), name).await;
            spaces.push(ann.window.text(&at("overview-guid")).await);
        }
        let two = spaces.pop().unwrap();
        let one = spaces.pop().unwrap();
        Self { scene, ann, company, one, two }
    }

    /// A path of the API in an App Space.
    fn in_space(&self, space: &str, rest: &str) -> String {
        format!("/admin/api/companies/{}/appSpaces/{space}{rest}", self.company)
    }

    /// Somebody whom Ann invited so, signed in by the link.
    async fn joined(&self, name: &str, role: &str, space: Option<&str>) -> PortalPage {
        self.ann.go("/company/administrators").await;
        self.ann.at_screen("administrators").await;
        let link = self.ann.invite(name, role, space).await;
        PortalPage::follow(&self.scene, &link).await
    }
}

const ALL: [&str; 8] =
    ["home", "challenges", "users", "request-origins", "deliveries", "administrators", "audit", "settings"];

#[tokio::test(flavor = "multi_thread")]
async fn a_company_admin_sees_everything_of_the_company() {
    let company = Company::new().await;
    let bob = company.joined("Bob", "companyAdmin", None).await;
    bob.at_screen("company").await;
    assert_eq!(bob.places().await, ["home", "administrators", "keys", "audit"]);
    bob.window.see(&at("app-space-new")).await;
    for space in [&company.one, &company.two] {
        bob.go(&format!("/spaces/{space}")).await;
        bob.at_screen("overview").await;
        assert_eq!(bob.places().await, ALL);
    }
    let other = company.scene.world.demo_space().to_string();
    bob.go(&format!("/spaces/{other}")).await;
    bob.at_screen("nowhere").await;
    assert_eq!(bob.call("GET", &company.in_space(&other, ""), None).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_space_admin_runs_one_app_space_and_sees_no_other() {
    let company = Company::new().await;
    let bob = company.joined("Bob", "appSpaceAdmin", Some(&company.one)).await;
    bob.go("/").await;
    bob.at_screen("company").await;
    assert_eq!(bob.places().await, ["home"]);
    assert_eq!(bob.window.count(&at("app-space")).await, 1);
    assert!(!bob.window.shows(&at("app-space-new")).await && !bob.window.shows(&at("company-rename")).await);
    for route in ["/company/keys", "/company/administrators", "/company/audit", "/company/new"] {
        bob.go(route).await;
        bob.at_screen("nowhere").await;
    }
    bob.go(&format!("/spaces/{}", company.two)).await;
    bob.at_screen("nowhere").await;
    bob.go(&format!("/spaces/{}", company.one)).await;
    bob.at_screen("overview").await;
    assert_eq!(bob.places().await, ALL);
    // Of the settings, only pushes are theirs to change.
    for (section, own) in [("policy", false), ("identity-provider", false), ("push", true)] {
        bob.go(&format!("/spaces/{}/settings/{section}", company.one)).await;
        bob.at_screen(&format!("settings-{section}")).await;
        if own {
            bob.window.see(&at("settings-push")).await;
            assert!(!bob.window.shows(&at("read-only")).await, "{section}");
        } else {
            bob.window.see(&at("read-only")).await;
            assert!(!bob.window.shows(&at(&format!("settings-{section}-submit"))).await, "{section}");
        }
    }
    let rename = Some(json!({ "name": "Mine" }));
    assert_eq!(bob.call("PATCH", &company.in_space(&company.one, ""), rename.clone()).await, 403);
    assert_eq!(bob.call("PATCH", &company.in_space(&company.two, ""), rename).await, 404);
    let simple = Some(json!({ "idpType": "simple" }));
    assert_eq!(bob.call("PUT", &company.in_space(&company.one, "/identityProvider"), simple).await, 403);
    // They give the role of User Support, and no other.
    bob.go(&format!("/spaces/{}/administrators", company.one)).await;
    bob.at_screen("administrators").await;
    bob.window.click(&at("administrator-invite")).await;
    bob.window.see("[name=grants]").await;
    assert_eq!(bob.window.count("[name=grants]:not([data-role=userSupport])").await, 0);
    bob.window.click(&at("cancel")).await;
    let link = bob.invite("Cy", "userSupport", Some(&company.one)).await;
    let cy = PortalPage::follow(&company.scene, &link).await;
    cy.window.see_text(&at("nav-account"), "Cy").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn user_support_helps_users_and_does_nothing_else() {
    let company = Company::new().await;
    let cy = company.joined("Cy", "userSupport", Some(&company.one)).await;
    cy.go(&format!("/spaces/{}", company.one)).await;
    cy.at_screen("overview").await;
    assert_eq!(cy.places().await, ["home", "users"]);
    assert!(!cy.window.shows(&at("test-challenge")).await);
    for place in ["challenges", "request-origins", "deliveries", "administrators", "audit", "settings"] {
        cy.go(&format!("/spaces/{}/{place}", company.one)).await;
        cy.at_screen("nowhere").await;
    }
    cy.go(&format!("/spaces/{}/users", company.two)).await;
    cy.at_screen("nowhere").await;
    let name = json!({ "name": "Shop" });
    for (method, path, body) in [
        ("POST", "/requestOrigins/new", Some(name.clone())),
        ("GET", "/challenges", None),
        ("POST", "/challenges/new", Some(json!({ "accountId": "zoe" }))),
        ("PATCH", "", Some(name)),
    ] {
        assert_eq!(
            cy.call(method, &company.in_space(&company.one, path), body.clone()).await,
            403,
            "{method} {path}"
        );
        assert_eq!(
            cy.call(method, &company.in_space(&company.two, path), body).await,
            404,
            "{method} {path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_is_out_at_once() {
    let company = Company::new().await;
    let bob = company.joined("Bob", "companyAdmin", None).await;
    bob.at_screen("company").await;
    let ann = &company.ann;
    ann.window.reload().await;
    ann.at_screen("administrators").await;
    let row = "return [...document.querySelectorAll('[data-test=administrator]')].some((row) => {
        if (!row.innerText.includes('Bob')) return false; row.querySelector('[data-test=administrator-remove]').click(); return true; });";
    ann.window.until("Bob's row", row, vec![]).await;
    ann.window.click(&at("confirm-submit")).await;
    ann.window.gone(&at("confirm")).await;
    bob.window.click(&at("nav-audit")).await;
    bob.at_screen("sign-in").await;
    bob.window.click(&at("sign-in")).await;
    bob.window.see(&at("error")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_company_admin_stays() {
    let scene = Scene::new().await;
    let ann = PortalPage::follow(&scene, &scene.first_link("ACME", "Ann").await).await;
    ann.nav("administrators", "administrators").await;
    ann.window.click(&at("administrator-remove")).await;
    ann.window.click(&at("confirm-submit")).await;
    ann.window.see("[data-test=error][data-code=wrong_state]").await;
    ann.window.click(&at("confirm-cancel")).await;
    ann.window.see_text(&at("administrator"), "Ann").await;
}
