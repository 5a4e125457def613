//! Users and what changes with them, in one write: the account that leads there, devices, the tokens of their provider.

use countersign_domain::account::Account;
use countersign_domain::actor::Actor;
use countersign_domain::device::{Device, RevokedBy};
use countersign_domain::identity_provider::IdentityTokens;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{User, UserState};
use countersign_store::{Record, StoreError, Write, keys};

use crate::refusal::Refusal;

/// A new user, with an account under an id that nobody has, or that a revoked user had.
pub fn create(write: Write, user: &User, former: Option<&Record<Account>>) -> Result<Write, StoreError> {
    create_with(write, user, &Account::of(user), former)
}

/// Likewise, and the account has something already.
pub(crate) fn create_with(
    write: Write,
    user: &User,
    account: &Account,
    former: Option<&Record<Account>>,
) -> Result<Write, StoreError> {
    let write = write.insert("user", user)?.list_user(None, user)?;
    match former {
        Some(former) => write.replace("account", former, account),
        None => write.insert("account", account),
    }
}

/// A user as it was read, with what may have to change with it.
#[derive(Debug)]
pub struct Before<'a> {
    /// The user.
    pub user: &'a Record<User>,
    /// The account that leads there.
    pub account: &'a Record<Account>,
    /// The user's devices; revoked with the user, and then also here.
    pub devices: &'a mut [Record<Device>],
    /// The tokens of the identity provider, where the change hangs on them.
    pub tokens: Option<&'a Record<IdentityTokens>>,
}

impl Before<'_> {
    /// The user becomes `changed`. One who may not act any more loses the tokens and, when revoked, the devices.
    pub fn becomes(self, changed: &User, now: Timestamp) -> Result<Write, Refusal> {
        let mut write =
            Write::new().replace("user", self.user, changed)?.list_user(Some(&self.user.value), changed)?;
        write = follow(write, self.account, &self.account.value.clone().follow(changed))?;
        if matches!(changed.state, UserState::Revoked { .. }) {
            let by = changed.history.last().map_or(Actor::Service, |change| change.by);
            write = revoke(write, self.devices, by, now)?;
        }
        Ok(match (self.tokens, changed.state) {
            (_, UserState::Active) => write,
            (Some(tokens), _) => write.remove("identity tokens", tokens)?,
            (None, _) if changed.identity.is_some() => {
                write.remove_copy("identity tokens", &keys::identity_tokens(changed.id))?
            }
            (None, _) => write,
        })
    }
}

/// The account lies under the account id: with a new one it moves.
fn follow(write: Write, old: &Record<Account>, new: &Account) -> Result<Write, StoreError> {
    if old.value.account_id == new.account_id {
        return write.replace("account", old, new);
    }
    write.remove("account", old)?.insert("new account", new)
}

fn revoke(
    mut write: Write,
    devices: &mut [Record<Device>],
    by: Actor,
    now: Timestamp,
) -> Result<Write, Refusal> {
    for device in devices.iter_mut().filter(|device| device.value.is_active()) {
        let revoked = device.value.clone().revoke(RevokedBy::User, by, now)?;
        write = write.replace("device", device, &revoked)?;
        device.value = revoked;
    }
    Ok(write)
}
