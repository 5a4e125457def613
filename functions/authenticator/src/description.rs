//! What a challenge says, in the words of the Authenticator API: a title, and a description that version 2 shows as text,
//! HTML or payment, and version 1 as one text.

use countersign_domain::challenge::Challenge;
use countersign_domain::clean_html;
use countersign_domain::question::{Content, Template};
use countersign_domain::rich_text::RichText;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an app shows.
#[derive(Debug, PartialEq)]
pub(crate) struct Shown {
    /// Above everything.
    pub(crate) title: String,
    /// The rest.
    pub(crate) description: Description,
}

/// Version 2's description: any of these.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<Payment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<Extra>,
}

/// A payment. Everything is text, as the person reads it.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Payment {
    #[serde(skip_serializing_if = "Option::is_none")]
    payee: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange_rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// Where and when it began.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Extra {
    #[serde(skip_serializing_if = "Option::is_none")]
    action_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
}

/// What a Request Origin may write as custom content for this API.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Custom {
    title: Option<String>,
    description: Description,
}

/// As much of a challenge's document as is shown.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    content: Option<Content>,
    request_origin_name: Option<String>,
}

impl Shown {
    /// What `challenge` says.
    pub(crate) fn of(challenge: &Challenge) -> Self {
        let document: Document = serde_json::from_str(&challenge.document).unwrap_or_default();
        let message = challenge.approval.as_ref().and_then(|approval| approval.message.as_deref());
        let (title, description) = match (message, document.content) {
            (Some(message), _) => (None, Description::message(message)),
            (None, Some(Content::Template(template))) => {
                (Some(template.title.clone()), lines(&template).into())
            }
            (None, Some(Content::Text(text))) => (None, text.into()),
            (None, Some(Content::Custom(value))) => custom(value),
            (None, None) => (None, challenge.notification.body.clone().into()),
        };
        let titles = [title, Some(challenge.notification.title.clone()), document.request_origin_name];
        let title = titles.into_iter().flatten().find(|title| !title.is_empty());
        Self { title: title.unwrap_or_default(), description }
    }
}

impl From<String> for Description {
    fn from(text: String) -> Self {
        Self { text: Some(text), ..Self::default() }
    }
}

impl Description {
    /// The message of an approval, of the closed subset of HTML or plain.
    fn message(message: &str) -> Self {
        match RichText::parse("message", message.to_owned()) {
            Ok(rich) if rich.is_html() => Self { html: Some(clean_html::clean(message)), ..Self::default() },
            _ => message.to_owned().into(),
        }
    }

    fn is_empty(&self) -> bool {
        self.text.is_none() && self.html.is_none() && self.payment.is_none()
    }

    fn cleaned(mut self) -> Self {
        self.html = self.html.as_deref().map(clean_html::clean);
        self
    }

    /// As the one text of version 1, which shows HTML too. A payment comes after what is said about it, so that nobody
    /// confirms one that is out of sight.
    pub(crate) fn into_text(self) -> String {
        let lines = self.payment.map(Payment::into_lines).unwrap_or_default();
        let (said, payment, line_break) = match (self.html, self.text) {
            (Some(html), _) => {
                let lines = lines.iter().map(|line| clean_html::escape(line)).collect::<Vec<_>>();
                (html, lines.join("<br>"), "<br>")
            }
            (None, text) => (text.unwrap_or_default(), lines.join("\n"), "\n"),
        };
        let parts = [said, payment];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(line_break)
    }
}

impl Payment {
    fn into_lines(self) -> Vec<String> {
        let lines = [
            ("Payee", self.payee),
            ("Amount", self.amount),
            ("Account", self.account),
            ("Date", self.payment_date),
            ("Fee", self.fee),
            ("Exchange rate", self.exchange_rate),
            ("Reference", self.reference),
            ("Description", self.description),
        ];
        lines.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?))).collect()
    }
}

fn lines(template: &Template) -> String {
    let lines = template.keys.iter().map(|line| format!("{}: {}", line.key, line.value));
    lines.collect::<Vec<_>>().join("\n")
}

/// Content that was written for this API; any other is shown as the JSON that it is: what is signed must be in sight.
fn custom(value: Value) -> (Option<String>, Description) {
    match serde_json::from_value::<Custom>(value.clone()) {
        Ok(custom) if !custom.description.is_empty() => (custom.title, custom.description.cleaned()),
        // Parsed from the canonical document: its members are in order.
        _ => (None, value.to_string().into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::challenge;

    fn shown(content: Value) -> (Option<String>, Value, String) {
        let (title, description) = custom(content.clone());
        let (_, again) = custom(content);
        (title, json!(description), again.into_text())
    }

    #[test]
    fn content_for_this_api_is_shown_as_it_is_and_cleaned() {
        let (title, description, text) = shown(json!({
            "title": "Pay?",
            "description": { "html": "<p onclick=x>a<script>b</script></p>", "payment": { "payee": "A & <b>" } },
        }));
        assert_eq!(title.as_deref(), Some("Pay?"));
        assert_eq!(description, json!({ "html": "<p>a</p>", "payment": { "payee": "A & <b>" } }));
        assert_eq!(text, "<p>a</p><br>Payee: A &amp; &lt;b&gt;");
    }

    fn of(document: Value) -> (String, String) {
        let challenge = Challenge { document: document.to_string(), ..challenge() };
        let Shown { title, description } = Shown::of(&challenge);
        (title, description.into_text())
    }

    #[test]
    fn whatever_a_request_origin_asks_has_title_and_description() {
        let keys = json!([{ "key": "To", "value": "ACME" }, { "key": "Amount", "value": "120 EUR" }]);
        let template = json!({ "title": "Pay", "keys": keys });
        assert_eq!(of(json!({ "content": template })), ("Pay".into(), "To: ACME\nAmount: 120 EUR".into()));
        let text = json!({ "content": "Pay?", "requestOriginName": "Shop" });
        assert_eq!(of(text), ("Title".into(), "Pay?".into()));
        assert_eq!(of(json!({})), ("Title".into(), "Body".into()));
        let mut nameless = challenge();
        nameless.notification.title.clear();
        nameless.document = json!({ "content": "Pay?", "requestOriginName": "Shop" }).to_string();
        assert_eq!(Shown::of(&nameless).title, "Shop");
    }

    #[test]
    fn version_1_has_one_text() {
        let payment = json!({ "amount": "120 EUR", "payee": "ACME", "exchange_rate": "1" });
        for (description, expected) in [
            (json!({ "text": "a" }), "a"),
            (json!({ "text": "a", "html": "<b>b</b>" }), "<b>b</b>"),
            (json!({ "payment": payment }), "Payee: ACME\nAmount: 120 EUR\nExchange rate: 1"),
            (json!({ "text": "a", "payment": { "fee": "0" }, "extra": { "ip": "x" } }), "a\nFee: 0"),
        ] {
            assert_eq!(shown(json!({ "description": description })).2, expected);
        }
    }

    #[test]
    fn any_other_content_is_shown_whole() {
        for content in [
            json!({ "a": 1 }),
            json!([1, 2]),
            json!({ "title": "a" }),
            json!({ "description": "a" }),
            json!({ "description": {} }),
            json!({ "description": { "extra": { "ip": "x" } } }),
            json!({ "description": { "text": "a", "more": "b" } }),
            json!({ "description": { "text": 1 } }),
            json!({ "description": { "payment": { "amount": 1 } } }),
            json!({ "description": { "text": "a" }, "amount": "120 EUR" }),
        ] {
            assert_eq!(
                shown(content.clone()),
                (None, json!({ "text": content.to_string() }), content.to_string())
            );
        }
    }
}
