//! What a schedule must look at: a sparse index by time.

use countersign_crypto::digest::sha256;
use countersign_domain::time::Timestamp;

use crate::error::{StoreError, explain};
use crate::item::{Record, Stored, key_of, number, text};
use crate::keys::Key;
use crate::read::Read;
use crate::store::Store;

/// Each kind is spread over so many partitions, so that none gets hot.
const SHARDS: u8 = 4;

/// Most items of one shard that one run takes; the next minute takes the rest.
const BATCH: i32 = 100;

pub(crate) fn shard(kind: &str, key: &Key) -> String {
    format!("{kind}#{}", sha256(key.pk.as_bytes())[0] % SHARDS)
}

impl Store {
    /// The items of a kind that are due at `now`, oldest first within a shard, as the table has them.
    ///
    /// The index may lag behind the table by moments, so what it names is read again.
    pub async fn due<T: Stored>(&self, now: Timestamp) -> Result<Vec<Record<T>>, StoreError> {
        let mut records = Vec::new();
        for shard in 0..SHARDS {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .index_name("due")
                .key_condition_expression("due_shard = :shard AND due_at <= :now")
                .expression_attribute_values(":shard", text(format!("{}#{shard}", T::KIND)))
                .expression_attribute_values(":now", number(now.millis()))
                .limit(BATCH)
                .send()
                .await
                .map_err(|error| explain(&self.table, &error))?;
            let mut read = Read::new();
            let slots: Vec<_> = answer
                .items
                .unwrap_or_default()
                .iter()
                .filter_map(key_of)
                .map(|key| read.add::<T>(key))
                .collect();
            let mut found = self.read(read, now).await?;
            for slot in slots {
                records.extend(found.take(slot)?);
            }
        }
        Ok(records)
    }
}
