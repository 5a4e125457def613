//! What `cargo phone` reads of the file that `cargo local` writes: where a login may begin.

use std::path::Path;

use countersign_domain::id::AppSpaceId;
use serde::Deserialize;

use super::trouble::Trouble;
use crate::device::service_url::ServiceUrl;

/// Where the file is.
pub(crate) const DEFAULT_PATH: &str = ".local/demo.json";

/// The service and App Space of the demo.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Demo {
    pub(crate) base_url: ServiceUrl,
    pub(crate) app_space: DemoAppSpace,
}

/// See [`Demo::app_space`].
#[derive(Debug, Deserialize)]
pub(crate) struct DemoAppSpace {
    pub(crate) guid: AppSpaceId,
}

impl Demo {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self, Trouble> {
        let next = "Start `cargo local` first, or give --app-space and --service.";
        let text = std::fs::read_to_string(path)
            .map_err(|error| Trouble::new(format!("{} cannot be read: {error}.", path.display()), next))?;
        serde_json::from_str(&text)
            .map_err(|_| Trouble::new(format!("{} is not what `cargo local` writes.", path.display()), next))
    }
}
