//! The table's stream, new deliveries: the first attempt is made at once.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use countersign_store::stream::{Change, Changed};
use futures::future::join_all;
use serde_json::Value;

use crate::error::JobError;
use crate::{Jobs, attempt, stream_batch};

/// Nothing is reported as failed because a receiver failed: the delivery is due again by itself.
pub(crate) async fn handle(jobs: &Jobs, event: Event) -> Result<Value, JobError> {
    let attempts: Vec<_> = event.records.iter().map(|record| send(jobs, record)).collect();
    let failed: Vec<String> = join_all(attempts).await.into_iter().filter_map(Result::err).collect();
    Ok(stream_batch::failed(&failed))
}

/// Gives the record's sequence number where it must come again.
async fn send(jobs: &Jobs, record: &EventRecord) -> Result<(), String> {
    let attempted = match Change::read(record) {
        Ok(Change { what: Changed::Delivery(delivery), .. }) => {
            attempt::make(jobs, delivery.subject, &delivery.id).await
        }
        Ok(_) => Ok(()),
        Err(error) => Err(error.into()),
    };
    attempted.map_err(|error| {
        tracing::error!(%error, "a delivery is not attempted yet");
        stream_batch::sequence_number(record)
    })
}
