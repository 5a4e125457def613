//! Which time a search in an audit trail is about.

use countersign_domain::day;
use countersign_domain::invalid::Invalid;
use countersign_domain::time::{Span, Timestamp};

/// How far back a search reaches where nothing is said.
const DEFAULT: Span = Span::days(30);

/// From the first moment to the last, both included. Dates are whole days in UTC.
pub(crate) fn parse(
    from: Option<&str>,
    to: Option<&str>,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp), Invalid> {
    let to = to.map_or(Ok(now), |text| day::last_moment("to", text))?;
    let from = from.map_or(Ok(to - DEFAULT), |text| day::first_moment("from", text))?;
    if from > to {
        return Err(Invalid::new("from", "is after to"));
    }
    Ok((from, to))
}
