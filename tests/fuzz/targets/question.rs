//! What is asked: content, additional info, buttons. One JSON object with these members, or text as the content.

#![no_main]

use countersign_crypto::digest::canonical_json;
use countersign_domain::question::{
    ADDITIONAL_INFO_MAX, AnswerOption, CONTENT_MAX, Content, Document, Template, additional_info,
};
use countersign_fuzz::{reread, samples};
use countersign_tests::device::document::ShownDocument;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let asked: Value = serde_json::from_str(text).unwrap_or_else(|_| serde_json::json!({ "content": text }));
    let content = asked.get("content").and_then(|value| Content::parse("content", value.clone()).ok());
    let info =
        asked.get("additionalInfo").and_then(|value| additional_info("additionalInfo", value.clone()).ok());
    let buttons: Vec<AnswerOption> =
        asked["buttons"].as_array().into_iter().flatten().filter_map(button).collect();
    if let Some(content) = &content {
        assert!(serde_json::to_string(content).is_ok_and(|json| json.len() <= CONTENT_MAX));
        assert_eq!(reread(content), *content);
        if let Content::Template(Template { title, keys }) = content {
            let texts = keys.iter().flat_map(|line| [&line.key, &line.value]).chain([title]);
            assert!(texts.into_iter().all(|text| countersign_domain::text::is_printable(text)));
        }
    }
    if let Some(info) = &info {
        assert!(info.to_string().len() <= ADDITIONAL_INFO_MAX);
    }

    let document = canonical_json(&Document {
        challenge: samples::challenge_id(),
        app_space: samples::app_space_id(),
        request_origin: Some(samples::origin_id()),
        request_origin_name: Some("Bank"),
        content: content.as_ref(),
        additional_info: info.as_ref(),
        transaction_id: None,
        buttons: &buttons,
        show_code: false,
        asked_at: samples::NOW,
        expires_at: samples::NOW,
    })
    .expect("what was taken has a canonical form");
    let value: Value = serde_json::from_str(&document).expect("canonical JSON is JSON");
    assert_eq!(canonical_json(&value).as_ref(), Ok(&document), "canonical JSON has one form");
    let shown: ShownDocument = serde_json::from_str(&document).expect("a device can read the document");
    assert_eq!(shown.buttons, buttons);
    match (&content, &shown.content) {
        (Some(Content::Custom(asked)), Some(Content::Custom(shown))) => {
            assert!(same(asked, shown), "{document}")
        }
        (asked, shown) => assert_eq!(asked, shown),
    }
    match (&info, &shown.additional_info) {
        (Some(asked), Some(shown)) => assert!(same(asked, shown), "{document}"),
        (asked, shown) => assert!(asked.as_ref().is_none_or(Value::is_null) && shown.is_none()),
    }
});

fn button(value: &Value) -> Option<AnswerOption> {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    AnswerOption::parse(text("title")?, value["strongAuth"].as_bool()?, text("style")).ok()
}

/// Whether two documents say the same; `1` and `1.0` are one number (RFC 8785, section 3.2.2.3).
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| same(one, other)))
        }
        (one, other) => one == other,
    }
}
