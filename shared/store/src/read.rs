//! Everything that one operation needs to know, read in one call.

use std::collections::HashMap;
use std::marker::PhantomData;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use countersign_domain::time::Timestamp;

use crate::error::{StoreError, explain};
use crate::item::{Item, Record, Stored, is_gone, key_item, key_of, text, unpack};
use crate::keys::Key;
use crate::store::{Store, TRIES};

/// A list of items to read together, consistently, in one `BatchGetItem`.
#[derive(Debug, Default)]
pub struct Read {
    keys: Vec<Key>,
}

/// Where in what was [`Found`] an item will stand.
#[derive(Debug)]
pub struct Slot<T> {
    index: usize,
    kind: PhantomData<T>,
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slot<T> {}

/// What a [`Read`] found.
#[derive(Debug)]
pub struct Found {
    items: Vec<Option<Item>>,
}

impl Read {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the item at `key`. The same key twice is one item, which the first slot gets.
    pub fn add<T: Stored>(&mut self, key: Key) -> Slot<T> {
        self.keys.push(key);
        Slot { index: self.keys.len() - 1, kind: PhantomData }
    }
}

impl Found {
    /// The item of `slot`, if there is one.
    pub fn take<T: Stored>(&mut self, slot: Slot<T>) -> Result<Option<Record<T>>, StoreError> {
        self.items.get_mut(slot.index).and_then(Option::take).map(unpack).transpose()
    }
}

impl Store {
    /// Reads all of `read`, strongly consistent. Items whose TTL is over count as gone at `now`.
    pub async fn read(&self, read: Read, now: Timestamp) -> Result<Found, StoreError> {
        let mut found: HashMap<Key, Item> = HashMap::with_capacity(read.keys.len());
        let mut wanted: Vec<Item> = Vec::new();
        for key in &read.keys {
            let item = key_item(key);
            if !wanted.contains(&item) {
                wanted.push(item);
            }
        }
        // What a busy table leaves out it names, and is asked for again.
        for tried in 0.. {
            if wanted.is_empty() {
                break;
            }
            if tried == TRIES {
                return Err(StoreError::Unavailable("it left items unread".into()));
            }
            if tried > 0 {
                self.wait(tried).await;
            }
            let keys = KeysAndAttributes::builder()
                .set_keys(Some(wanted))
                .consistent_read(true)
                .build()
                .map_err(|_| StoreError::Refused("nothing to read".into()))?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.table, keys)
                .send()
                .await
                .map_err(|error| explain(&self.table, &error))?;
            for item in answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default() {
                if let Some(key) = key_of(&item) {
                    found.insert(key, item);
                }
            }
            wanted = answer
                .unprocessed_keys
                .unwrap_or_default()
                .remove(&self.table)
                .map(|left| left.keys)
                .unwrap_or_default();
        }
        let items =
            read.keys.iter().map(|key| found.remove(key).filter(|item| !is_gone(item, now))).collect();
        Ok(Found { items })
    }

    /// Reads one item.
    pub async fn get<T: Stored>(&self, key: Key, now: Timestamp) -> Result<Option<Record<T>>, StoreError> {
        let mut read = Read::new();
        let slot = read.add(key);
        self.read(read, now).await?.take(slot)
    }

    /// Reads the items of one partition whose sort keys begin with `prefix`, in their order, strongly consistent.
    pub(crate) async fn partition(&self, pk: &str, prefix: &str) -> Result<Vec<Item>, StoreError> {
        self.query(pk, "pk = :pk AND begins_with(sk, :sk)", prefix).await
    }

    /// Reads the items of one partition whose sort keys are `from` or come after it, likewise.
    pub(crate) async fn partition_from(&self, pk: &str, from: &str) -> Result<Vec<Item>, StoreError> {
        self.query(pk, "pk = :pk AND sk >= :sk", from).await
    }

    async fn query(&self, pk: &str, condition: &str, sk: &str) -> Result<Vec<Item>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression(condition)
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":sk", text(sk))
            .consistent_read(true);
        let mut items = Vec::new();
        let mut pages = query.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| explain(&self.table, &error))?;
            items.extend(page.items.unwrap_or_default());
        }
        Ok(items)
    }
}
