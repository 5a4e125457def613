//! A challenge in the words of the Request Origin API: what `getRequest` answers and what a callback receives.

use countersign_domain::answer::{DeclineReason, Evidence};
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::event::EventKind;
use countersign_domain::question::AnswerOption;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::refusal::Timestamp3339;

/// The whole request. Numbers of `statusId`: 1 claimable, 3 pending, 4 answered, 5 declined, 6 failed, 7 cancelled, 8 expired.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessedRequest {
    /// In a callback: what happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventKind>,
    guid: String,
    transaction_id: Option<String>,
    status: &'static str,
    status_id: u8,
    account_id: Option<String>,
    privakey_id: Option<String>,
    content: Option<Value>,
    additional_info: Option<Value>,
    buttons: Vec<AnswerOption>,
    button_selected: Option<usize>,
    decline_reason: Option<&'static str>,
    show_code: bool,
    callback: Option<String>,
    created_at: Timestamp3339,
    expires_at: Timestamp3339,
    processed_at: Option<Timestamp3339>,
    document_digest: String,
    evidence: Option<EvidenceView>,
}

/// What proves an answer: verifiable without asking anybody.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EvidenceView {
    device_guid: String,
    key_thumbprint: String,
    key: Value,
    document: String,
    answer: String,
    receipt: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    content: Option<Value>,
    additional_info: Option<Value>,
}

impl ProcessedRequest {
    /// `challenge` as it is.
    pub fn of(challenge: &Challenge) -> Self {
        let shown = serde_json::from_str(&challenge.document)
            .unwrap_or(Shown { content: None, additional_info: None });
        let (button_selected, decline_reason) = match &challenge.state {
            ChallengeState::Answered { option, .. } => (Some(*option), None),
            ChallengeState::Declined { reason, .. } => (None, Some(DeclineReason::name(*reason))),
            _ => (None, None),
        };
        Self {
            event: None,
            guid: challenge.id.to_string(),
            transaction_id: challenge.transaction_id.clone(),
            status: challenge.state.name(),
            status_id: status_id(&challenge.state),
            account_id: challenge.account_id.as_ref().map(ToString::to_string),
            privakey_id: challenge.user().map(|user| user.to_string()),
            content: shown.content,
            additional_info: shown.additional_info,
            buttons: challenge.options.clone(),
            button_selected,
            decline_reason,
            show_code: challenge.matching_code.is_some(),
            callback: challenge.callback.as_ref().map(ToString::to_string),
            created_at: Timestamp3339(challenge.asked_at),
            expires_at: Timestamp3339(challenge.expires_at),
            processed_at: challenge.decided_at().map(Timestamp3339),
            document_digest: challenge.digest.clone(),
            evidence: challenge.evidence().map(|evidence| EvidenceView::of(evidence, challenge)),
        }
    }

    /// As a callback receives it.
    pub fn event(challenge: &Challenge, event: EventKind) -> Self {
        Self { event: Some(event), ..Self::of(challenge) }
    }
}

impl EvidenceView {
    fn of(evidence: &Evidence, challenge: &Challenge) -> Self {
        Self {
            device_guid: evidence.device.to_string(),
            key_thumbprint: evidence.key_thumbprint.clone(),
            key: serde_json::from_str(&evidence.key).unwrap_or_default(),
            document: challenge.document.clone(),
            answer: evidence.signed.text(),
            receipt: evidence.receipt.clone(),
        }
    }
}

/// Only 3 is published by the API that this speaks; the others are ours.
fn status_id(state: &ChallengeState) -> u8 {
    match state {
        ChallengeState::Claimable { .. } => 1,
        ChallengeState::Pending { .. } => 3,
        ChallengeState::Answered { .. } => 4,
        ChallengeState::Declined { .. } => 5,
        ChallengeState::Failed { .. } => 6,
        ChallengeState::Cancelled { .. } => 7,
        ChallengeState::Expired { .. } => 8,
    }
}
