//! A user's consents: one partition, one query.

use countersign_domain::consent::Consent;
use countersign_domain::id::UserId;
use countersign_domain::time::Timestamp;

use crate::error::StoreError;
use crate::item::{Record, is_gone, unpack};
use crate::keys;
use crate::store::Store;

impl Store {
    /// All consents of `user`, whatever their state, oldest first.
    pub async fn consents(&self, user: UserId, now: Timestamp) -> Result<Vec<Record<Consent>>, StoreError> {
        let items = self.partition(&keys::consents_partition(user), keys::CONSENT).await?;
        items.into_iter().filter(|item| !is_gone(item, now)).map(unpack).collect()
    }
}
