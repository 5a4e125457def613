//! Texts of SMS, and the phone numbers and user names that come with them.

#![no_main]

use countersign_domain::phone::PhoneNumber;
use countersign_domain::sms_text::SmsText;
use countersign_domain::text::AccountId;
use countersign_domain::username::Username;
use countersign_fuzz::reread;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(message) = SmsText::parse("message", text.to_owned()) {
        assert_eq!(message.as_str(), text);
        assert_eq!(reread(&message), message);
        let sent = message.with_code("012345");
        assert!(sent.contains("012345") && !sent.contains("{{CODE}}"));
        assert!(sent.chars().count() <= 459, "three messages hold no more");
        assert!(sent.chars().all(|c| c == '\n' || c == '\r' || !c.is_control()));
    }
    if let Ok(phone) = PhoneNumber::parse("phone", text.to_owned()) {
        assert_eq!(phone.as_str(), text);
        assert_eq!(reread(&phone), phone);
        let digits: u64 = text[1..].parse().expect("a phone number is + and digits");
        assert!((1_000_000..1_000_000_000_000_000).contains(&digits));
        assert!(!format!("{phone:?}").contains(&text[1..text.len() - 2]));
    }
    if let Ok(username) = Username::parse("username", text.to_owned()) {
        assert_eq!(username.as_str(), text);
        assert!(text.is_ascii() && text.len() <= 300);
        assert_eq!(AccountId::parse("username", text.to_owned()).as_ref(), Ok(username.account_id()));
    }
});
