//! Points and spans of time.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::invalid::Invalid;

/// Tells the time. Nothing in Countersign reads a clock that was not passed to it.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the epoch (a JWT's NumericDate); saturating.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// RFC 3339 in UTC with milliseconds, e.g. `2026-11-22T10:00:00.000Z`.
    ///
    /// A time outside the years 0 to 9999 is clamped to them: RFC 3339 has no others.
    pub fn rfc3339(self) -> String {
        const FIRST: i128 = -62_167_219_200_000;
        const LAST: i128 = 253_402_300_799_999;
        let millis = i128::from(self.0).clamp(FIRST, LAST);
        let at = OffsetDateTime::from_unix_timestamp_nanos(millis * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

impl Timestamp {
    /// RFC 3339 in UTC to the second, rounded down, e.g. `2026-11-22T10:00:00Z`: for readers that know no fractions.
    pub fn rfc3339_secs(self) -> String {
        let mut text = self.rfc3339();
        text.replace_range(19..23, "");
        text
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl FromStr for Timestamp {
    type Err = Invalid;

    /// From RFC 3339 with any offset.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let at = OffsetDateTime::parse(text, &Rfc3339)
            .map_err(|_| Invalid::new("time", "is not an RFC 3339 time"))?;
        i64::try_from(at.unix_timestamp_nanos() / 1_000_000)
            .map(Self)
            .map_err(|_| Invalid::new("time", "is out of range"))
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Timestamp {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for Timestamp {
    type Output = Span;
    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

/// A length of time in milliseconds; negative when it reaches back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Span {
    /// A span of `millis` milliseconds.
    pub const fn millis(millis: i64) -> Self {
        Self(millis)
    }

    /// A span of `secs` seconds.
    pub const fn secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// A span of `minutes` minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self::secs(minutes.saturating_mul(60))
    }

    /// A span of `hours` hours.
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours.saturating_mul(60))
    }

    /// A span of `days` days of 24 hours.
    pub const fn days(days: i64) -> Self {
        Self::hours(days.saturating_mul(24))
    }

    /// In milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// In whole seconds, rounded up, never negative: what `Retry-After` wants.
    pub const fn as_secs_up(self) -> i64 {
        if self.0 <= 0 { 0 } else { (self.0 - 1) / 1000 + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_the_second_has_no_fraction() {
        let at = Timestamp::from_millis(1_999);
        assert_eq!(
            (at.rfc3339(), at.rfc3339_secs()),
            ("1970-01-01T00:00:01.999Z".into(), "1970-01-01T00:00:01Z".into())
        );
    }

    #[test]
    fn a_time_is_written_and_read_as_rfc3339() {
        let at = Timestamp::from_millis(1_795_341_600_123);
        assert_eq!(at.rfc3339(), "2026-11-22T10:00:00.123Z");
        assert_eq!(at.rfc3339().parse(), Ok(at));
        assert_eq!("2026-11-22T11:00:00.123+01:00".parse(), Ok(at));
        assert!("yesterday".parse::<Timestamp>().is_err());
        assert_eq!(Timestamp::from_millis(i64::MAX).rfc3339(), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn seconds_are_rounded_down_and_waits_up() {
        assert_eq!(Timestamp::from_millis(-1).secs(), -1);
        assert_eq!(Span::millis(1).as_secs_up(), 1);
        assert_eq!(Span::millis(2000).as_secs_up(), 2);
        assert_eq!(Span::millis(-5).as_secs_up(), 0);
    }
}
