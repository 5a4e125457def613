//! Lists, a page at a time.

use countersign_domain::invalid::Invalid;
use countersign_store::Cursor;
use serde::{Deserialize, Serialize};

/// A part of a list, and where the next part begins.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// What the next call gives as `cursor`; null at the end.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    pub(crate) fn of(items: Vec<T>, next: Option<&Cursor>) -> Self {
        Self { items, next: next.map(ToString::to_string) }
    }
}

/// The query of a list without filters.
#[derive(Deserialize)]
pub(crate) struct PageQuery {
    pub(crate) limit: Option<String>,
    pub(crate) cursor: Option<String>,
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

/// Takes the query's `cursor`.
pub(crate) fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Invalid> {
    text.map(str::parse).transpose()
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
