//! Conditional writes. Everything that changes together is one [`Write`].

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use countersign_domain::time::Timestamp;

use crate::error::{StoreError, explain};
use crate::item::{Record, Stored, key_item, number, pack, text};
use crate::keys::Key;
use crate::store::{Store, TRIES};

/// Changes that happen together or not at all. Each has a name, by which a conflict tells whose condition failed.
#[derive(Debug, Default)]
pub struct Write {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    name: &'static str,
    what: TransactWriteItem,
}

/// A change of single attributes of an item.
#[derive(Debug)]
pub struct Patch {
    /// E.g. `SET body.last_active_at = :at`; the version is counted up beside it.
    pub(crate) expression: &'static str,
    /// What must hold beside the item's existence, e.g. `#state = :active`.
    pub(crate) condition: Option<&'static str>,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl Write {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A new item; there must be none with its key.
    pub fn insert<T: Stored>(mut self, name: &'static str, value: &T) -> Result<Self, StoreError> {
        let put =
            Put::builder().set_item(Some(pack(value, 1)?)).condition_expression("attribute_not_exists(pk)");
        self.put(name, put)?;
        Ok(self)
    }

    /// A new item; one with its key may be there if the table could have dropped it by `now`.
    pub fn insert_over_expired<T: Stored>(
        mut self,
        name: &'static str,
        value: &T,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let put = Put::builder()
            .set_item(Some(pack(value, 1)?))
            .condition_expression("attribute_not_exists(pk) OR #ttl <= :now")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":now", number(now.secs()));
        self.put(name, put)?;
        Ok(self)
    }

    /// A new value for an item that must be as it was read.
    pub fn replace<T: Stored>(
        mut self,
        name: &'static str,
        old: &Record<T>,
        new: &T,
    ) -> Result<Self, StoreError> {
        let put = Put::builder()
            .set_item(Some(pack(new, old.version + 1)?))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(old.version));
        self.put(name, put)?;
        Ok(self)
    }

    /// A value for an item that must be as it was read: there, or not there.
    pub fn insert_or_replace<T: Stored>(
        self,
        name: &'static str,
        old: Option<&Record<T>>,
        new: &T,
    ) -> Result<Self, StoreError> {
        match old {
            Some(old) => self.replace(name, old, new),
            None => self.insert(name, new),
        }
    }

    /// A new value for an item that must be as it was read, in that state, and not be expired at `now`.
    pub fn replace_live<T: Stored>(
        mut self,
        name: &'static str,
        old: &Record<T>,
        new: &T,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let put = Put::builder()
            .set_item(Some(pack(new, old.version + 1)?))
            .condition_expression("version = :version AND #state = :state AND expires_at > :now")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":version", number(old.version))
            .expression_attribute_values(":state", text(old.value.state().unwrap_or_default()))
            .expression_attribute_values(":now", number(now.millis()));
        self.put(name, put)?;
        Ok(self)
    }

    /// Removes an item that must be as it was read.
    pub fn remove<T: Stored>(mut self, name: &'static str, old: &Record<T>) -> Result<Self, StoreError> {
        let delete = Delete::builder()
            .set_key(Some(key_item(&old.value.key())))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(old.version));
        self.delete(name, delete)?;
        Ok(self)
    }

    /// Removes whatever is at `key`, if anything: for copies whose original carries the condition.
    pub fn remove_copy(mut self, name: &'static str, key: &Key) -> Result<Self, StoreError> {
        self.delete(name, Delete::builder().set_key(Some(key_item(key))))?;
        Ok(self)
    }

    /// An item that says the same whenever it is written: whether it was there makes no difference.
    pub fn put_mark<T: Stored>(mut self, name: &'static str, value: &T) -> Result<Self, StoreError> {
        self.put(name, Put::builder().set_item(Some(pack(value, 1)?)))?;
        Ok(self)
    }

    /// Demands that an item is in `state` and otherwise leaves it alone.
    pub fn require_state(
        mut self,
        name: &'static str,
        key: &Key,
        state: &'static str,
    ) -> Result<Self, StoreError> {
        let check = ConditionCheck::builder()
            .set_key(Some(key_item(key)))
            .condition_expression("#state = :state")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", text(state));
        let what = |check| TransactWriteItem::builder().condition_check(check).build();
        self.add(name, |table| check.table_name(table).build().map(what))?;
        Ok(self)
    }

    /// Changes single attributes of an existing item, whatever its version.
    pub fn patch(mut self, name: &'static str, key: &Key, patch: Patch) -> Result<Self, StoreError> {
        let condition = match patch.condition {
            Some(condition) => format!("attribute_exists(pk) AND {condition}"),
            None => "attribute_exists(pk)".into(),
        };
        let update = Update::builder()
            .set_key(Some(key_item(key)))
            .update_expression(format!("{} ADD version :one", patch.expression))
            .condition_expression(condition)
            .set_expression_attribute_names((!patch.names.is_empty()).then_some(patch.names))
            .set_expression_attribute_values(Some(patch.values))
            .expression_attribute_values(":one", number(1));
        let what = |update| TransactWriteItem::builder().update(update).build();
        self.add(name, |table| update.table_name(table).build().map(what))?;
        Ok(self)
    }

    /// Adds to numbers that stand at the top of an item without a body, which is made if there is none.
    pub(crate) fn count(
        mut self,
        name: &'static str,
        key: &Key,
        kind: &'static str,
        numbers: &[(String, i64)],
    ) -> Result<Self, StoreError> {
        let mut update = Update::builder()
            .set_key(Some(key_item(key)))
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_values(":kind", text(kind))
            .expression_attribute_values(":one", number(1));
        let mut expression = String::from("SET #kind = :kind ADD version :one");
        for (index, (attribute, change)) in numbers.iter().enumerate() {
            expression.push_str(&format!(", #n{index} :n{index}"));
            update = update
                .expression_attribute_names(format!("#n{index}"), attribute)
                .expression_attribute_values(format!(":n{index}"), number(change));
        }
        let update = update.update_expression(expression);
        let what = |update| TransactWriteItem::builder().update(update).build();
        self.add(name, |table| update.table_name(table).build().map(what))?;
        Ok(self)
    }

    fn put(
        &mut self,
        name: &'static str,
        put: aws_sdk_dynamodb::types::builders::PutBuilder,
    ) -> Result<(), StoreError> {
        self.add(name, |table| {
            put.table_name(table).build().map(|put| TransactWriteItem::builder().put(put).build())
        })
    }

    fn delete(
        &mut self,
        name: &'static str,
        delete: aws_sdk_dynamodb::types::builders::DeleteBuilder,
    ) -> Result<(), StoreError> {
        let what = |delete| TransactWriteItem::builder().delete(delete).build();
        self.add(name, |table| delete.table_name(table).build().map(what))
    }

    fn add(
        &mut self,
        name: &'static str,
        build: impl FnOnce(&'static str) -> Result<TransactWriteItem, BuildError>,
    ) -> Result<(), StoreError> {
        // The table's name is put in when the write is carried out: a part does not know it.
        let what = build(UNNAMED).map_err(|_| StoreError::Refused("an incomplete write".into()))?;
        self.parts.push(Part { name, what });
        Ok(())
    }
}

