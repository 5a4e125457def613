//! The deliveries of a challenge: its part of the delivery log.

use countersign_domain::delivery::Delivery;
use countersign_domain::id::ChallengeId;

use crate::error::{StoreError, explain};
use crate::item::{Record, text, unpack};
use crate::keys;
use crate::store::Store;

impl Store {
    /// All deliveries about `challenge`.
    pub async fn deliveries(&self, challenge: ChallengeId) -> Result<Vec<Record<Delivery>>, StoreError> {
        let mut records = Vec::new();
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :delivery)")
            .expression_attribute_values(":pk", text(keys::challenge_partition(challenge)))
            .expression_attribute_values(":delivery", text(keys::DELIVERY))
            .consistent_read(true)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| explain(&self.table, &error))?;
            for item in page.items.unwrap_or_default() {
                records.push(unpack(item)?);
            }
        }
        Ok(records)
    }
}
