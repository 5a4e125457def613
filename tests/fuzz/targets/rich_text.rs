//! Messages of approvals, plain or with tags.

#![no_main]

use countersign_domain::rich_text::RichText;
use countersign_fuzz::reread;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(message) = RichText::parse("message", text.to_owned()) else { return };
    assert_eq!(message.as_str(), text);
    assert_eq!(reread(&message), message);
    let plain = message.plain();
    assert!(!plain.is_empty());
    if !message.is_html() {
        assert_eq!(plain, text);
        return;
    }
    // A browser would see no tag but these, whatever it makes of the rest.
    let mut left = text.to_owned();
    for tag in ["html", "b", "em", "i", "strong", "u"] {
        assert_eq!(text.matches(&format!("<{tag}>")).count(), text.matches(&format!("</{tag}>")).count());
        left = left.replace(&format!("<{tag}>"), "").replace(&format!("</{tag}>"), "");
    }
    for tag in ["<br>", "<br/>", "<br />"] {
        left = left.replace(tag, "");
    }
    assert!(!left.contains('<'), "{left}");
    // What is plain can be written between tags again, and reads the same.
    let escaped = plain.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>");
    if let Ok(again) = RichText::parse("message", format!("<html>{escaped}</html>")) {
        assert_eq!(again.plain(), plain);
    }
});
