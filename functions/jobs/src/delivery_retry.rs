//! Every minute: deliveries whose next attempt is due, and those whose sender died.

use countersign_domain::delivery::Delivery;
use futures::StreamExt;
use serde_json::{Value, json};

use crate::error::JobError;
use crate::{Jobs, attempt};

/// How many attempts run side by side: a slow receiver does not keep the others waiting.
const AT_ONCE: usize = 16;

pub(crate) async fn handle(jobs: &Jobs, _event: Value) -> Result<Value, JobError> {
    let due = jobs.app.store.due::<Delivery>(jobs.app.now()).await?;
    let attempts: Vec<_> =
        due.iter().map(|record| attempt::make(jobs, record.value.subject, &record.value.id)).collect();
    let results: Vec<_> = futures::stream::iter(attempts).buffer_unordered(AT_ONCE).collect().await;
    let failed = results.iter().filter_map(|result| result.as_ref().err());
    let failed = failed.inspect(|error| tracing::error!(%error, "a delivery is not attempted yet")).count();
    Ok(json!({ "due": due.len(), "failed": failed }))
}
