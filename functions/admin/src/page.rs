//! Lists, a page at a time.

use countersign_domain::invalid::Invalid;
use serde::Serialize;

/// A part of a list, and where the next part begins.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// What the next call gives as `cursor`; null at the end.
    pub(crate) next: Option<String>,
}

/// Most items of a page.
const LIMIT_MAX: usize = 100;
/// Items of a page where nothing is said.
const LIMIT: usize = 50;

/// Takes the query's `limit`.
pub(crate) fn limit(text: Option<&str>) -> Result<usize, Invalid> {
    let Some(text) = text else { return Ok(LIMIT) };
    let number = text.parse().ok().filter(|number| (1..=LIMIT_MAX).contains(number));
    number.ok_or_else(|| Invalid::new("limit", "is not a number from 1 to 100"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_between_1_and_100() {
        assert_eq!(limit(None), Ok(50));
        assert_eq!(limit(Some("100")), Ok(100));
        for text in ["", "0", "101", "-1", "x"] {
            assert_eq!(limit(Some(text)).unwrap_err().field, "limit");
        }
    }
}
