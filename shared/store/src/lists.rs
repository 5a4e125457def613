//! The lists of an App Space: its challenges and deliveries, newest first. An entry names what is listed; what that is now is
//! read beside it.

use countersign_domain::challenge::Challenge;
use countersign_domain::delivery::{Delivery, Subject};
use countersign_domain::id::{AppSpaceId, ChallengeId, UserId};
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use serde::{Deserialize, Serialize};

use crate::entities::{CHALLENGE_KEPT, DELIVERY_KEPT};
use crate::error::StoreError;
use crate::item::{Item, Record, Stored, unpack};
use crate::keys::{self, Key};
use crate::page::{Cursor, Page, Stretch};
use crate::read::Read;
use crate::store::Store;
use crate::write::Write;

/// That a challenge was made, in the list of its App Space.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ListedChallenge {
    app_space: AppSpaceId,
    challenge: ChallengeId,
    at: Timestamp,
    expires_at: Timestamp,
}

impl Stored for ListedChallenge {
    const KIND: &'static str = "listed_challenge";

    fn key(&self) -> Key {
        keys::listed_challenge(self.app_space, self.at, self.challenge)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at + CHALLENGE_KEPT)
    }
}

/// That a user was asked, in the user's list.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ListedChallengeOf {
    user: UserId,
    challenge: ChallengeId,
    at: Timestamp,
    expires_at: Timestamp,
}

impl Stored for ListedChallengeOf {
    const KIND: &'static str = "listed_challenge_of";

    fn key(&self) -> Key {
        keys::listed_challenge_of(self.user, self.at, self.challenge)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at + CHALLENGE_KEPT)
    }
}

/// That a delivery was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ListedDelivery {
    app_space: AppSpaceId,
    subject: Subject,
    event: String,
    at: Timestamp,
}

impl Stored for ListedDelivery {
    const KIND: &'static str = "listed_delivery";

    fn key(&self) -> Key {
        keys::listed_delivery(self.app_space, self.at, &self.event)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.at + DELIVERY_KEPT)
    }
}

impl Write {
    /// A challenge comes into its App Space's list.
    pub fn list_challenge(self, new: &Challenge) -> Result<Self, StoreError> {
        let (challenge, at, expires_at) = (new.id, new.asked_at, new.expires_at);
        let listed = ListedChallenge { app_space: new.app_space, challenge, at, expires_at };
        self.put_mark("listed", &listed)
    }

    /// A challenge comes into the list of `user`, who was asked or claimed it.
    pub fn list_challenge_of(self, user: UserId, new: &Challenge) -> Result<Self, StoreError> {
        let (challenge, at, expires_at) = (new.id, new.asked_at, new.expires_at);
        self.put_mark("listed of user", &ListedChallengeOf { user, challenge, at, expires_at })
    }

    /// A new delivery, which comes into its App Space's list.
    pub fn insert_delivery(self, new: &Delivery) -> Result<Self, StoreError> {
        let (app_space, subject, at) = (new.app_space, new.subject, new.created_at);
        let listed = ListedDelivery { app_space, subject, event: new.id.clone(), at };
        self.insert("delivery", new)?.put_mark("listed", &listed)
    }
}

/// Most items of one `BatchGetItem`.
const BATCH: usize = 100;

impl Store {
    /// The challenges of an App Space, newest first: at most `limit`, behind `after`.
    pub async fn challenge_ids(
        &self,
        app_space: AppSpaceId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<ChallengeId>, StoreError> {
        let stretch = Stretch::newest_first(keys::challenges_partition(app_space));
        let id = |item: Item| Ok(unpack::<ListedChallenge>(item)?.value.challenge);
        self.page(&stretch, after, limit).await?.try_map(id)
    }

    /// The challenges that a user was asked or claimed, likewise.
    pub async fn challenge_ids_of(
        &self,
        user: UserId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<ChallengeId>, StoreError> {
        let stretch = Stretch::newest_first(keys::challenges_of_partition(user));
        let id = |item: Item| Ok(unpack::<ListedChallengeOf>(item)?.value.challenge);
        self.page(&stretch, after, limit).await?.try_map(id)
    }

    /// These challenges, in this order; those that are gone are left out.
    pub async fn challenges(
        &self,
        ids: &[ChallengeId],
        now: Timestamp,
    ) -> Result<Vec<Record<Challenge>>, StoreError> {
        self.all(ids.iter().map(|id| keys::challenge(*id)).collect(), now).await
    }

    /// These users, likewise.
    pub async fn users(&self, ids: &[UserId], now: Timestamp) -> Result<Vec<Record<User>>, StoreError> {
        self.all(ids.iter().map(|id| keys::user(*id)).collect(), now).await
    }

    /// The deliveries of an App Space, newest first: at most `limit`, behind `after`.
    pub async fn delivery_log(
        &self,
        app_space: AppSpaceId,
        after: Option<&Cursor>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Page<Record<Delivery>>, StoreError> {
        let stretch = Stretch::newest_first(keys::deliveries_partition(app_space));
        let listed = |item: Item| Ok(unpack::<ListedDelivery>(item)?.value);
        let page = self.page(&stretch, after, limit).await?.try_map(listed)?;
        let keys = page.items.iter().map(|listed| keys::delivery(listed.subject, &listed.event)).collect();
        Ok(Page { items: self.all(keys, now).await?, next: page.next })
    }

    /// The items at `keys`, in their order; those that are gone are left out.
    async fn all<T: Stored>(&self, keys: Vec<Key>, now: Timestamp) -> Result<Vec<Record<T>>, StoreError> {
        let mut records = Vec::with_capacity(keys.len());
        for keys in keys.chunks(BATCH) {
            let mut read = Read::new();
            let slots: Vec<_> = keys.iter().map(|key| read.add::<T>(key.clone())).collect();
            let mut found = self.read(read, now).await?;
            for slot in slots {
                records.extend(found.take(slot)?);
            }
        }
        Ok(records)
    }
}
