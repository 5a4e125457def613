//! Which time a log export is about.

use countersign_domain::day;
use countersign_domain::invalid::Invalid;
use countersign_domain::time::{Span, Timestamp};

/// What is exported where nothing is said.
const DEFAULT: Span = Span::days(30);
/// The longest period of one export.
const MAX: Span = Span::days(90);
const DAY: Span = Span::days(1);

/// From the first moment to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Period {
    /// Reads `fromDate`, `toDate` (RFC 3339 times, or dates in UTC) and `timespan` (ISO 8601), which reaches back from
    /// `toDate`, or from now.
    pub(crate) fn parse(
        from: Option<&str>,
        to: Option<&str>,
        timespan: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, Invalid> {
        let to = match to {
            Some(text) => day::last_moment("toDate", text)?,
            None => now,
        };
        let from = match (from, timespan) {
            (Some(_), Some(_)) => return Err(Invalid::new("timespan", "excludes fromDate")),
            (Some(text), None) => day::first_moment("fromDate", text)?,
            (None, Some(text)) => to - span(text)?,
            (None, None) => to - DEFAULT,
        };
        if from > to {
            return Err(Invalid::new("fromDate", "is after toDate"));
        }
        if to - from > MAX {
            return Err(Invalid::new("timespan", "is longer than 90 days"));
        }
        Ok(Self { from, to })
    }
}

/// A duration of ISO 8601 in weeks, days, hours and minutes: `P30D`, `P1W`, `PT12H`, `P1DT12H`.
fn span(text: &str) -> Result<Span, Invalid> {
    let malformed = || Invalid::new("timespan", "is not a duration such as P30D or PT12H");
    let rest = text.strip_prefix('P').ok_or_else(malformed)?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return Err(malformed()),
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    let units: [(&str, &[(char, Span)]); 2] = [
        (date, &[('W', Span::days(7)), ('D', DAY)]),
        (time, &[('H', Span::hours(1)), ('M', Span::minutes(1))]),
    ];
    let mut millis: i64 = 0;
    for (mut part, units) in units {
        for (letter, unit) in units {
            let Some((digits, after)) = part.split_once(*letter) else { continue };
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(malformed());
            }
            let number: i64 = digits.parse().map_err(|_| malformed())?;
            millis = millis.saturating_add(number.saturating_mul(unit.as_millis()));
            part = after;
        }
        if !part.is_empty() {
            return Err(malformed());
        }
    }
    if millis > 0 { Ok(Span::millis(millis)) } else { Err(malformed()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_341_600); // 2026-11-22T10:00:00Z

    fn parse(
        from: Option<&str>,
        to: Option<&str>,
        timespan: Option<&str>,
    ) -> Result<(String, String), String> {
        Period::parse(from, to, timespan, NOW)
            .map(|period| (period.from.rfc3339(), period.to.rfc3339()))
            .map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn a_period_is_given_in_many_ways() {
        let is = |from: &str, to: &str| Ok((from.to_owned(), to.to_owned()));
        let now = "2026-11-22T10:00:00.000Z";
        assert_eq!(parse(None, None, None), is("2026-10-23T10:00:00.000Z", now));
        assert_eq!(parse(None, None, Some("PT12H")), is("2026-11-21T22:00:00.000Z", now));
        assert_eq!(parse(None, None, Some("P1W1DT1H30M")), is("2026-11-14T08:30:00.000Z", now));
        assert_eq!(
            parse(Some("2026-11-01"), Some("2026-11-02"), None),
            is("2026-11-01T00:00:00.000Z", "2026-11-02T23:59:59.999Z")
        );
        assert_eq!(parse(Some("2026-11-01T12:00:00+02:00"), None, None), is("2026-11-01T10:00:00.000Z", now));
        assert_eq!(
            parse(None, Some("2026-11-02"), Some("P1D")),
            is("2026-11-01T23:59:59.999Z", "2026-11-02T23:59:59.999Z")
        );
    }

    #[test]
    fn what_is_no_period_is_refused() {
        let malformed = "timespan: is not a duration such as P30D or PT12H";
        for text in
            ["", "30D", "P", "PT", "P0D", "P-1D", "P1Y", "P1M", "P1D1W", "P1DT", "PT1S", "P1.5D", "P1D "]
        {
            assert_eq!(parse(None, None, Some(text)).unwrap_err(), malformed, "{text}");
        }
        assert_eq!(parse(None, None, Some("P91D")).unwrap_err(), "timespan: is longer than 90 days");
        let huge = "P99999999999999999D";
        assert_eq!(parse(None, None, Some(huge)).unwrap_err(), "timespan: is longer than 90 days");
        assert_eq!(parse(Some("2026-11-23"), None, None).unwrap_err(), "fromDate: is after toDate");
        assert_eq!(parse(Some("2026-11-01"), None, Some("P1D")).unwrap_err(), "timespan: excludes fromDate");
        for text in ["", "today", "2026-13-01", "2026-11-1", "1795341600"] {
            let told = parse(Some(text), None, None).unwrap_err();
            assert_eq!(told, "fromDate: is neither a date nor an RFC 3339 time", "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(from in ".{0,30}", timespan in ".{0,20}|P[0-9]{1,25}D") {
            let _ = parse(Some(&from), Some(&from), None);
            let _ = parse(None, Some(&from), Some(&timespan));
            let _ = parse(None, None, Some(&timespan));
        }
    }
}
