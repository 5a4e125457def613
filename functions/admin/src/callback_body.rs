//! An entry of a Request Origin's whitelist, as it is written and shown.

use countersign_domain::callback::{CallbackKind, CallbackRule};
use countersign_domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallbackBody {
    callback_url: String,
    /// `result` where it is not said.
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl CallbackBody {
    /// The rule.
    pub(crate) fn rule(&self) -> Result<CallbackRule, Invalid> {
        let kind = self.kind.as_deref().map(|text| CallbackKind::parse("type", text)).transpose()?;
        CallbackRule::parse("callbackUrl", kind.unwrap_or(CallbackKind::Result), &self.callback_url)
    }
}

/// As it is kept.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallbackView {
    callback_url: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl From<&CallbackRule> for CallbackView {
    fn from(rule: &CallbackRule) -> Self {
        Self { callback_url: rule.to_string(), kind: rule.kind.name() }
    }
}
