//! Bodies and queries as operations get them: forms with bracketed names, and JSON.

#![no_main]

use countersign_fuzz::requests::request;
use countersign_fuzz::running::wait;
use countersign_lambda::{Call, Dialect, Refusal};
use http::Method;
use lambda_http::Request;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const FORM: &str = "application/x-www-form-urlencoded";

fuzz_target!(|text: &str| {
    let json = parse(request(Method::POST, "/api", "", "application/json", text.as_bytes()));
    match (&json, serde_json::from_str::<Value>(text)) {
        (Some(read), Ok(value)) => assert_eq!(read, &value),
        (Some(read), Err(_)) => {
            assert!(text.is_empty() && read.as_object().is_some_and(serde_json::Map::is_empty))
        }
        (None, Ok(value)) => assert!(!value.is_object()),
        (None, Err(_)) => {}
    }

    let form = parse(request(Method::POST, "/api", "", FORM, text.as_bytes()));
    let query = parse(request(Method::GET, "/api", text, "application/json", b""));
    assert_eq!(query, form, "a query says what a form says");
    let Some(form) = form else { return };
    let mut fields = Vec::new();
    fields_of(&form, String::new(), 0, &mut fields);
    let written = fields.join("&");
    // Written anew it may be longer than a body may be.
    if written.len() < 60_000 {
        assert_eq!(
            parse(request(Method::POST, "/api", "", FORM, written.as_bytes())),
            Some(form),
            "{written}"
        );
    }
});

fn parse(request: Request) -> Option<Value> {
    match wait(Call::<Value>::parse(request, Dialect::Countersign)) {
        Ok(call) => Some(call.body),
        Err(refusal) => {
            assert!(!matches!(refusal, Refusal::Internal | Refusal::Unavailable));
            let told = refusal.tell();
            assert!(told.status.is_client_error());
            None
        }
    }
}

/// The fields that make `value`. Only texts stand at its ends.
fn fields_of(value: &Value, name: String, depth: usize, fields: &mut Vec<String>) {
    assert!(depth <= 5);
    match value {
        Value::String(text) => fields.push(format!("{}={}", encoded(&name), encoded(text))),
        Value::Array(items) => {
            assert!((1..=100).contains(&items.len()));
            for (index, item) in items.iter().enumerate() {
                fields_of(item, format!("{name}[{index}]"), depth + 1, fields);
            }
        }
        Value::Object(members) => {
            // What comes first says whether it is a list, so members that could be places in one come last.
            let is_place = |member: &str| member.is_empty() || member.parse::<usize>().is_ok();
            let (places, names): (Vec<_>, Vec<_>) = members.iter().partition(|(member, _)| is_place(member));
            for (member, value) in names.into_iter().chain(places) {
                let name = if depth == 0 { member.clone() } else { format!("{name}[{member}]") };
                fields_of(value, name, depth + 1, fields);
            }
        }
        other => panic!("{other} is in a form"),
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
