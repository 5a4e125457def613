//! A passkey in place of a PIN.

use super::page::DevicePage;
use crate::browser::scene::{Scene, at};

impl DevicePage {
    /// Finishes the binding that was looked up, with a passkey of the window's authenticator.
    async fn lock_by_passkey(&self) {
        self.window.click(&at("lock-passkey")).await;
        self.window.click(&at("enrol")).await;
        self.window.see(&at("inbox-empty")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_releases_the_strong_key() {
    let scene = Scene::new().await;
    let page = DevicePage::open(&scene).await;
    let passkeys = page.window.passkeys().await;
    page.look_up(&scene.bind_uri("ann").await).await;
    page.lock_by_passkey().await;
    assert_eq!(passkeys.credentials().await.len(), 1);
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
    page.answer(0).await;
    page.ended("answered").await;
    assert_eq!(scene.world.request(&asked["guid"]).await["buttonSelected"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_verified_gets_no_signature() {
    let scene = Scene::new().await;
    let page = DevicePage::open(&scene).await;
    let passkeys = page.window.passkeys().await;
    page.look_up(&scene.bind_uri("ann").await).await;
    page.lock_by_passkey().await;
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
    passkeys.verifies(false).await;
    page.answer(0).await;
    page.tells("passkey_refused").await;
    assert_eq!(scene.world.request(&asked["guid"]).await["status"], "pending");
}
