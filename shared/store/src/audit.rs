//! The audit trail, read day by day.

use countersign_domain::audit::AuditEntry;
use countersign_domain::id::AppSpaceId;
use countersign_domain::time::Timestamp;

use crate::error::{StoreError, explain};
use crate::item::{text, unpack};
use crate::keys;
use crate::store::Store;

impl Store {
    /// The entries from `from` to `to`, both on one day and both included, newest first; at most `most` of them.
    ///
    /// Eventually consistent: what is told is what was, and it comes in order.
    pub async fn audit_of_day(
        &self,
        app_space: AppSpaceId,
        from: Timestamp,
        to: Timestamp,
        most: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", text(keys::audit_partition(app_space, from)))
            .expression_attribute_values(":from", text(from.rfc3339()))
            // Behind the time stands `#` and the event: `$` comes next.
            .expression_attribute_values(":to", text(format!("{to}$")))
            .scan_index_forward(false)
            .limit(i32::try_from(most).unwrap_or(i32::MAX));
        let mut entries = Vec::new();
        let mut pages = query.into_paginator().send();
        while entries.len() < most
            && let Some(page) = pages.next().await
        {
            let page = page.map_err(|error| explain(&self.table, &error))?;
            for item in page.items.unwrap_or_default() {
                entries.push(unpack::<AuditEntry>(item)?.value);
            }
        }
        entries.truncate(most);
        Ok(entries)
    }
}
