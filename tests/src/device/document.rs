//! What a challenge shows.

use countersign_domain::id::{AppSpaceId, ChallengeId, RequestOriginId};
use countersign_domain::question::{AnswerOption, Content};
use serde::Deserialize;
use serde_json::Value;

/// The document of a challenge, read. The app shows what stands here and nothing else.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownDocument {
    /// The challenge.
    pub challenge: ChallengeId,
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// Who asks; nobody where an administrator asks by hand.
    pub request_origin: Option<RequestOriginId>,
    /// Who asks, by name.
    pub request_origin_name: Option<String>,
    /// What is asked.
    pub content: Option<Content>,
    /// What the Request Origin adds for the app.
    pub additional_info: Option<Value>,
    /// The Request Origin's own number of the matter.
    pub transaction_id: Option<String>,
    /// The possible answers, in order.
    pub buttons: Vec<AnswerOption>,
    /// Whether the person types the matching code that the Request Origin shows.
    pub show_code: bool,
    /// When it was asked, RFC 3339.
    pub asked_at: String,
    /// When it expires, RFC 3339.
    pub expires_at: String,
}

impl ShownDocument {
    /// Who asks, as a person reads it.
    pub fn asker(&self) -> &str {
        self.request_origin_name.as_deref().unwrap_or("An administrator")
    }

    /// Whether the answer with this button must carry the matching code: with `showCode`, the buttons with
    /// `strongAuth` need it, or every button where none has `strongAuth`.
    pub fn needs_code(&self, button: usize) -> bool {
        let strong = |option: &AnswerOption| option.strong_auth;
        self.show_code && (self.buttons.get(button).is_some_and(strong) || !self.buttons.iter().any(strong))
    }
}
