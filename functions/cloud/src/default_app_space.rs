//! Which App Space an app means that names none.

use countersign_domain::id::AppSpaceId;
use countersign_domain::refused::Refused;
use countersign_lambda::App;

/// The one that is named, else the deployment's default.
pub(crate) fn or_default(app: &App, named: Option<&str>) -> Result<AppSpaceId, Refused> {
    let id = match named {
        Some(named) => named.parse().ok(),
        None => app.settings.default_app_space,
    };
    id.ok_or(Refused::Unknown("application"))
}
