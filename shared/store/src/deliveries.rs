//! The deliveries of a challenge: its part of the delivery log.

use countersign_domain::delivery::{Delivery, Subject};

use crate::error::StoreError;
use crate::item::{Record, unpack};
use crate::keys;
use crate::store::Store;

impl Store {
    /// All deliveries about `subject`.
    pub async fn deliveries(&self, subject: Subject) -> Result<Vec<Record<Delivery>>, StoreError> {
        let items = self.partition(&keys::subject_partition(subject), keys::DELIVERY).await?;
        items.into_iter().map(unpack).collect()
    }
}
