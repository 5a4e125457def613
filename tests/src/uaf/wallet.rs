//! What the app keeps: its authenticators with their keys, and who it is at which service.

use countersign_authenticator::push_key::PushKey;
use countersign_authenticator::uaf::{Authenticator, KeyName};
use serde::{Deserialize, Serialize};

use super::kept_key;
use crate::device::keys::KeyPair;
use crate::device::service_url::ServiceUrl;

/// All that an app keeps.
#[derive(Debug, Serialize, Deserialize)]
pub struct Wallet {
    /// The authenticators of the phone.
    pub authenticators: Vec<Authenticator>,
    /// One for each registration, oldest first.
    pub accounts: Vec<Account>,
}

impl Default for Wallet {
    /// One authenticator without keys.
    fn default() -> Self {
        Self { authenticators: vec![Authenticator::new()], accounts: Vec::new() }
    }
}

/// One registration.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Where it was made.
    pub service_url: ServiceUrl,
    /// The App Space.
    pub app_space: String,
    /// The user name.
    pub username: String,
    /// The user; `sub` of signed calls.
    pub user: String,
    /// The device, which is also its dispatch target's id: `kid` of signed calls.
    pub device: String,
    /// The key.
    pub key: KeyName,
    /// What the app signs calls with, once the service knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
}

/// The keys of a dispatch target.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Signs calls.
    #[serde(with = "kept_key")]
    pub signature_key: KeyPair,
    /// Opens pushes.
    pub encryption_key: PushKey,
}

impl Wallet {
    /// The last account at this service, of this user where one is named.
    pub fn account(&self, service_url: &ServiceUrl, username: Option<&str>) -> Option<&Account> {
        self.accounts.iter().rfind(|account| is_meant(account, service_url, username))
    }

    /// As [`Wallet::account`].
    pub(crate) fn account_mut(
        &mut self,
        service_url: &ServiceUrl,
        username: Option<&str>,
    ) -> Option<&mut Account> {
        self.accounts.iter_mut().rfind(|account| is_meant(account, service_url, username))
    }
}

fn is_meant(account: &Account, service_url: &ServiceUrl, username: Option<&str>) -> bool {
    account.service_url == *service_url && username.is_none_or(|username| account.username == username)
}
