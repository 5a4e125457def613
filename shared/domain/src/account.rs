//! How a Request Origin reaches a user: found by account id, read in one call.

use serde::{Deserialize, Serialize};

use crate::authenticator_key::KeyName;
use crate::device::{AuthenticatorVersion, Device, Platform, PushRegistration};
use crate::id::{AppSpaceId, DeviceId, UserId};
use crate::limits::Limits;
use crate::phone::PhoneNumber;
use crate::refused::Refused;
use crate::text::AccountId;
use crate::user::{User, UserState};

/// Everything that asking a user needs, kept under the account id.
///
/// [`User`] is kept under the user's id, for the devices. The two change together where they overlap: the
/// state and the account id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// The name that Request Origins use.
    pub account_id: AccountId,
    /// Whose account it is.
    pub user: UserId,
    /// As of the user.
    pub state: UserState,
    /// What was asked of late.
    pub limits: Limits,
    /// Where codes go by SMS, once the user has shown to read there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// The active devices, and where pushes to them go.
    pub targets: Vec<PushTarget>,
}

/// An active device as a push sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushTarget {
    /// The device.
    pub device: DeviceId,
    /// Its platform.
    pub platform: Platform,
    /// The SNS endpoint, while it takes pushes.
    pub endpoint: Option<String>,
    /// What its key is called, if it is an authenticator of another protocol than the Device API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyName>,
    /// The version of the Authenticator API, if it speaks that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator: Option<AuthenticatorVersion>,
}

impl From<&Device> for PushTarget {
    fn from(device: &Device) -> Self {
        let endpoint = match &device.push {
            PushRegistration::Registered { endpoint, .. } => Some(endpoint.clone()),
            _ => None,
        };
        Self {
            device: device.id,
            platform: device.platform,
            endpoint,
            key: device.kind.key_name(),
            authenticator: device.kind.authenticator(),
        }
    }
}

impl Account {
    /// The account of a new user.
    pub fn of(user: &User) -> Self {
        Self {
            app_space: user.app_space,
            account_id: user.account_id.clone(),
            user: user.id,
            state: user.state,
            limits: Limits::default(),
            phone: None,
            targets: Vec::new(),
        }
    }

    /// The account if its user is active, else what is wrong.
    pub fn active(self) -> Result<Self, Refused> {
        match self.state {
            UserState::Active => Ok(self),
            state => Err(Refused::WrongState { what: "user", state: state.name() }),
        }
    }

    /// Whether an app of the Authenticator API is among the devices.
    pub fn has_authenticator(&self) -> bool {
        self.targets.iter().any(|target| target.authenticator.is_some())
    }

    /// Takes over what a changed user has in common with it.
    pub fn follow(mut self, user: &User) -> Self {
        self.account_id = user.account_id.clone();
        self.state = user.state;
        if matches!(user.state, UserState::Revoked { .. }) {
            self.targets.clear();
            self.phone = None;
        }
        self
    }

    /// With `device` as it is now: present while active, gone when revoked.
    pub fn with_device(mut self, device: &Device) -> Self {
        self.targets.retain(|target| target.device != device.id);
        if device.is_active() {
            self.targets.push(PushTarget::from(device));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;
    use crate::samples::{account_id, at, device, device_id, push_token, user};

    fn registered(number: u8, endpoint: &str) -> Device {
        let push = PushRegistration::Registered { token: push_token("a"), endpoint: endpoint.into() };
        Device { id: device_id(number), push, ..device() }
    }

    fn targets(account: &Account) -> Vec<(DeviceId, Option<&str>)> {
        account.targets.iter().map(|target| (target.device, target.endpoint.as_deref())).collect()
    }

    #[test]
    fn only_an_active_user_is_asked() {
        assert!(Account::of(&user()).active().is_ok());
        for (user, state) in [
            (user().suspend(Actor::Service, at(1)).unwrap(), "suspended"),
            (user().revoke(Actor::Service, at(1)).unwrap(), "revoked"),
        ] {
            let refused = Refused::WrongState { what: "user", state };
            assert_eq!(Account::of(&user).active().map(|_| ()), Err(refused));
        }
    }

    #[test]
    fn it_follows_its_user_and_drops_the_devices_of_a_revoked_one() {
        let account = Account::of(&user()).with_device(&registered(1, "arn:a"));
        let suspended = user()
            .rename(account_id("bob"), Actor::Service, at(1))
            .unwrap()
            .suspend(Actor::Service, at(2))
            .unwrap();
        let account = account.follow(&suspended);
        assert_eq!((account.account_id.as_str(), account.state.name()), ("bob", "suspended"));
        assert_eq!(account.targets.len(), 1, "suspended is not for ever");
        let account = account.follow(&suspended.revoke(Actor::Service, at(3)).unwrap());
        assert_eq!((account.state.name(), account.targets.len()), ("revoked", 0));
    }

    #[test]
    fn it_knows_each_active_device_once_as_it_is_now() {
        let account = Account::of(&user()).with_device(&registered(1, "arn:a")).with_device(&device());
        assert_eq!(targets(&account), [(device_id(1), None)], "without an endpoint there is no push");
        let account = account.with_device(&registered(2, "arn:b")).with_device(&registered(1, "arn:c"));
        assert_eq!(targets(&account), [(device_id(2), Some("arn:b")), (device_id(1), Some("arn:c"))]);
        let account = account.with_device(&registered(2, "arn:b").revoke_itself(at(1)).unwrap());
        assert_eq!(targets(&account), [(device_id(1), Some("arn:c"))]);
    }

    #[test]
    fn only_a_registered_device_has_an_endpoint_to_push_to() {
        for push in [
            PushRegistration::None,
            PushRegistration::Wanted { token: push_token("a") },
            PushRegistration::Disabled { at: at(1), endpoint: "arn:a".into() },
        ] {
            assert_eq!(PushTarget::from(&Device { push, ..device() }).endpoint, None);
        }
        assert_eq!(PushTarget::from(&registered(1, "arn:a")).endpoint.as_deref(), Some("arn:a"));
    }
}
