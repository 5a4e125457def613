//! How a window looks: size, scheme, pictures.

use std::path::Path;

use serde_json::json;

use super::Window;

/// What a person prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

impl Window {
    /// Gives the page a size in CSS pixels. A window on a screen could not be as narrow as a phone.
    ///
    /// # Panics
    /// If Chromium refuses.
    pub async fn size(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// What the page is told that the person prefers; also that nothing is to move, so that pictures are of what stays.
    ///
    /// # Panics
    /// If Chromium refuses.
    pub async fn scheme(&self, scheme: Scheme) {
        let scheme = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// Whether the page is wider than the window, so that a person would have to scroll sideways.
    ///
    /// # Panics
    /// If the page does not answer.
    pub async fn is_too_wide(&self) -> bool {
        let script = "const page = document.scrollingElement; return page.scrollWidth > page.clientWidth;";
        self.run(script, Vec::new()).await == true
    }

    /// What is in sight, as a PNG.
    ///
    /// # Panics
    /// If Chromium refuses.
    pub async fn screenshot(&self) -> Vec<u8> {
        // Fonts and the frame that is being drawn are part of what a person sees.
        let settled = "await document.fonts.ready; await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));";
        self.run_async(settled, Vec::new()).await;
        self.client.screenshot().await.expect("a picture of the window")
    }

    /// Writes what is in sight to a PNG file, whose folder is made where it is missing.
    ///
    /// # Panics
    /// If it cannot be written.
    pub async fn screenshot_to(&self, path: &Path) {
        let png = self.screenshot().await;
        let written =
            std::fs::create_dir_all(path.parent().unwrap_or(path)).and_then(|()| std::fs::write(path, png));
        written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
