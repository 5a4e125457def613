//! A user with devices and inbox: one partition, one query.

use countersign_domain::account::Account;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::device::Device;
use countersign_domain::id::{DeviceId, UserId};
use countersign_domain::identity_provider::IdentityTokens;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{User, UserState};

use crate::entities::{CONCLUDED_SHOWN, Concluded, InboxEntry};
use crate::error::StoreError;
use crate::item::{Record, is_gone, is_kind, number, text, unpack};
use crate::keys;
use crate::read::Read;
use crate::store::Store;
use crate::write::{Patch, Write};

/// What lies in a user's partition.
#[derive(Debug, Default)]
pub struct UserPartition {
    /// The user.
    pub user: Option<Record<User>>,
    /// All devices, revoked ones too, oldest first.
    pub devices: Vec<Record<Device>>,
    /// The open challenges, oldest first; for a moment also those whose time is over.
    pub inbox: Vec<InboxEntry>,
    /// What was decided within the last moment and apps of the Authenticator API follow, oldest first.
    pub concluded: Vec<Concluded>,
    /// The tokens of the user's identity provider.
    pub tokens: Option<Record<IdentityTokens>>,
}

impl Store {
    /// Reads a user's partition, strongly consistent.
    pub async fn user_partition(&self, user: UserId, now: Timestamp) -> Result<UserPartition, StoreError> {
        let mut partition = UserPartition::default();
        let since = keys::concluded_since(now - CONCLUDED_SHOWN);
        for item in self.partition_from(&keys::user_partition(user), &since).await? {
            if is_gone(&item, now) {
                continue;
            }
            if is_kind::<User>(&item) {
                partition.user = Some(unpack(item)?);
            } else if is_kind::<Device>(&item) {
                partition.devices.push(unpack(item)?);
            } else if is_kind::<InboxEntry>(&item) {
                partition.inbox.push(unpack::<InboxEntry>(item)?.value);
            } else if is_kind::<Concluded>(&item) {
                partition.concluded.push(unpack::<Concluded>(item)?.value);
            } else if is_kind::<IdentityTokens>(&item) {
                partition.tokens = Some(unpack(item)?);
            }
        }
        Ok(partition)
    }
}

impl Store {
    /// A device with its user's account: what changes when the device does.
    pub async fn device_with_account(
        &self,
        user: UserId,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<Option<(Record<Device>, Record<Account>)>, StoreError> {
        let mut read = Read::new();
        let (user, device) =
            (read.add::<User>(keys::user(user)), read.add::<Device>(keys::device(user, device)));
        let mut found = self.read(read, now).await?;
        let (Some(user), Some(device)) = (found.take(user)?, found.take(device)?) else { return Ok(None) };
        Ok(self.account_of(&user.value, now).await?.map(|account| (device, account)))
    }

    /// The account that leads to `user`; none once the user is revoked and the account id has a new user.
    pub async fn account_of(
        &self,
        user: &User,
        now: Timestamp,
    ) -> Result<Option<Record<Account>>, StoreError> {
        let account =
            self.get::<Account>(keys::account(user.app_space.tenant(), &user.account_id), now).await?;
        Ok(account.filter(|account| account.value.user == user.id))
    }

    /// Adds to a write that `open`, a challenge, found its outcome as `decided`: out of its user's inbox, or no longer to be
    /// claimed.
    pub async fn release(
        &self,
        write: Write,
        open: &Challenge,
        decided: &Challenge,
        now: Timestamp,
    ) -> Result<Write, StoreError> {
        match &open.state {
            // Who scans its code a little later hears that it is over.
            ChallengeState::Claimable { .. } if matches!(decided.state, ChallengeState::Expired { .. }) => {
                Ok(write)
            }
            ChallengeState::Claimable { claim_hash } => write.remove_copy("claim", &keys::claim(claim_hash)),
            ChallengeState::Pending { user, .. } => {
                let write = write.out_of_inbox(*user, decided)?;
                let user = self.get::<User>(keys::user(*user), now).await?;
                match user {
                    Some(user) if !matches!(user.value.state, UserState::Revoked { .. }) => {
                        write.forget_pending(&user.value, decided.id, None)
                    }
                    // The account id may have a new user by now, whose limits this challenge never touched.
                    _ => Ok(write),
                }
            }
            _ => Ok(write),
        }
    }
}

impl Write {
    /// The user acted: only an active one may, and the time is noted.
    pub fn user_acted(self, user: UserId, now: Timestamp) -> Result<Self, StoreError> {
        self.note(user, "SET body.last_active_at = :at", now)
    }

    /// The user answered: only an active one may, and the time is noted.
    pub fn user_succeeded(self, user: UserId, now: Timestamp) -> Result<Self, StoreError> {
        self.note(user, "SET body.last_succeeded_at = :at, body.last_active_at = :at", now)
    }

    /// The user declined, or failed: only an active one may, and the time is noted.
    pub fn user_failed(self, user: UserId, now: Timestamp) -> Result<Self, StoreError> {
        self.note(user, "SET body.last_failed_at = :at, body.last_active_at = :at", now)
    }

    fn note(self, user: UserId, expression: &'static str, now: Timestamp) -> Result<Self, StoreError> {
        let patch = Patch {
            expression,
            condition: Some("#state = :active"),
            names: [("#state".into(), "state".into())].into(),
            values: [(":at".into(), number(now.millis())), (":active".into(), text("active"))].into(),
        };
        self.patch("user", &keys::user(user), patch)
    }

    /// A device as it is from now on, and with it its place in its user's account.
    pub fn replace_device(
        self,
        device: &Record<Device>,
        account: &Record<Account>,
        changed: &Device,
    ) -> Result<Self, StoreError> {
        let account_then = account.value.clone().with_device(changed);
        self.replace("device", device, changed)?.replace("account", account, &account_then)
    }

    /// An open challenge's copy in its user's inbox; `version` is what the challenge has once this is written.
    pub fn into_inbox(self, user: UserId, challenge: &Challenge, version: u64) -> Result<Self, StoreError> {
        self.insert("inbox", &InboxEntry { user, challenge: challenge.clone(), version })
    }

    /// Out of the inbox: the challenge found its outcome, which apps that follow it see for a moment.
    pub fn out_of_inbox(self, user: UserId, decided: &Challenge) -> Result<Self, StoreError> {
        let write = self.remove_copy("inbox", &keys::inbox(user, decided.id))?;
        match Concluded::of(user, decided) {
            Some(concluded) => write.put_mark("concluded", &concluded),
            None => Ok(write),
        }
    }
}
