//! How long a signed call may be valid, in both versions.

use countersign_domain::time::{Span, Timestamp};

/// The longest time that a signed call may be valid for.
pub const LONGEST_VALIDITY: Span = Span::hours(1);

/// The call says no time of expiry, or one that is past or more than [`LONGEST_VALIDITY`] ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has expired, or expires too late")]
pub struct Expired;

/// Whether a call that expires at `exp` (seconds since the epoch) is valid at `now`: after it, and no longer than
/// [`LONGEST_VALIDITY`] before it.
///
/// # Errors
/// [`Expired`], also where there is no `exp`.
pub fn check_expiry(exp: Option<i64>, now: Timestamp) -> Result<(), Expired> {
    let ahead = exp.ok_or(Expired)?.saturating_sub(now.secs());
    let longest = LONGEST_VALIDITY.as_secs_up();
    if (1..=longest).contains(&ahead) { Ok(()) } else { Err(Expired) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_must_be_ahead_by_an_hour_at_most() {
        for millis in [0, 1, 999] {
            let now = Timestamp::from_millis(1_000_000_000_000 + millis);
            for (exp, valid) in [
                (999_999_999, false),
                (1_000_000_000, false),
                (1_000_000_001, true),
                (1_000_003_600, true),
                (1_000_003_601, false),
                (0, false),
                (-1, false),
                (i64::MIN, false),
                (i64::MAX, false),
            ] {
                assert_eq!(check_expiry(Some(exp), now).is_ok(), valid, "{exp} at {millis}");
            }
            assert_eq!(check_expiry(None, now), Err(Expired));
        }
        assert_eq!(check_expiry(Some(i64::MAX), Timestamp::from_millis(i64::MIN)), Err(Expired));
        assert_eq!(check_expiry(Some(i64::MIN), Timestamp::from_millis(i64::MAX)), Err(Expired));
    }
}
