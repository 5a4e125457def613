//! Batches of the table's stream, and what is told about records that failed.

use aws_lambda_events::dynamodb::EventRecord;
use serde_json::{Value, json};

/// Lambda repeats the batch from the first of these records on (partial batch responses).
pub(crate) fn failed(sequence_numbers: &[String]) -> Value {
    let failures: Vec<Value> =
        sequence_numbers.iter().map(|number| json!({ "itemIdentifier": number })).collect();
    json!({ "batchItemFailures": failures })
}

pub(crate) fn sequence_number(record: &EventRecord) -> String {
    record.change.sequence_number.clone().unwrap_or_default()
}
