//! The web applications: the portal of administrators and the web device.
//!
//! Both are files of this package, [`assets`], that stand in the bootstrap. There is no build step: what stands in `web/` is what a
//! browser gets. `docs/web-device.md` says what the web device is.

pub mod assets;
#[cfg(test)]
mod assets_tests;
mod headers;
mod web_asset;

use countersign_lambda::{HttpOperation, http_operations};

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = http_operations! {
    Countersign:
    "web-asset", GET, "/web/{file}", NOTHING => web_asset;
};
