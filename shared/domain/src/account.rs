//! How a Request Origin reaches a user: found by account id, read in one call.

use serde::{Deserialize, Serialize};

use crate::device::{Device, Platform, PushRegistration};
use crate::id::{AppSpaceId, DeviceId, UserId};
use crate::limits::Limits;
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
}

impl From<&Device> for PushTarget {
    fn from(device: &Device) -> Self {
        let endpoint = match &device.push {
            PushRegistration::Registered { endpoint, .. } => Some(endpoint.clone()),
            _ => None,
        };
        Self { device: device.id, platform: device.platform, endpoint }
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

    /// Takes over what a changed user has in common with it.
    pub fn follow(mut self, user: &User) -> Self {
        self.account_id = user.account_id.clone();
        self.state = user.state;
        if matches!(user.state, UserState::Revoked { .. }) {
            self.targets.clear();
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
