//! A world whose people look through a browser.

use countersign_domain::time::{Clock, Timestamp};
use countersign_tests::browser::{Browser, Window};
use serde_json::json;

use super::film;
use crate::qr;
use crate::world::World;

/// The elements that a page calls `name` for tests.
pub(super) fn at(name: &str) -> String {
    format!("[data-test=\"{name}\"]")
}

pub(super) struct Scene {
    pub(super) world: World,
    browser: Browser,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let (world, browser) = tokio::join!(World::at_localhost(), Browser::start());
        Self { world, browser }
    }

    /// Address of a page, e.g. `/web/device`.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.world.base_url)
    }

    /// The link that binds a device to `account_id`.
    pub(super) async fn bind_uri(&self, account_id: &str) -> String {
        let body = json!({ "accountId": account_id });
        let bound = self.world.backend().put("/api/account/bind", body).await.success();
        bound["bindUri"].as_str().unwrap().to_owned()
    }

    /// A window, empty, whose page believes that it is as late as it is in this world.
    pub(super) async fn window(&self) -> Window {
        self.in_time(self.browser.window().await).await
    }

    /// Like [`Scene::window`], with a camera before which the QR code of a `data:` URI lies.
    pub(super) async fn window_filming(&self, qr_code: &str) -> Window {
        let film = self.browser.folder().join("film.y4m");
        std::fs::write(&film, film::of(&qr::picture(qr_code))).unwrap();
        self.in_time(self.browser.window_filming(&film).await).await
    }

    async fn in_time(&self, window: Window) -> Window {
        window.shift_clock(self.world.clock.now().millis() - real_time().millis()).await;
        window
    }

    /// A window that shows `path`.
    pub(super) async fn window_with(&self, path: &str) -> Window {
        let window = self.window().await;
        window.open(&self.url(path)).await;
        window
    }
}

/// What the browser's clock says.
fn real_time() -> Timestamp {
    countersign_local::clock::SystemClock.now()
}
