//! Durations as Request Origins write them.

use crate::invalid::Invalid;
use crate::time::Span;

/// Reads a duration such as `90s`, `2m` or `1h`: a whole number and one unit.
///
/// Zero, signs, fractions and other units are refused, and so is anything above `max`.
pub fn parse(field: &'static str, text: &str, max: Span) -> Result<Span, Invalid> {
    let malformed = || Invalid::new(field, "is not a duration such as 90s, 2m or 1h");
    let unit = text.chars().last().ok_or_else(malformed)?;
    let digits = &text[..text.len() - unit.len_utf8()];
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed());
    }
    let number: i64 = digits.parse().map_err(|_| Invalid::new(field, "is too long"))?;
    let span = match unit {
        's' => Span::secs(number),
        'm' => Span::minutes(number),
        'h' => Span::hours(number),
        _ => return Err(malformed()),
    };
    match span {
        span if span <= Span::millis(0) => Err(Invalid::new(field, "is zero")),
        span if span > max => Err(Invalid::new(field, "is too long")),
        span => Ok(span),
    }
}

/// A duration as [`parse`] reads it, in the largest unit that divides it. Parts of a second are dropped.
pub fn text(span: Span) -> String {
    match span.as_millis() / 1000 {
        secs if secs != 0 && secs % 3600 == 0 => format!("{}h", secs / 3600),
        secs if secs != 0 && secs % 60 == 0 => format!("{}m", secs / 60),
        secs => format!("{secs}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Span, Invalid> {
        parse("duration", text, Span::hours(24))
    }

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        assert_eq!(read("90s"), Ok(Span::secs(90)));
        assert_eq!(read("2m"), Ok(Span::minutes(2)));
        assert_eq!(read("24h"), Ok(Span::hours(24)));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "s",
            "90",
            "-1s",
            "+1s",
            "1.5m",
            "1d",
            "1 m",
            "m1",
            "1mm",
            "٣m",
            "99999999999999999999s",
            "25h",
            "0s",
            "1é",
        ] {
            let refused = read(text).expect_err(text);
            assert_eq!(refused.field, "duration");
        }
    }

    #[test]
    fn a_duration_is_written_in_its_largest_unit() {
        for written in ["1s", "90s", "2m", "90m", "1h", "24h"] {
            assert_eq!(text(read(written).unwrap()), written);
        }
        assert_eq!(text(Span::secs(3600)), "1h");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = read(&text);
        }
    }
}
