//! Records of the table's stream, found by what they are about.

use aws_config::SdkConfig;
use countersign_lambda::App;
use serde_json::Value;

use super::EventFailed;
use crate::stream::Stream;

/// A change of an item: which kind, made or changed, and whose.
pub(super) struct Wanted<'a> {
    /// `INSERT` or `MODIFY`.
    pub(super) event_name: &'a str,
    /// The kind of item.
    pub(super) kind: &'a str,
    /// A member of the item's body that names it, within others or not, and what it says there.
    pub(super) by: (&'a [&'a str], &'a str),
}

impl Wanted<'_> {
    fn is(&self, record: &Value) -> bool {
        let image = &record["dynamodb"]["NewImage"];
        let (path, id) = self.by;
        let named = path.iter().fold(&image["body"], |value, member| &value["M"][member]);
        record["eventName"] == self.event_name && image["kind"]["S"] == self.kind && named["S"] == id
    }
}

/// The last such record in the stream.
pub(super) async fn find(app: &App, aws: &SdkConfig, wanted: &Wanted<'_>) -> Result<Value, EventFailed> {
    let failed = |error: &dyn std::fmt::Display| EventFailed::Preparing(error.to_string());
    let arn = app.store.stream_arn().await.map_err(|error| failed(&error))?;
    let mut stream = Stream::new(aws_sdk_dynamodbstreams::Client::new(aws), arn);
    let mut last = None;
    loop {
        let records = stream.read().await.map_err(|error| failed(&error))?;
        if records.is_empty() {
            let (kind, event_name) = (wanted.kind, wanted.event_name);
            return last.ok_or_else(|| failed(&format!("the stream has no {event_name} of this {kind}")));
        }
        last = records.into_iter().rfind(|record| wanted.is(record)).or(last);
    }
}
