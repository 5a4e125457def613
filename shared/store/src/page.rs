//! Lists that are read page by page: one query each, whatever lies before and behind.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use countersign_crypto::encoding::{base64url, from_base64url};
use countersign_domain::invalid::Invalid;

use crate::error::{StoreError, explain};
use crate::item::{Item, Stored, key_item, key_of, text};
use crate::keys::Key;
use crate::store::Store;

/// Where the next page of a list begins. As text it is for whoever reads the list to give back, and means nothing else:
/// in another list it leads nowhere but there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// Longest sort key.
const SORT_KEY_MAX: usize = 1024;

impl Cursor {
    /// Behind an item that was read.
    pub fn behind<T: Stored>(value: &T) -> Self {
        Self(value.key().sk)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url(self.0.as_bytes()))
    }
}

impl FromStr for Cursor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bytes = from_base64url(text).ok().filter(|bytes| (1..=SORT_KEY_MAX).contains(&bytes.len()));
        let sk = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        sk.map(Self).ok_or_else(|| Invalid::new("cursor", "is not one that this list gave"))
    }
}

/// A part of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// What is on it, in the order of the list.
    pub items: Vec<T>,
    /// Where the next page begins; none where this is the last one. The next one may be empty.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The same page, each item read in another way.
    pub(crate) fn try_map<U>(
        self,
        read: impl FnMut(T) -> Result<U, StoreError>,
    ) -> Result<Page<U>, StoreError> {
        Ok(Page { items: self.items.into_iter().map(read).collect::<Result<_, _>>()?, next: self.next })
    }
}

/// A stretch of a partition, and the order in which it is read.
pub(crate) struct Stretch {
    pub(crate) pk: String,
    /// The first sort key of it.
    pub(crate) from: String,
    /// The last one.
    pub(crate) to: String,
    pub(crate) newest_first: bool,
    /// Whether what was just written must be there.
    pub(crate) consistent: bool,
}

/// Comes after every character of a sort key.
pub(crate) const LAST: char = '\u{10ffff}';

impl Stretch {
    /// All of a partition, the last sort key first.
    pub(crate) fn newest_first(pk: String) -> Self {
        Self { pk, from: " ".into(), to: LAST.into(), newest_first: true, consistent: false }
    }
}

impl Store {
    /// At most `limit` items of `stretch` behind `after`.
    pub(crate) async fn page(
        &self,
        stretch: &Stretch,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Item>, StoreError> {
        let mut start = None;
        if let Some(Cursor(after)) = after {
            // DynamoDB refuses a start outside of what is asked for.
            let (before, behind) = (*after < stretch.from, *after > stretch.to);
            if if stretch.newest_first { before } else { behind } {
                return Ok(Page { items: Vec::new(), next: None });
            }
            start =
                (!before && !behind).then(|| key_item(&Key { pk: stretch.pk.clone(), sk: after.clone() }));
        }
        let mut items: Vec<Item> = Vec::new();
        loop {
            let left = limit.saturating_sub(items.len());
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
                .set_expression_attribute_values(Some(HashMap::from([
                    (":pk".into(), text(&stretch.pk)),
                    (":from".into(), text(&stretch.from)),
                    (":to".into(), text(&stretch.to)),
                ])))
                .scan_index_forward(!stretch.newest_first)
                .consistent_read(stretch.consistent)
                .set_exclusive_start_key(start)
                .limit(i32::try_from(left.max(1)).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(|error| explain(&self.table, &error))?;
            items.extend(answer.items.unwrap_or_default());
            start = answer.last_evaluated_key;
            if start.is_none() || items.len() >= limit {
                break;
            }
        }
        let next = start.as_ref().and_then(key_of).map(|key| Cursor(key.sk));
        Ok(Page { items, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_as_it_is_written() {
        let cursor = Cursor("2026-11-22T10:00:00.000Z#é".into());
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        let long = base64url(&[b'a'; SORT_KEY_MAX + 1]);
        for text in ["", "=", "not base64", &base64url(&[0xff]), &long] {
            assert_eq!(text.parse::<Cursor>().unwrap_err().field, "cursor", "{text}");
        }
    }
}