const UNNAMED: &str = "-";

impl Store {
    /// Carries out `write`: all of it or nothing.
    ///
    /// A transaction carries a token of the SDK's, so that one whose answer was lost is not carried out twice. One that
    /// met another transaction on the same item is tried again: its conditions decide, not its timing.
    pub async fn write(&self, write: Write) -> Result<(), StoreError> {
        let names: Vec<&'static str> = write.parts.iter().map(|part| part.name).collect();
        let items: Vec<TransactWriteItem> =
            write.parts.into_iter().map(|part| self.named(part.what)).collect();
        let mut tried = 0;
        loop {
            let sent =
                self.client.transact_write_items().set_transact_items(Some(items.clone())).send().await;
            let Err(error) = sent else { return Ok(()) };
            tried += 1;
            match verdict(&error, &names) {
                Some(Verdict::Conflict(names)) => return Err(StoreError::Conflict(names)),
                Some(Verdict::Busy) if tried < TRIES => self.wait(tried).await,
                Some(Verdict::Busy) => {
                    return Err(StoreError::Unavailable("its items are being written by others".into()));
                }
                None => return Err(explain(&self.table, &error)),
            }
        }
    }

    fn named(&self, mut what: TransactWriteItem) -> TransactWriteItem {
        if let Some(put) = &mut what.put {
            put.table_name.clone_from(&self.table);
        }
        if let Some(update) = &mut what.update {
            update.table_name.clone_from(&self.table);
        }
        if let Some(delete) = &mut what.delete {
            delete.table_name.clone_from(&self.table);
        }
        if let Some(check) = &mut what.condition_check {
            check.table_name.clone_from(&self.table);
        }
        what
    }
}

enum Verdict {
    Conflict(Vec<&'static str>),
    Busy,
}

/// What the reasons of a cancelled transaction amount to: a failed condition counts before a busy item, because no
/// other try would change it.
fn verdict(error: &SdkError<TransactWriteItemsError>, names: &[&'static str]) -> Option<Verdict> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return None;
    };
    let codes = || cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default());
    let failed: Vec<&'static str> = names
        .iter()
        .zip(codes())
        .filter(|(_, code)| *code == "ConditionalCheckFailed")
        .map(|(name, _)| *name)
        .collect();
    if !failed.is_empty() {
        return Some(Verdict::Conflict(failed));
    }
    codes()
        .any(|code| {
            matches!(code, "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
        })
        .then_some(Verdict::Busy)
}
