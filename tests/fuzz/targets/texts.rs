//! Short texts from outside: account ids, names, keys, tokens, scopes, schemes.

#![no_main]

use countersign_domain::app_space::AppProtocol;
use countersign_domain::device::DeviceName;
use countersign_domain::idempotency::IdempotencyKey;
use countersign_domain::identity_provider::Scopes;
use countersign_domain::text::{AccountId, PushToken, is_printable, line, paragraph};
use countersign_domain::user::UserInfo;
use countersign_fuzz::reread;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let whole = || text.to_owned();
    let (one_line, printable) = (line("field", whole(), 10_000), paragraph("field", whole(), 10_000));
    if let Ok(value) = &one_line {
        assert_eq!(value, text);
        assert!(!text.chars().any(char::is_control));
        assert_eq!(printable.as_deref(), Ok(text), "what fits in a line fits in a paragraph");
    }
    assert!(printable.is_err() || is_printable(text));
    let length = text.chars().count();
    let fits = |max| one_line.is_ok() && length <= max;

    let account_id = AccountId::parse("field", whole());
    assert_eq!(account_id.is_ok(), fits(300));
    if let Ok(account_id) = account_id {
        assert_eq!(account_id.as_str(), text);
        assert_eq!(account_id.to_string(), text);
        assert_eq!(reread(&account_id), account_id);
    }
    let name = DeviceName::parse("field", whole());
    assert_eq!(name.is_ok(), fits(64));
    assert!(name.is_ok_and(|name| reread(&name).as_str() == text) || !fits(64));
    let token = PushToken::parse("field", whole());
    assert_eq!(token.is_ok(), fits(4096));
    if let Ok(token) = token {
        assert_eq!(token.expose(), text);
        assert_eq!(format!("{token:?}"), "PushToken(…)");
    }
    let key = IdempotencyKey::parse(text);
    assert_eq!(key.is_ok(), fits(255));
    assert!(key.is_ok_and(|key| key.as_str() == text) || !fits(255));
    let info = UserInfo::parse("field", whole());
    assert_eq!(info.is_ok(), printable.is_ok() && length <= 2048);

    if let Ok(scheme) = AppProtocol::parse("field", text) {
        assert_eq!(scheme.as_str(), text.to_ascii_lowercase());
        assert_eq!(AppProtocol::parse("field", scheme.as_str()).as_ref(), Ok(&scheme));
        let link = format!("{}://st=1", scheme.as_str());
        let url = url::Url::parse(&link).expect("a scheme makes a URL");
        assert_eq!(url.scheme(), scheme.as_str());
        assert!(!["http", "https", "javascript", "data", "file"].contains(&url.scheme()));
    }
    if let Ok(scopes) = Scopes::parse("field", text) {
        let joined = scopes.iter().collect::<Vec<_>>().join(" ");
        assert_eq!(Scopes::parse("field", &joined).as_ref(), Ok(&scopes));
        assert!(scopes.iter().all(|scope| !scope.contains(['"', '\\', ' ']) && scope.is_ascii()));
    }
});
