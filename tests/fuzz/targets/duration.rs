//! Durations as Request Origins write them.

#![no_main]

use countersign_domain::duration::parse;
use countersign_domain::time::Span;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let max = Span::hours(24);
    let Ok(span) = parse("duration", text, max) else { return };
    assert!(span > Span::millis(0) && span <= max);
    let (digits, unit) = text.split_at(text.len() - 1);
    let factor = match unit {
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        other => panic!("{other} is no unit"),
    };
    let number: i128 = digits.parse().expect("a duration begins with digits");
    assert_eq!(i128::from(span.as_millis()), number * factor);
    assert!(parse("duration", text, Span::millis(span.as_millis() - 1)).is_err());
    assert_eq!(parse("duration", &format!("{}s", span.as_secs_up()), max), Ok(span));
});
