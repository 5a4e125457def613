//! Posting a webhook with the headers of Standard Webhooks.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use std::time::Duration;

use countersign_domain::delivery::AttemptResult;
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use countersign_domain::time::Timestamp;
use countersign_outbound::{Outbound, Unanswered};
use http::Request;

use crate::error::JobError;

/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// What posts webhooks.
pub(crate) struct Sender(Outbound);

/// What is posted.
pub(crate) struct Message<'a> {
    pub(crate) id: &'a str,
    pub(crate) url: &'a OutboundUrl,
    pub(crate) body: &'a str,
    pub(crate) timestamp: Timestamp,
    pub(crate) signature: &'a str,
}

impl Sender {
    pub(crate) fn new(loopback: Loopback) -> Result<Self, JobError> {
        Outbound::new("Countersign-Webhooks/1", TIMEOUT, loopback).map(Self).map_err(JobError::unexpected)
    }

    /// Posts `message`; what came of it is a result, and an error only if it cannot be written as a request.
    pub(crate) async fn post(&self, message: &Message<'_>) -> Result<AttemptResult, JobError> {
        let request = Request::post(message.url.url().as_str())
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp.secs())
            .header("webhook-signature", message.signature)
            .body(message.body.to_owned().into_bytes())
            .map_err(JobError::unexpected)?;
        Ok(match self.0.status(request).await {
            Ok(status) => AttemptResult::Status(status),
            Err(Unanswered::Forbidden) => AttemptResult::Forbidden,
            Err(problem) => AttemptResult::Unreachable(problem.to_string()),
        })
    }
}
