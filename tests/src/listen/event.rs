//! The body of a webhook: an event with the processed request.

use serde::Deserialize;
use serde_json::Value;

use crate::plain;

/// What a receiver needs of an event. The rest of the processed request is passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    /// What happened, e.g. `challenge.answered`; not said by getRequest.
    #[serde(default)]
    pub(crate) event: String,
    /// The challenge.
    pub(crate) guid: String,
    /// Its status, in words or as a number.
    status: Option<Value>,
    /// The zero-based index of the button.
    button_selected: Option<u32>,
    /// The Request Origin's own number of the matter.
    transaction_id: Option<String>,
    /// SHA-256 of the document that was shown.
    pub(crate) document_digest: Option<String>,
    /// What proves the outcome.
    pub(crate) evidence: Option<Evidence>,
}

/// What proves an outcome.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Evidence {
    /// The device that answered.
    pub(crate) device_guid: Option<String>,
    /// RFC 7638 thumbprint of its key.
    pub(crate) key_thumbprint: Option<String>,
    /// That key, as a JWK: an object, or its text.
    pub(crate) key: Option<Value>,
    /// The device's own answer, a compact JWS.
    pub(crate) answer: Option<String>,
    /// The service's receipt, a compact JWS.
    pub(crate) receipt: Option<String>,
}

impl Event {
    /// Reads a body; nothing if it is no event.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// The challenge and what became of it, in one line.
    pub(crate) fn summary(&self) -> String {
        let mut text = plain::cut(&self.guid, 40);
        let mut add =
            |name: &str, value: String| text.push_str(&format!("  {name} {}", plain::cut(&value, 40)));
        match &self.status {
            Some(Value::String(status)) => add("status", status.clone()),
            Some(Value::Null) | None => {}
            Some(other) => add("status", other.to_string()),
        }
        if let Some(button) = self.button_selected {
            add("button", button.to_string());
        }
        if let Some(id) = &self.transaction_id {
            add("transaction", id.clone());
        }
        text
    }
}
