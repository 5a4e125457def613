//! A challenge in the words of the administration API.

use countersign_domain::answer::DeclineReason;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::question::{AnswerOption, Content};
use countersign_lambda::refusal::Timestamp3339;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChallengeView {
    guid: String,
    /// Nobody yet, of one that is to be claimed.
    user: Option<Asked>,
    /// Nobody's, where an administrator asked or the user's own app began.
    request_origin: Option<String>,
    /// What stands first in what is asked.
    title: Option<String>,
    /// All that is asked; null for those who may not see it.
    content: Option<Value>,
    buttons: Vec<AnswerOption>,
    button_selected: Option<usize>,
    status: &'static str,
    decline_reason: Option<&'static str>,
    show_code: bool,
    transaction_id: Option<String>,
    created_at: Timestamp3339,
    expires_at: Timestamp3339,
    decided_at: Option<Timestamp3339>,
    /// From the question to the outcome.
    answer_seconds: Option<i64>,
}

/// Who is asked.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    guid: String,
    /// As the user was called then.
    account_id: Option<String>,
}

/// The part of a document that is shown.
#[derive(Deserialize)]
struct Shown {
    content: Option<Content>,
}

impl ChallengeView {
    /// `challenge` as it is now, with what it asks where `whole`.
    pub(crate) fn of(challenge: &Challenge, whole: bool) -> Self {
        let shown = serde_json::from_str(&challenge.document).unwrap_or(Shown { content: None });
        let (button_selected, decline_reason) = match &challenge.state {
            ChallengeState::Answered { option, .. } => (Some(*option), None),
            ChallengeState::Declined { reason, .. } => (None, Some(DeclineReason::name(*reason))),
            _ => (None, None),
        };
        let decided_at = challenge.decided_at();
        Self {
            guid: challenge.id.to_string(),
            user: challenge.user().map(|user| Asked {
                guid: user.to_string(),
                account_id: challenge.account_id.as_ref().map(ToString::to_string),
            }),
            request_origin: challenge.origin.map(|origin| origin.to_string()),
            title: shown.content.as_ref().and_then(title),
            content: shown.content.filter(|_| whole).and_then(|content| serde_json::to_value(content).ok()),
            buttons: challenge.options.clone(),
            button_selected,
            status: challenge.state.name(),
            decline_reason,
            show_code: challenge.matching_code.is_some(),
            transaction_id: challenge.transaction_id.clone(),
            created_at: Timestamp3339(challenge.asked_at),
            expires_at: Timestamp3339(challenge.expires_at),
            decided_at: decided_at.map(Timestamp3339),
            answer_seconds: decided_at.map(|at| (at - challenge.asked_at).as_secs_up()),
        }
    }
}

fn title(content: &Content) -> Option<String> {
    match content {
        Content::Template(template) => Some(template.title.clone()),
        Content::Text(text) => text.lines().next().map(str::to_owned),
        Content::Custom(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_title_is_what_stands_first() {
        for (content, first) in [
            (json!("Pay 120 EUR?\nTo ACME."), Some("Pay 120 EUR?")),
            (json!({"title": "Pay", "keys": [{"key": "To", "value": "ACME"}]}), Some("Pay")),
            (json!({"amount": 120}), None),
        ] {
            let content = Content::parse("content", content).unwrap();
            assert_eq!(title(&content).as_deref(), first);
        }
    }
}
