//! Whether a signed time is near enough to now.

use countersign_domain::time::{Span, Timestamp};

/// Whether `issued_at` (seconds since the epoch, a JWT's NumericDate) lies within `tolerance` of `now`,
/// before or after.
pub(crate) fn is_fresh(issued_at: i64, now: Timestamp, tolerance: Span) -> bool {
    now.secs().saturating_sub(issued_at).saturating_abs() <= tolerance.as_millis().div_euclid(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_edges_are_inside_and_extremes_do_not_overflow() {
        let now = Timestamp::from_millis(1_000_999);
        let tolerance = Span::secs(60);
        for (issued_at, fresh) in [(940, true), (939, false), (1060, true), (1061, false)] {
            assert_eq!(is_fresh(issued_at, now, tolerance), fresh, "{issued_at}");
        }
        assert!(!is_fresh(i64::MIN, now, tolerance));
        assert!(!is_fresh(i64::MAX, Timestamp::from_millis(i64::MIN), tolerance));
    }
}
