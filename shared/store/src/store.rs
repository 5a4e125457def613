//! The table, ready for use.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::{StoreError, explain};

/// How often a call is tried that met a busy item or a busy table, beyond what the SDK tries by itself.
pub(crate) const TRIES: u32 = 6;

/// The table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl Store {
    /// The table `table` through `client`.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// Opens the connection, so that the first request does not wait for it, and shows whether the table is there.
    pub async fn warm_up(&self) -> Result<(), StoreError> {
        self.client
            .get_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S("WARM_UP".into()))
            .key("sk", AttributeValue::S("WARM_UP".into()))
            .send()
            .await
            .map(drop)
            .map_err(|error| explain(&self.table, &error))
    }

    /// Waits before try `tried` + 1, longer each time and never as long as another waiter.
    pub async fn wait(&self, tried: u32) {
        let jitter =
            countersign_domain::chance::below(&countersign_crypto::system::SystemRandom, 20 << tried.min(5));
        tokio::time::sleep(Duration::from_millis(u64::from(5 + jitter))).await;
    }
}
