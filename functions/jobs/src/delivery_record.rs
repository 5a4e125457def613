//! What somebody outside is to be told is recorded once, however often the stream tells of the change.

use countersign_domain::delivery::Delivery;
use countersign_lambda::App;
use countersign_store::Write;

use crate::error::JobError;

/// Records `delivery`, whose id is made of the change's; where it is already, nothing is done.
pub(crate) async fn record(app: &App, delivery: &Delivery) -> Result<(), JobError> {
    match app.store.write(Write::new().insert_delivery(delivery)?).await {
        Err(error) if !error.is_conflict() => Err(error.into()),
        _ => Ok(()),
    }
}
