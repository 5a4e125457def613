//! What an item of the table looks like.
//!
//! Beside the keys: `kind`, `version` (grows with every write), `body` (the domain value), and, lifted out of
//! the body because conditions and indexes need them at the top: `state`, `expires_at` (ms), `ttl` (s),
//! `due_shard` and `due_at` (ms).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use countersign_domain::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::keys::Key;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// A value that lies in the table as one item.
pub trait Stored: Serialize + DeserializeOwned {
    /// The word in the item's `kind`.
    const KIND: &'static str;

    /// Where it lies.
    fn key(&self) -> Key;

    /// The word of its state, for conditions.
    fn state(&self) -> Option<&'static str> {
        None
    }

    /// When it stops being valid, for conditions.
    fn expires_at(&self) -> Option<Timestamp> {
        None
    }

    /// When the table may drop it.
    fn ttl(&self) -> Option<Timestamp> {
        None
    }

    /// When a schedule must look at it.
    fn due(&self) -> Option<Timestamp> {
        None
    }
}

/// A value as it was read, with the version that a write must find unchanged.
#[derive(Debug, Clone)]
pub struct Record<T> {
    /// The value.
    pub value: T,
    /// Its version in the table.
    pub version: u64,
}

impl<T> Record<T> {
    /// The record with another value, by way of a transition that may refuse.
    pub fn try_map<E>(&self, transition: impl FnOnce(T) -> Result<T, E>) -> Result<T, E>
    where
        T: Clone,
    {
        transition(self.value.clone())
    }
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn key_item(key: &Key) -> Item {
    HashMap::from([("pk".into(), text(&*key.pk)), ("sk".into(), text(&*key.sk))])
}

pub(crate) fn pack<T: Stored>(value: &T, version: u64) -> Result<Item, StoreError> {
    let key = value.key();
    let body =
        serde_dynamo::to_attribute_value(value).map_err(|_| StoreError::Unreadable { kind: T::KIND })?;
    let mut item = key_item(&key);
    item.insert("kind".into(), text(T::KIND));
    item.insert("version".into(), number(version));
    if let Some(state) = value.state() {
        item.insert("state".into(), text(state));
    }
    if let Some(at) = value.expires_at() {
        item.insert("expires_at".into(), number(at.millis()));
    }
    if let Some(at) = value.ttl() {
        item.insert("ttl".into(), number(at.secs()));
    }
    if let Some(at) = value.due() {
        item.insert("due_shard".into(), text(crate::due::shard(T::KIND, &key)));
        item.insert("due_at".into(), number(at.millis()));
    }
    item.insert("body".into(), body);
    Ok(item)
}

pub(crate) fn unpack<T: Stored>(mut item: Item) -> Result<Record<T>, StoreError> {
    let unreadable = || StoreError::Unreadable { kind: T::KIND };
    if !is_kind::<T>(&item) {
        return Err(unreadable());
    }
    let version = version(&item).ok_or_else(unreadable)?;
    let body = item.remove("body").filter(is_known).ok_or_else(unreadable)?;
    let value = serde_dynamo::from_attribute_value(body).map_err(|_| unreadable())?;
    Ok(Record { value, version })
}

/// Whether every type in `value` is one that this version of the SDK knows; `serde_dynamo` panics at others.
fn is_known(value: &AttributeValue) -> bool {
    use AttributeValue as A;
    match value {
        A::B(_) | A::Bool(_) | A::Bs(_) | A::N(_) | A::Ns(_) | A::Null(_) | A::S(_) | A::Ss(_) => true,
        A::L(items) => items.iter().all(is_known),
        A::M(members) => members.values().all(is_known),
        _ => false,
    }
}

pub(crate) fn is_kind<T: Stored>(item: &Item) -> bool {
    matches!(item.get("kind"), Some(AttributeValue::S(kind)) if kind == T::KIND)
}

/// Whether the table could have dropped the item by `now`: then it counts as gone.
pub(crate) fn is_gone(item: &Item, now: Timestamp) -> bool {
    number_of(item, "ttl").is_some_and(|ttl| ttl <= now.secs())
}

fn version(item: &Item) -> Option<u64> {
    number_of(item, "version").and_then(|version| u64::try_from(version).ok())
}

pub(crate) fn number_of(item: &Item, name: &str) -> Option<i64> {
    match item.get(name) {
        Some(AttributeValue::N(number)) => number.parse().ok(),
        _ => None,
    }
}

pub(crate) fn key_of(item: &Item) -> Option<Key> {
    match (item.get("pk"), item.get("sk")) {
        (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) => {
            Some(Key { pk: pk.clone(), sk: sk.clone() })
        }
        _ => None,
    }
}
