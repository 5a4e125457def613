//! Sealed values: a text as it comes, and the same text sealed well.

#![no_main]

use std::sync::OnceLock;

use countersign_crypto::sealing::{NotOpened, Owner, Sealed, SealingKeys};
use countersign_fuzz::samples::Always;
use countersign_fuzz::{reread, tampering};
use libfuzzer_sys::fuzz_target;

const OWNER: Owner<'_> = Owner::new("request-origin", "1", "hmac-secret");

fn ring() -> &'static SealingKeys {
    static RING: OnceLock<SealingKeys> = OnceLock::new();
    RING.get_or_init(|| SealingKeys::generate(&Always(1)).rotated(&Always(2)))
}

fuzz_target!(|text: &str| {
    if let Ok(sealed) = text.parse::<Sealed>() {
        assert_eq!(sealed.to_string(), text);
        assert_eq!(reread(&sealed), sealed);
        let kid = sealed.kid();
        assert!(!kid.is_empty() && text.starts_with(kid));
        let refused = ring().open(&sealed, &OWNER).expect_err("nobody else can seal");
        assert_eq!(refused == NotOpened::Altered, ring().has(kid));
    }

    // The nonce may be the same each time: these values protect nothing.
    let sealed = ring().seal(text.as_bytes(), &OWNER, &Always(3));
    let read: Sealed = sealed.as_str().parse().expect("what was sealed can be read");
    assert_eq!(ring().open_text(&read, &OWNER).expect("what was sealed can be opened").expose(), text);
    for owner in [
        Owner::new("request-origin", "2", "hmac-secret"),
        Owner::new("request-origin", "1", "webhook-secret"),
        Owner::new("request-origin1", "", "hmac-secret"),
    ] {
        assert_eq!(ring().open(&read, &owner).unwrap_err(), NotOpened::Altered);
    }
    if let Some(other) = tampering::altered(sealed.as_str(), text.as_bytes())
        && let Ok(other) = other.parse::<Sealed>()
    {
        assert!(ring().open(&other, &OWNER).is_err());
    }
});
