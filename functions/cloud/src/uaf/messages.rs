//! What goes over the wire around UAF messages (FIDO UAF Application API and Transport Binding, HTTPS transport).

use std::borrow::Cow;

use countersign_domain::invalid::Invalid;
use countersign_domain::time::Span;
use countersign_lambda::dialect::FIDO_UAF;
use countersign_lambda::{Refusal, Reply};
use countersign_uaf::messages::Operation;
use countersign_uaf::status::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::refused::Failed;

/// What an app asks for (dictionary GetUAFRequest).
#[derive(Deserialize)]
#[serde(from = "Map<String, Value>")]
pub(crate) struct GetRequest {
    op: Option<Value>,
    context: Option<Value>,
}

impl From<Map<String, Value>> for GetRequest {
    fn from(mut members: Map<String, Value>) -> Self {
        Self { op: members.remove("op"), context: members.remove("context") }
    }
}

impl GetRequest {
    /// The context, of a request for `operation`.
    pub(crate) fn context<C: DeserializeOwned + Default>(&self, operation: &str) -> Result<C, Invalid> {
        if self.op.as_ref().is_some_and(|op| op != operation) {
            return Err(Invalid::new("op", format!("is not {operation}")));
        }
        context(self.context.clone())
    }
}

/// A context is an object, or the text of one: the specification has it as text, and many write an object.
fn context<C: DeserializeOwned + Default>(value: Option<Value>) -> Result<C, Invalid> {
    let wrong = |_| Invalid::new("context", "is not a JSON object, or the text of one, as this call has it");
    let value = match value {
        None | Some(Value::Null) => return Ok(C::default()),
        Some(Value::String(text)) if text.is_empty() => return Ok(C::default()),
        Some(Value::String(text)) => serde_json::from_str(&text).map_err(wrong)?,
        Some(value) => value,
    };
    // A struct could be read from an array as well.
    if !value.is_object() {
        return Err(Invalid::new("context", "is not a JSON object"));
    }
    serde_json::from_value(value).map_err(wrong)
}

/// An answer (dictionary SendUAFResponse), or the UAF message without anything around it.
#[derive(Deserialize)]
#[serde(from = "Value")]
pub(crate) struct SendResponse {
    uaf_response: Option<Value>,
    context: Option<Value>,
}

impl From<Value> for SendResponse {
    fn from(value: Value) -> Self {
        match value {
            Value::Object(mut members) => {
                Self { uaf_response: members.remove("uafResponse"), context: members.remove("context") }
            }
            message => Self { uaf_response: Some(message.to_string().into()), context: None },
        }
    }
}

impl SendResponse {
    /// The UAF message.
    pub(crate) fn message(&self) -> Result<&str, Invalid> {
        match &self.uaf_response {
            Some(Value::String(message)) => Ok(message),
            None => Err(Invalid::new("uafResponse", "is missing")),
            Some(_) => Err(Invalid::new("uafResponse", "is not the text of a UAF message")),
        }
    }

    /// What the app says beside it.
    pub(crate) fn context<C: DeserializeOwned + Default>(&self) -> Result<C, Invalid> {
        context(self.context.clone())
    }
}

/// What is asked (dictionary ReturnUAFRequest).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReturnRequest {
    status_code: u16,
    uaf_request: String,
    op: Operation,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifetime_millis: Option<i64>,
    /// Ours: the operation, as the backend knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_id: Option<String>,
    /// Ours: who is asked, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) username: Option<String>,
    /// Ours: what is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// Ours: whether the person must say yes before the authenticator asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prompt: Option<bool>,
}

impl ReturnRequest {
    /// `uaf_request` may be answered for `lifetime`.
    pub(crate) fn new(op: Operation, uaf_request: String, lifetime: Option<Span>) -> Self {
        Self {
            status_code: StatusCode::Ok.code(),
            uaf_request,
            op,
            lifetime_millis: lifetime.map(Span::as_millis),
            transaction_id: None,
            username: None,
            message: None,
            prompt: None,
        }
    }
}

/// What became of an answer (dictionary ServerResponse).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerResponse {
    status_code: StatusCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    additional_tokens: Vec<AdditionalToken>,
}

/// A token for the app or its backend (dictionary Token).
#[derive(Serialize)]
pub(crate) struct AdditionalToken {
    #[serde(rename = "type")]
    kind: &'static str,
    value: String,
}

impl std::fmt::Debug for AdditionalToken {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AdditionalToken(…)")
    }
}

impl ServerResponse {
    /// It was taken. `tokens` are JWTs.
    pub(crate) fn ok(tokens: impl IntoIterator<Item = String>) -> Self {
        let tokens = tokens.into_iter().map(|value| AdditionalToken { kind: "JWT", value });
        Self { status_code: StatusCode::Ok, description: None, additional_tokens: tokens.collect() }
    }

    /// What to answer to what came of an answer.
    pub(crate) fn reply(answered: Result<Self, Failed>) -> Result<Reply<Self>, Refusal> {
        let response = match answered {
            Ok(response) => response,
            Err(Failed::Call(refusal)) => return Err(refusal),
            Err(Failed::Uaf { status, description }) => {
                tracing::info!(status = status.code(), description, "refused");
                Self {
                    status_code: status,
                    description: Some(description.into()),
                    additional_tokens: Vec::new(),
                }
            }
        };
        Ok(Reply::ok(response).media_type(FIDO_UAF))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Context {
        username: Option<String>,
    }

    fn asked(value: Value) -> Result<Context, Invalid> {
        serde_json::from_value::<GetRequest>(value).unwrap().context("Auth")
    }

    #[test]
    fn a_context_is_an_object_or_the_text_of_one() {
        let ann = Context { username: Some("ann".into()) };
        assert_eq!(asked(json!({"op": "Auth", "context": {"username": "ann"}})), Ok(ann));
        let text = json!({"username": "ann"}).to_string();
        assert_eq!(asked(json!({"context": text})).unwrap().username.as_deref(), Some("ann"));
        for nothing in [json!({}), json!({"context": null}), json!({"context": ""})] {
            assert_eq!(asked(nothing), Ok(Context::default()));
        }
        for wrong in
            [json!([]), json!("["), json!("[\"ann\"]"), json!(["ann"]), json!({"username": 1}), json!(1)]
        {
            assert_eq!(asked(json!({"context": wrong})).unwrap_err().field, "context", "{wrong}");
        }
        assert_eq!(asked(json!({"op": "Reg"})).unwrap_err().field, "op");
        assert!(serde_json::from_value::<GetRequest>(json!(["Auth", {}])).is_err());
    }

    #[test]
    fn a_message_comes_in_its_dictionary_or_bare() {
        let read = |value: Value| serde_json::from_value::<SendResponse>(value).unwrap();
        assert_eq!(read(json!({"uafResponse": "[1]"})).message(), Ok("[1]"));
        assert_eq!(read(json!([1])).message(), Ok("[1]"));
        assert!(read(json!({})).message().is_err());
        assert!(read(json!({"uafResponse": [1]})).message().is_err());
    }
}
