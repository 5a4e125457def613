//! The callback whitelist. Lines: rule, URL.

#![no_main]

use countersign_domain::callback::{CallbackKind, CallbackRule};
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use countersign_fuzz::{lines, reread};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|text: &str| {
    let Some([rule_text, url]) = lines(text) else { return };
    let Ok(rule) = CallbackRule::parse("callbackUrl", CallbackKind::Result, rule_text) else { return };
    assert_eq!(reread(&rule), rule);
    // Read by itself, so that a slip in the rule's own reading shows.
    let host = Url::parse(&format!("https://{}", rule_text.replace("{*}", "any")))
        .expect("a rule is a host and path");

    let literal = format!("https://{rule_text}");
    if !rule_text.contains("{*}")
        && let Ok(itself) = OutboundUrl::parse("callback", &literal, Loopback::Allowed)
    {
        assert!(rule.allows(&itself), "a rule without {{*}} allows what it says");
    }

    let Ok(callback) = OutboundUrl::parse("callback", url, Loopback::Refused) else { return };
    if !rule.allows(&callback) {
        return;
    }
    let callback = callback.url();
    assert_eq!(callback.host(), host.host());
    assert_eq!(callback.port_or_known_default(), host.port_or_known_default());
    assert_eq!(callback.path().matches('/').count(), host.path().matches('/').count());
    let parts = callback.path().split('/').zip(host.path().split('/'));
    for (segment, part) in parts {
        assert!(segment == part || (rule_text.contains("{*}") && part == "any"), "{segment:?} {part:?}");
        assert!(part != "any" || (!segment.is_empty() && segment != ".."));
    }
});
