//! The table's stream: read as Lambda's event source mappings read it, and given to the same jobs.

use std::collections::{HashMap, VecDeque};

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::DisplayErrorContext;
use aws_sdk_dynamodbstreams::types::{AttributeValue, Record, ShardIteratorType};
use countersign_jobs::{JOBS, Jobs};
use countersign_store::StoreError;
use countersign_store::stream::KINDS;
use serde_json::{Map, Value, json};

/// A place in the stream. It begins at the oldest record: what a former run has handled is handled again, to no effect.
pub(crate) struct Stream {
    client: Client,
    arn: String,
    /// The next iterator of every shard that was found; none where a shard ended.
    iterators: HashMap<String, Option<String>>,
    /// Records that a job did not take yet.
    backlog: HashMap<&'static str, VecDeque<Value>>,
}

/// The stream could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the table's stream cannot be read: {0}")]
pub struct StreamFailed(String);

impl StreamFailed {
    pub(crate) fn new(error: &StoreError) -> Self {
        Self(error.to_string())
    }
}

fn failed<E: std::error::Error + Send + Sync + 'static>(error: E) -> StreamFailed {
    StreamFailed(DisplayErrorContext(error).to_string())
}

/// Whether a job gets a record.
type Wants = fn(&Value) -> bool;

/// The mappings of template.yaml: which job gets which records.
const MAPPINGS: [(&str, Wants); 2] =
    [("transition-record", is_of_interest), ("delivery-send", is_new_delivery)];

/// As the filter of the mapping says.
fn is_of_interest(record: &Value) -> bool {
    let kind = record["dynamodb"]["NewImage"]["kind"]["S"].as_str();
    kind.is_some_and(|kind| KINDS.contains(&kind))
}

/// Likewise.
fn is_new_delivery(record: &Value) -> bool {
    record["eventName"] == "INSERT" && record["dynamodb"]["NewImage"]["kind"]["S"] == "delivery"
}

/// Most records of one batch.
const BATCH: usize = 25;

impl Stream {
    pub(crate) fn new(client: Client, arn: String) -> Self {
        Self { client, arn, iterators: HashMap::new(), backlog: HashMap::new() }
    }

    /// Takes what is new in the stream and gives it to the jobs; tells whether there was anything.
    pub(crate) async fn pump(&mut self, jobs: &Jobs) -> Result<bool, StreamFailed> {
        let events = self.read().await?;
        let mut any = !events.is_empty();
        for event in events {
            for (job, wants) in MAPPINGS {
                if wants(&event) {
                    self.backlog.entry(job).or_default().push_back(event.clone());
                }
            }
        }
        for (job, _) in MAPPINGS {
            any |= self.work(job, jobs).await;
        }
        Ok(any)
    }

    /// Takes what is new in the stream, as Lambda's events have it; nothing where there is nothing for now.
    pub(crate) async fn read(&mut self) -> Result<Vec<Value>, StreamFailed> {
        self.find_shards().await?;
        let mut events = Vec::new();
        for (_, iterator) in self.iterators.iter_mut().filter(|(_, iterator)| iterator.is_some()) {
            let answer = self
                .client
                .get_records()
                .set_shard_iterator(iterator.clone())
                .send()
                .await
                .map_err(failed)?;
            *iterator = answer.next_shard_iterator;
            events.extend(answer.records.unwrap_or_default().iter().map(event));
        }
        Ok(events)
    }

    /// Takes everything that is in the stream.
    pub(crate) async fn read_all(&mut self) -> Result<Vec<Value>, StreamFailed> {
        let mut events = Vec::new();
        loop {
            match self.read().await? {
                more if more.is_empty() => return Ok(events),
                more => events.extend(more),
            }
        }
    }

    async fn find_shards(&mut self) -> Result<(), StreamFailed> {
        let described = self.client.describe_stream().stream_arn(&self.arn).send().await.map_err(failed)?;
        let shards = described.stream_description.and_then(|stream| stream.shards).unwrap_or_default();
        for id in shards.into_iter().filter_map(|shard| shard.shard_id) {
            if self.iterators.contains_key(&id) {
                continue;
            }
            let iterator = self
                .client
                .get_shard_iterator()
                .stream_arn(&self.arn)
                .shard_id(&id)
                .shard_iterator_type(ShardIteratorType::TrimHorizon)
                .send()
                .await
                .map_err(failed)?;
            self.iterators.insert(id, iterator.shard_iterator);
        }
        Ok(())
    }

    /// Gives a job its records in batches. From the first that failed on they come again at the next pump.
    async fn work(&mut self, name: &'static str, jobs: &Jobs) -> bool {
        let Some(job) = JOBS.iter().find(|job| job.name == name) else { return false };
        let Some(backlog) = self.backlog.get_mut(name) else { return false };
        let mut any = false;
        while !backlog.is_empty() {
            let batch: Vec<Value> = backlog.iter().take(BATCH).cloned().collect();
            let answer = (job.run)(jobs, json!({ "Records": batch })).await;
            let first =
                |answer: &Value| answer["batchItemFailures"][0]["itemIdentifier"].as_str().map(str::to_owned);
            let done = match answer.as_ref().map(first) {
                Ok(None) => batch.len(),
                Ok(Some(number)) => batch
                    .iter()
                    .position(|record| record["dynamodb"]["SequenceNumber"] == number)
                    .unwrap_or(0),
                Err(error) => {
                    tracing::error!(%error, job = name, "a batch failed");
                    0
                }
            };
            backlog.drain(..done);
            any |= done > 0;
            if done < batch.len() {
                break;
            }
        }
        any
    }
}

/// A record as Lambda's event has it.
fn event(record: &Record) -> Value {
    let change = record.dynamodb.as_ref();
    let image = |image: Option<&HashMap<String, AttributeValue>>| image.map(attributes);
    let mut dynamodb = json!({
        "ApproximateCreationDateTime": change.and_then(|change| change.approximate_creation_date_time).map(|at| at.secs()),
        "Keys": image(change.and_then(|change| change.keys.as_ref())).unwrap_or_default(),
        "SequenceNumber": change.and_then(|change| change.sequence_number.clone()),
        "SizeBytes": change.and_then(|change| change.size_bytes),
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    for (name, found) in [
        ("NewImage", image(change.and_then(|change| change.new_image.as_ref()))),
        ("OldImage", image(change.and_then(|change| change.old_image.as_ref()))),
    ] {
        if let Some(found) = found {
            dynamodb[name] = Value::Object(found);
        }
    }
    json!({
        "eventID": record.event_id,
        "eventName": record.event_name.as_ref().map(|name| name.as_str()),
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": record.aws_region,
        "dynamodb": dynamodb,
    })
}

fn attributes(item: &HashMap<String, AttributeValue>) -> Map<String, Value> {
    item.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

/// DynamoDB's own JSON form of a value.
fn attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        AttributeValue::Null(_) => json!({ "NULL": true }),
        AttributeValue::M(map) => json!({ "M": attributes(map) }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(attribute).collect::<Vec<_>>() }),
        // The table holds neither bytes nor sets.
        _ => json!({ "NULL": true }),
    }
}
