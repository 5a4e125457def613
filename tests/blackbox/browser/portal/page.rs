//! The portal's page: its screens by the names that they keep for tests.

use countersign_domain::role::Grant;
use countersign_jobs::JOBS;
use countersign_tests::browser::Window;
use serde_json::{Value, json};

use crate::admin::client::Admin;
use crate::browser::scene::{Scene, at};

pub(super) struct PortalPage {
    pub(super) window: Window,
}

impl Scene {
    /// The one-time link of the first Company Admin of a new company.
    pub(super) async fn first_link(&self, company: &str, administrator: &str) -> String {
        let job = JOBS.iter().find(|job| job.name == "admin-bootstrap").unwrap();
        let event = json!({ "company": company, "administrator": administrator });
        let made = (job.run)(self.world.bundle.jobs(), event).await.unwrap();
        made["link"].as_str().unwrap().to_owned()
    }
}

impl PortalPage {
    /// A window with an authenticator, at the sign-in.
    pub(super) async fn open(scene: &Scene) -> Self {
        let window = scene.window().await;
        window.passkeys().await;
        window.open(&scene.url("/web/portal")).await;
        let page = Self { window };
        page.at_screen("sign-in").await;
        page
    }

    /// A window with an authenticator of its own, in which somebody follows the link and makes a passkey.
    pub(super) async fn follow(scene: &Scene, link: &str) -> Self {
        let window = scene.window().await;
        window.passkeys().await;
        window.open(link).await;
        let page = Self { window };
        page.make_passkey().await;
        page
    }

    /// A window in which somebody of the demo's company is signed in. How one gets there is tested elsewhere.
    pub(super) async fn signed_in(scene: &Scene, grants: &[Grant]) -> Self {
        Self::signed_in_as(scene, &scene.world.admin(grants).await).await
    }

    /// Likewise, as somebody who exists.
    pub(super) async fn signed_in_as(scene: &Scene, admin: &Admin) -> Self {
        let window = scene.window().await;
        let (name, value) = admin.headers["cookie"].to_str().unwrap().split_once('=').unwrap();
        window.set_cookie(&scene.world.base_url, name, value).await;
        window.open(&scene.url("/web/portal")).await;
        let page = Self { window };
        page.at_screen("company").await;
        page
    }

    /// Makes the passkey that the link in the address asks for, and is signed in by it.
    pub(super) async fn make_passkey(&self) {
        self.at_screen("invitation").await;
        self.window.fill(&at("passkeyName"), "Laptop").await;
        self.window.click(&at("invitation-submit")).await;
        self.window.see(&at("nav-account")).await;
    }

    /// Waits until this screen is there.
    pub(super) async fn at_screen(&self, name: &str) {
        self.window.see(&at(&format!("screen-{name}"))).await;
    }

    /// Follows an address of the portal: what stands behind its `#`.
    pub(super) async fn go(&self, route: &str) {
        self.window.run("location.hash = arguments[0];", vec![route.into()]).await;
    }

    /// Goes to a place of the navigation.
    pub(super) async fn nav(&self, name: &str, screen: &str) {
        self.window.click(&at(&format!("nav-{name}"))).await;
        self.at_screen(screen).await;
    }

    /// Reads the secret that is shown, confirms that it is noted, and closes it.
    pub(super) async fn take_secret(&self) -> String {
        let secret = self.window.value(&at("secret-value")).await;
        self.window
            .until("the button to wait", "return visible('[data-test=secret-done]')?.disabled;", vec![])
            .await;
        self.window.click(&at("secret-noted")).await;
        self.window.click(&at("secret-done")).await;
        self.window.gone(&at("secret")).await;
        secret
    }

    /// Invites somebody with one role, and gives their link. `app_space` is where the role holds, if not in the whole company.
    pub(super) async fn invite(&self, name: &str, role: &str, app_space: Option<&str>) -> String {
        self.window.click(&at("administrator-invite")).await;
        self.window.fill(&at("name"), name).await;
        let place = app_space.map(|guid| format!("[data-space=\"{guid}\"]")).unwrap_or_default();
        let choice = format!("[name=grants][data-role=\"{role}\"]{place}");
        self.window.see(&choice).await;
        let chosen = self
            .window
            .run("return document.querySelector(arguments[0]).checked;", vec![choice.as_str().into()]);
        if chosen.await != true {
            self.window.click(&choice).await;
        }
        self.window.click(&at("invite-submit")).await;
        self.take_secret().await
    }

    /// The status of a call by this page's session.
    pub(super) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> u64 {
        let script = "const [method, path, body] = arguments;
            const headers = { 'X-Countersign-Portal': '1', ...(body && { 'Content-Type': 'application/json' }) };
            return (await fetch(path, { method, headers, body: body && JSON.stringify(body) })).status;";
        self.window.run_async(script, vec![method.into(), path.into(), body.into()]).await.as_u64().unwrap()
    }

    /// The places that the navigation offers, by their names.
    pub(super) async fn places(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('nav.places [data-test^=nav-]')].map((place) => place.dataset.test.slice(4));";
        let places = self.window.until("the navigation", script, vec![]).await;
        places.as_array().unwrap().iter().map(|place| place.as_str().unwrap().to_owned()).collect()
    }
}
