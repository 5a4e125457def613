//! Pictures of the pages: for whoever looks at a run, and for the README.

use std::path::{Path, PathBuf};

use countersign_tests::browser::Window;

/// A picture in the README may be this large, in bytes.
const LARGEST: u64 = 150 * 1024;

/// Writes what the window shows to `target/screenshots/{name}.png`, and to `docs/screenshots`, which the README shows, where
/// `COUNTERSIGN_SCREENSHOTS=1` is set.
pub(super) async fn picture(window: &Window, name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let file = root.join("target/screenshots").join(format!("{name}.png"));
    window.screenshot_to(&file).await;
    let size = std::fs::metadata(&file).unwrap().len();
    assert!(size <= LARGEST, "{name}.png has {size} bytes, more than {LARGEST}");
    if renews_documents() {
        let shown: PathBuf = root.join("docs/screenshots");
        std::fs::create_dir_all(&shown).unwrap();
        std::fs::copy(&file, shown.join(file.file_name().unwrap())).unwrap();
    }
}

#[allow(clippy::disallowed_methods)] // whoever runs the tests says so; no setting of the service
fn renews_documents() -> bool {
    std::env::var_os("COUNTERSIGN_SCREENSHOTS").is_some_and(|value| value == "1")
}
