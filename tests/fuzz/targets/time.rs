//! Times in RFC 3339.

#![no_main]

use countersign_domain::time::{Span, Timestamp};
use libfuzzer_sys::fuzz_target;

/// The years that RFC 3339 can write, in milliseconds since the epoch.
const YEARS: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

fuzz_target!(|text: &str| {
    if let Ok(number) = text.parse::<i64>() {
        check(Timestamp::from_millis(number));
        check(Timestamp::from_secs(number) + Span::days(number));
        let retry = Span::millis(number).as_secs_up();
        assert!(retry >= 0 && (number <= 0) == (retry == 0));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        check(at);
    }
});

fn check(at: Timestamp) {
    let printed = at.to_string();
    assert_eq!(printed.len(), "2026-11-22T10:00:00.000Z".len());
    let read: Timestamp = printed.parse().expect("what was written can be read");
    assert_eq!(read.millis(), at.millis().clamp(*YEARS.start(), *YEARS.end()));
}
