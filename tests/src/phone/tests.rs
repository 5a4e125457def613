//! The commands without a service: what is chosen, and what is printed.

use countersign_crypto::digest::Digest;
use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::time::{Span, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{choose, show};
use crate::device::challenges::Challenge;
use crate::plain;

const GUID: &str = "0190d6a5-0000-7000-8000-000000000001";
const NOW: Timestamp = Timestamp::from_secs(1_795_341_600);

fn challenge(content: Value, buttons: Value, show_code: bool) -> Challenge {
    let mut document = json!({
        "challenge": GUID, "appSpace": GUID, "requestOrigin": GUID, "requestOriginName": "Demo Bank",
        "transactionId": "tx-1", "buttons": buttons, "showCode": show_code,
        "askedAt": "2026-11-22T10:00:00.000Z", "expiresAt": "2026-11-22T10:05:00.000Z",
    });
    if !content.is_null() {
        document["content"] = content;
    }
    let document = document.to_string();
    Challenge {
        guid: GUID.parse().unwrap(),
        status: "pending".into(),
        shown: serde_json::from_str(&document).unwrap(),
        digest: Digest::of(document.as_bytes()),
        document,
        nonce: Some("once".into()),
        expires_at: NOW + Span::secs(298),
    }
}

fn buttons(strong: &[bool]) -> Value {
    strong
        .iter()
        .enumerate()
        .map(|(i, strong)| json!({"title": format!("B{i}"), "strongAuth": strong}))
        .collect()
}

fn payment() -> Challenge {
    let content = json!({"title": "Pay", "keys": [
        {"key": "To", "value": "ACME"}, {"key": "Amount", "value": "120.00 EUR"}]});
    let buttons = json!([{"title": "Approve", "strongAuth": true}, {"title": "Reject", "strongAuth": false}]);
    challenge(content, buttons, true)
}

#[test]
fn a_challenge_is_shown_whole() {
    let text = show::challenge(&payment(), NOW);
    let expected = format!(
        "Demo Bank asks:\n  Pay\n    To      ACME\n    Amount  120.00 EUR\n\n\
         Buttons    0  Approve  (needs PIN or biometric and code)\n           1  Reject\n\
         Code       type the six digits that the other screen shows: --code 123456\n\
         Reference  tx-1\n\
         Asked      2026-11-22T10:00:00.000Z\n\
         Expires    2026-11-22T10:04:58.000Z (4 min 58 s left)\n\
         Status     pending\nChallenge  {GUID}\nDigest     {}\n",
        payment().digest
    );
    assert_eq!(text, expected);
}

#[test]
fn text_and_other_content_is_shown_whole_too() {
    let two = buttons(&[true, false]);
    let text = show::challenge(&challenge(json!("Pay\n120 EUR?"), two.clone(), false), NOW);
    assert!(text.contains("  Pay\n  120 EUR?\n"), "{text}");
    assert!(!text.contains("--code"), "{text}");
    let text = show::challenge(&challenge(json!({"pay": {"eur": 120}}), two.clone(), false), NOW);
    assert!(text.contains("    \"pay\": {\n      \"eur\": 120"), "{text}");
    let text = show::challenge(&challenge(Value::Null, two, false), NOW + Span::hours(1));
    assert!(text.contains("(no content)") && text.contains("(expired)"), "{text}");
}

#[test]
fn the_inbox_has_a_line_for_each_challenge() {
    assert_eq!(show::inbox(&[], NOW), "Nothing waits for an answer.\n");
    let long = challenge(json!("x".repeat(500)), buttons(&[false, false]), false);
    let text = show::inbox(&[payment(), long], NOW);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], format!("{GUID}  Demo Bank: Pay  4 min 58 s left"));
    assert_eq!(lines[1].chars().count(), plain::WIDTH);
    assert!(lines[2].starts_with("Next: "), "{text}");
}

#[test]
fn nothing_that_was_asked_steers_the_terminal() {
    let content = json!({"title": "\u{1b}[2J", "keys": [{"key": "\u{202e}a", "value": "b\u{7}"}]});
    let mut nasty = challenge(content, json!([{"title": "\u{1b}c", "strongAuth": false}]), false);
    nasty.shown.request_origin_name = Some("Evil\u{9b}".into());
    nasty.status = "\u{1b}".into();
    for text in [show::challenge(&nasty, NOW), show::inbox(&[nasty.clone()], NOW)] {
        assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text:?}");
    }
}

#[test]
fn the_only_pending_challenge_need_not_be_named() {
    assert_eq!(choose::only_pending(vec![payment()]), Ok(payment()));
    let none = choose::only_pending(vec![]).unwrap_err().to_string();
    assert!(none.contains("Nothing waits"), "{none}");
    let several = choose::only_pending(vec![payment(), payment()]).unwrap_err().to_string();
    assert!(several.starts_with("2 challenges wait") && several.contains("inbox"), "{several}");
}

#[test]
fn to_decline_presses_the_last_button_only_where_that_says_no_for_free() {
    let refusal =
        |strong: &[bool], code| choose::refusal(&challenge(Value::Null, buttons(strong), code).shown);
    assert_eq!(refusal(&[true, false], false), Answer::Option(1));
    assert_eq!(refusal(&[true, false], true), Answer::Option(1), "only strong buttons need the code");
    assert_eq!(refusal(&[false, false, false], false), Answer::Option(2));
    let declined = Answer::Decline(DeclineReason::Cancelled);
    assert_eq!(refusal(&[false, true], false), declined);
    assert_eq!(refusal(&[false, false], true), declined, "every button needs the code");
    assert_eq!(refusal(&[false], false), declined, "a single button says yes");
    assert_eq!(refusal(&[], false), declined);
}

#[test]
fn the_code_is_asked_for_where_it_is_needed() {
    let shown = |strong: &[bool], code| challenge(Value::Null, buttons(strong), code).shown;
    assert!(choose::code(&shown(&[true, false], true), 0, None).is_err());
    assert_eq!(choose::code(&shown(&[true, false], true), 1, None), Ok(None));
    assert!(choose::code(&shown(&[false, false], true), 1, None).is_err());
    assert_eq!(choose::code(&shown(&[true], true), 0, Some("123456")), Ok(Some("123456")));
    assert_eq!(choose::code(&shown(&[true], false), 0, None), Ok(None));
    assert!(choose::code(&shown(&[true], false), 0, Some("123456")).is_err());
}

proptest! {
    #[test]
    fn no_line_is_wider_than_a_hundred(
        title in ".{0,200}",
        key in ".{0,120}",
        value in ".{0,300}",
        button in ".{0,120}",
    ) {
        let content = json!({"title": title, "keys": [{"key": key, "value": value}]});
        let all = challenge(content, json!([{"title": button, "strongAuth": true}]), true);
        for line in show::challenge(&all, NOW).lines().chain(show::inbox(std::slice::from_ref(&all), NOW).lines()) {
            prop_assert!(line.chars().count() <= plain::WIDTH, "{}", line);
        }
    }
}
