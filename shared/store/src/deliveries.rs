//! The deliveries of a challenge: its part of the delivery log.

use countersign_domain::delivery::Delivery;
use countersign_domain::id::ChallengeId;

use crate::error::StoreError;
use crate::item::{Record, unpack};
use crate::keys;
use crate::store::Store;

impl Store {
    /// All deliveries about `challenge`.
    pub async fn deliveries(&self, challenge: ChallengeId) -> Result<Vec<Record<Delivery>>, StoreError> {
        let items = self.partition(&keys::challenge_partition(challenge), keys::DELIVERY).await?;
        items.into_iter().map(unpack).collect()
    }
}
