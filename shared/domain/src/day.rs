//! Days of the calendar, in UTC.

use std::fmt;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::invalid::Invalid;
use crate::time::{Span, Timestamp};

/// A day in UTC, as text `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

const LENGTH: i64 = Span::days(1).as_millis();

impl Day {
    /// The day of `at`.
    pub const fn of(at: Timestamp) -> Self {
        Self(at.millis().div_euclid(LENGTH))
    }

    /// So many days before.
    pub const fn back(self, days: u32) -> Self {
        Self(self.0 - days as i64)
    }

    /// Its first moment.
    pub const fn begin(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_mul(LENGTH))
    }
}

/// The time that `text`, the value of `field`, says: an RFC 3339 time, or the first moment of a date.
pub fn first_moment(field: &'static str, text: &str) -> Result<Timestamp, Invalid> {
    moment(field, text, Span::millis(0))
}

/// Likewise, or the last moment of a date.
pub fn last_moment(field: &'static str, text: &str) -> Result<Timestamp, Invalid> {
    moment(field, text, Span::millis(LENGTH - 1))
}

/// A time, or of a date the moment `within` its day.
fn moment(field: &'static str, text: &str, within: Span) -> Result<Timestamp, Invalid> {
    let at = match text.len() {
        10 => text.parse().map(|day: Day| day.begin() + within),
        _ => text.parse(),
    };
    at.map_err(|_| Invalid::new(field, "is neither a date nor an RFC 3339 time"))
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.begin().rfc3339()[..10])
    }
}

impl FromStr for Day {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let begin = format!("{text}T00:00:00Z").parse();
        begin.map(Self::of).map_err(|_| Invalid::new("day", "is not a date like 2026-11-22"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|_| D::Error::custom("not a day"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_one_of_a_date() {
        let day: Day = "2026-11-22".parse().unwrap();
        assert_eq!(first_moment("from", "2026-11-22"), Ok(day.begin()));
        assert_eq!(last_moment("to", "2026-11-22"), Ok(day.begin() + Span::millis(LENGTH - 1)));
        let noon = "2026-11-22T14:00:00+02:00";
        assert_eq!(first_moment("from", noon), Ok(day.begin() + Span::hours(12)));
        assert_eq!(last_moment("to", noon), first_moment("from", noon));
        for text in ["", "today", "2026-13-01", "2026-11-1", "\u{e9}026-11-2"] {
            assert_eq!(last_moment("to", text).unwrap_err().field, "to", "{text}");
        }
    }

    #[test]
    fn a_day_reads_as_it_is_written() {
        let day: Day = "2026-11-22".parse().unwrap();
        assert_eq!(day.to_string(), "2026-11-22");
        assert_eq!(day.begin().rfc3339(), "2026-11-22T00:00:00.000Z");
        assert_eq!(Day::of(day.begin() + Span::millis(LENGTH - 1)), day);
        assert_eq!(Day::of(day.begin() - Span::millis(1)), day.back(1));
        assert_eq!(day.back(22).to_string(), "2026-10-31");
        assert_eq!(Day::of(Timestamp::from_millis(-1)).to_string(), "1969-12-31");
        for text in ["", "2026-11-31", "22.11.2026", "2026-11-22T00:00:00Z"] {
            assert_eq!(text.parse::<Day>().unwrap_err().field, "day", "{text}");
        }
    }
}
