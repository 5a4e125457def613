//! A world whose people look through a browser.

use countersign_domain::time::{Clock, Timestamp};
use countersign_tests::browser::{Browser, Window};

use crate::world::World;

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

    /// A window, empty, whose page believes that it is as late as it is in this world.
    pub(super) async fn window(&self) -> Window {
        let window = self.window_at_real_time().await;
        window.shift_clock(self.world.clock.now().millis() - real_time().millis()).await;
        window
    }

    /// A window, empty, whose clock is as far off as the world's is.
    pub(super) async fn window_at_real_time(&self) -> Window {
        self.browser.window().await
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
