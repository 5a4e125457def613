//! What a change of the table leads to is recorded once, however often the stream tells of the change.

use countersign_lambda::App;
use countersign_store::{Stored, Write};

use crate::error::JobError;

/// Inserts `value`, whose key is made of the change's id; where it is already, nothing is done.
pub(crate) async fn record<T: Stored>(app: &App, name: &'static str, value: &T) -> Result<(), JobError> {
    match app.store.write(Write::new().insert(name, value)?).await {
        Err(error) if !error.is_conflict() => Err(error.into()),
        _ => Ok(()),
    }
}
