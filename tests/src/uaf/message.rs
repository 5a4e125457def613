//! What an app reads of a UAF request before its client does: whose it is, and what will be shown.

use countersign_crypto::digest::Digest;
use countersign_crypto::encoding::from_base64url;
use countersign_domain::rich_text::RichText;
use serde_json::Value;

use crate::device::error::CallError;

/// As much of a UAF request as an app needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Peek {
    /// The operation.
    pub(crate) op: String,
    /// The application id: where the trusted facets are.
    pub(crate) app_id: String,
    /// The text that is to be confirmed.
    pub(crate) text: Option<String>,
}

impl Peek {
    /// Reads the first entry of the message, which this service makes the only one.
    pub(crate) fn at(uaf_request: &str) -> Result<Self, CallError> {
        let wrong = CallError::NotTheProtocol("the UAF request is not as it should be");
        let Ok(message) = serde_json::from_str::<Value>(uaf_request) else { return Err(wrong) };
        let member = |name: &str| message[0]["header"][name].as_str().map(str::to_owned);
        let (Some(op), Some(app_id)) = (member("op"), member("appID")) else { return Err(wrong) };
        let content = &message[0]["transaction"][0]["content"];
        let text = match content {
            Value::Null => None,
            content => {
                let bytes = content.as_str().and_then(|text| from_base64url(text).ok());
                match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
                    Some(text) => Some(text),
                    None => return Err(wrong),
                }
            }
        };
        Ok(Self { op, app_id, text })
    }
}

/// Whether the text that is signed stands for this message: it is the message without tags, or the message's digest where
/// that is no short ASCII.
pub(crate) fn stands_for(text: &str, message: &str) -> bool {
    let Ok(rich) = RichText::parse("message", message.to_owned()) else { return false };
    text == rich.plain() || text == format!("Message SHA-256 {}", Digest::of(message.as_bytes()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_text_is_the_first_form_of_the_transaction() {
        let mut request = json!([{ "header": { "op": "Auth", "appID": "https://a.example/f" } }]);
        let peek = |request: &Value| Peek::at(&request.to_string());
        assert_eq!(
            peek(&request).unwrap(),
            Peek { op: "Auth".into(), app_id: "https://a.example/f".into(), text: None }
        );
        request[0]["transaction"] = json!([{ "contentType": "text/plain", "content": "UGF5" }]);
        assert_eq!(peek(&request).unwrap().text.as_deref(), Some("Pay"));
        for (path, value) in [
            ("/0/transaction/0/content", json!(1)),
            ("/0/transaction/0/content", json!("=")),
            ("/0/transaction/0/content", json!("_w")),
            ("/0/header", json!({})),
            ("/0/header/op", json!(1)),
            ("/0", json!(1)),
        ] {
            let mut wrong = request.clone();
            *wrong.pointer_mut(path).unwrap() = value;
            assert!(peek(&wrong).is_err(), "{path}");
        }
    }

    #[test]
    fn a_digest_stands_for_its_own_message_only() {
        assert!(stands_for("Pay 1", "Pay 1"));
        assert!(!stands_for("Pay 1", "Pay 2"));
        assert!(stands_for("Pay 1", "<html>Pay <b>1</b></html>"));
        assert!(!stands_for("Pay 1", "<html>Pay <b>2</b></html>"));
        // SHA-256 of "abc" (FIPS 180-2, appendix B.1).
        let digest = "Message SHA-256 ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        assert!(stands_for(digest, "abc"));
        assert!(!stands_for(digest, "abd"));
    }
}
