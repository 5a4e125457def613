//! A connection gives itself up, for ever. A suspended user's may, too.

use countersign_lambda::connection::Connection;
use countersign_lambda::device_change::replace;
use countersign_lambda::{App, Refusal};

/// Revokes the device; says no if somebody else was faster.
pub(crate) async fn revoke(app: &App, connection: &Connection) -> Result<bool, Refusal> {
    let revoked = connection.device.try_map(|device| device.revoke_itself(app.now()))?;
    let write = replace(app, &connection.user.value, &connection.device, &revoked).await?;
    match app.store.write(write).await {
        Ok(()) => Ok(true),
        Err(error) if error.is_conflict() => Ok(false),
        Err(error) => Err(error.into()),
    }
}
