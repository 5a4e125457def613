//! A delivery in the words of backends and administrators.

use countersign_domain::delivery::{Attempt, AttemptResult, Delivery, DeliveryState};
use countersign_domain::event::EventKind;
use serde::Serialize;

use crate::refusal::Timestamp3339;

/// A delivery with its attempts, without what is sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryView {
    id: String,
    event: EventKind,
    url: String,
    status: &'static str,
    created_at: Timestamp3339,
    next_attempt_at: Option<Timestamp3339>,
    attempts: Vec<AttemptView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttemptView {
    at: Timestamp3339,
    http_status: Option<u16>,
    problem: Option<String>,
}

impl DeliveryView {
    /// `delivery` as it is.
    pub fn of(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id.clone(),
            event: delivery.event,
            url: delivery.url.to_string(),
            status: delivery.state.name(),
            created_at: Timestamp3339(delivery.created_at),
            next_attempt_at: match delivery.state {
                DeliveryState::Due { at, .. } => Some(Timestamp3339(at)),
                _ => None,
            },
            attempts: delivery.attempts.iter().map(AttemptView::of).collect(),
        }
    }
}

impl AttemptView {
    fn of(attempt: &Attempt) -> Self {
        let (http_status, problem) = match &attempt.result {
            AttemptResult::Status(status) => (Some(*status), None),
            AttemptResult::Unreachable(problem) => (None, Some(problem.clone())),
            AttemptResult::KnownGone => {
                (None, Some("was not called: its receiver has answered 410 before".into()))
            }
            AttemptResult::Forbidden => (None, Some("leads to an address that must not be called".into())),
        };
        Self { at: Timestamp3339(attempt.at), http_status, problem }
    }
}
