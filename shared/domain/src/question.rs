//! What is asked, and the answers that are offered.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{AppSpaceId, ChallengeId, RequestOriginId};
use crate::invalid::Invalid;
use crate::text;
use crate::time::Timestamp;

/// Most bytes of content, as JSON.
pub const CONTENT_MAX: usize = 16 * 1024;
/// Most bytes of additional info, as JSON.
pub const ADDITIONAL_INFO_MAX: usize = 4 * 1024;
/// Most options of one question.
pub const OPTIONS_MAX: usize = 10;

/// What is shown to the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// A title and lines of key and value, laid out by the app.
    Template(Template),
    /// Plain text.
    Text(String),
    /// Whatever the app of this App Space understands.
    Custom(Value),
}

/// `{"title", "keys": [{"key", "value"}]}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What stands above the lines.
    pub title: String,
    /// The lines, in order.
    pub keys: Vec<TemplateLine>,
}

/// One line of a [`Template`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateLine {
    /// E.g. `Amount`.
    pub key: String,
    /// E.g. `120.00 EUR`.
    pub value: String,
}

impl Template {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let lines = self.keys.iter().flat_map(|line| [line.key.as_str(), line.value.as_str()]);
        std::iter::once(self.title.as_str()).chain(lines)
    }
}

impl Content {
    /// Takes the value of `field`: a template, any other JSON, or text. Text that is itself a JSON template is
    /// one: form bodies can say it in no other way.
    pub fn parse(field: &'static str, value: Value) -> Result<Self, Invalid> {
        let content = match value {
            Value::String(text) => match serde_json::from_str::<Template>(&text) {
                Ok(template) => Self::Template(template),
                Err(_) => Self::Text(text::paragraph(field, text, CONTENT_MAX)?),
            },
            Value::Object(_) | Value::Array(_) => match serde_json::from_value::<Template>(value.clone()) {
                Ok(template) => Self::Template(template),
                Err(_) => Self::Custom(value),
            },
            _ => return Err(Invalid::new(field, "is neither text nor a JSON object")),
        };
        if let Self::Template(template) = &content
            && !template.texts().all(text::is_printable)
        {
            return Err(Invalid::new(field, "has a control character"));
        }
        if let Self::Custom(value) = &content {
            check_numbers(field, value)?;
        }
        if json_len(&content) > CONTENT_MAX {
            return Err(Invalid::new(field, format!("has more than {CONTENT_MAX} bytes")));
        }
        Ok(content)
    }
}

/// Checks opaque JSON that is only echoed.
pub fn additional_info(field: &'static str, value: Value) -> Result<Value, Invalid> {
    check_numbers(field, &value)?;
    if json_len(&value) > ADDITIONAL_INFO_MAX {
        return Err(Invalid::new(field, format!("has more than {ADDITIONAL_INFO_MAX} bytes")));
    }
    Ok(value)
}

/// Refuses numbers that canonical JSON would write as others: it knows doubles only (RFC 8785, section 3.2.2.3), whose
/// integers are exact up to 2^53 - 1 (RFC 7493, section 2.2). What is signed must be what was asked.
fn check_numbers(field: &'static str, value: &Value) -> Result<(), Invalid> {
    const EXACT_MAX: f64 = 9_007_199_254_740_991.0;
    match value {
        Value::Number(number) if number.as_f64().is_none_or(|number| number.abs() > EXACT_MAX) => {
            Err(Invalid::new(field, "has a number beyond 2^53 - 1; write it as text"))
        }
        Value::Array(items) => items.iter().try_for_each(|item| check_numbers(field, item)),
        Value::Object(members) => members.values().try_for_each(|member| check_numbers(field, member)),
        _ => Ok(()),
    }
}

fn json_len(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |text| text.len())
}

/// One possible answer: a button of the Request Origin API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerOption {
    /// What stands on the button.
    pub title: String,
    /// Whether the answer must be signed by the strong key.
    pub strong_auth: bool,
    /// How the app draws it; opaque here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
}

impl AnswerOption {
    /// What is offered when the Request Origin does not say: Approve (strong) and Reject.
    pub fn default_pair() -> Vec<Self> {
        vec![
            Self { title: "Approve".into(), strong_auth: true, style: None },
            Self { title: "Reject".into(), strong_auth: false, style: None },
        ]
    }

    /// Checks one option. Its field names are given by whoever knows the caller's words.
    pub fn parse(title: String, strong_auth: bool, style: Option<String>) -> Result<Self, Invalid> {
        let title = text::line("title", title, 100)?;
        let style = style.map(|style| text::line("style", style, 100)).transpose()?;
        Ok(Self { title, strong_auth, style })
    }
}

/// What the device shows, whole, and what its person's answer refers to by digest.
///
/// It is written once, as RFC 8785 canonical JSON, when the challenge is made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document<'a> {
    /// The challenge.
    pub challenge: ChallengeId,
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// Who asks; nobody where the user's own app began, or an administrator asks by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_origin: Option<RequestOriginId>,
    /// Who asks, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_origin_name: Option<&'a str>,
    /// What is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<&'a Content>,
    /// What the Request Origin adds for the app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_info: Option<&'a Value>,
    /// The Request Origin's own number of the matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<&'a str>,
    /// The possible answers, in order.
    pub buttons: &'a [AnswerOption],
    /// Whether the person types the matching code that the Request Origin shows.
    pub show_code: bool,
    /// When it was asked, RFC 3339.
    #[serde(serialize_with = "rfc3339")]
    pub asked_at: Timestamp,
    /// When it expires, RFC 3339.
    #[serde(serialize_with = "rfc3339")]
    pub expires_at: Timestamp,
}

fn rfc3339<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.rfc3339())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn content_is_a_template_text_or_custom_json() {
        let template = json!({"title": "Pay", "keys": [{"key": "To", "value": "ACME"}]});
        assert!(matches!(Content::parse("content", template.clone()), Ok(Content::Template(_))));
        assert!(matches!(
            Content::parse("content", Value::String(template.to_string())),
            Ok(Content::Template(_))
        ));
        assert_eq!(Content::parse("content", json!("Pay?")), Ok(Content::Text("Pay?".into())));
        assert_eq!(Content::parse("content", json!({"a": 1})), Ok(Content::Custom(json!({"a": 1}))));
    }

    #[test]
    fn content_that_cannot_be_shown_is_refused() {
        for value in [
            json!(null),
            json!(1),
            json!(true),
            json!(""),
            json!("a\u{0}"),
            json!({"title": "a\u{0}", "keys": []}),
            json!({"title": "a", "keys": [{"key": "b", "value": "\u{8}"}]}),
            json!("x".repeat(CONTENT_MAX + 1)),
            json!({"a": "x".repeat(CONTENT_MAX)}),
            json!({"a": [9_007_199_254_740_993_u64]}),
            json!([-1e300]),
        ] {
            assert_eq!(Content::parse("content", value).unwrap_err().field, "content");
        }
    }

    #[test]
    fn content_comes_back_from_its_json_as_it_was() {
        for value in
            [json!("Pay?"), json!({"title": "Pay", "keys": []}), json!({"title": "Pay"}), json!([1, 2])]
        {
            let content = Content::parse("content", value.clone()).unwrap();
            let written = serde_json::to_value(&content).unwrap();
            assert_eq!(written, value);
            assert_eq!(serde_json::from_value::<Content>(written).unwrap(), content);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in ".*") {
            let _ = Content::parse("content", Value::String(text));
        }
    }
}
