//! A challenge in the words of the Device API.

use countersign_domain::challenge::Challenge;
use countersign_lambda::refusal::Timestamp3339;
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct ChallengeView {
    guid: String,
    status: &'static str,
    document: String,
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(rename = "expiresAt")]
    expires_at: Timestamp3339,
}

impl ChallengeView {
    /// A challenge as it is; only an open one can be answered, so only that one has a nonce.
    pub(crate) fn of(challenge: &Challenge) -> Self {
        Self {
            guid: challenge.id.to_string(),
            status: challenge.state.name(),
            document: challenge.document.clone(),
            digest: challenge.digest.clone(),
            nonce: challenge.state.is_open().then(|| challenge.nonce.clone()),
            expires_at: Timestamp3339(challenge.expires_at),
        }
    }
}
