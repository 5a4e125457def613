//! HTML that an app of the Authenticator API is shown: what is left has nothing but formatted text.

#![no_main]

use countersign_domain::clean_html::{clean, escape};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|html: &str| {
    let cleaned = clean(html);
    assert_eq!(clean(&cleaned), cleaned, "what is clean stays as it is");
    for tag in cleaned.split('<').skip(1) {
        let (name, _) = tag.split_once('>').expect("a tag ends");
        let name = name.strip_prefix('/').unwrap_or(name);
        let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        assert!(!name.is_empty() && plain, "a tag has a name and no attributes");
        assert!(!["script", "style", "iframe", "a", "img", "svg", "form"].contains(&name));
    }
    assert!(!escape(html).contains(['<', '>']));
});
