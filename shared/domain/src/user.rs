//! A person in one App Space.

use serde::{Deserialize, Serialize};

use crate::id::{AppSpaceId, UserId};
use crate::invalid::Invalid;
use crate::refused::Refused;
use crate::text::{self, AccountId};
use crate::time::Timestamp;

/// A person, as one App Space knows them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    /// The id of ours.
    pub id: UserId,
    /// Where they belong.
    pub app_space: AppSpaceId,
    /// The name that Request Origins use.
    pub account_id: AccountId,
    /// What the Request Origin wants to remember, opaque.
    pub user_info: Option<UserInfo>,
    /// Whether they may act.
    pub state: UserState,
    /// When they were first bound.
    pub created_at: Timestamp,
    /// When they last acted on a challenge.
    pub last_active_at: Option<Timestamp>,
    /// What changed, newest last; the last [`HISTORY_MAX`] changes.
    pub history: Vec<UserChange>,
}

/// How many changes a user's history keeps; the audit trail keeps all.
pub const HISTORY_MAX: usize = 50;

/// Opaque text of a Request Origin about a user: up to 2,048 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserInfo(String);

impl UserInfo {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, value: String) -> Result<Self, Invalid> {
        text::paragraph(field, value, 2048).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a user may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum UserState {
    /// May be asked and may answer.
    Active,
    /// May not, until restored.
    Suspended {
        /// Since when.
        at: Timestamp,
    },
    /// Never again; a later bind makes a new user.
    Revoked {
        /// Since when.
        at: Timestamp,
    },
}

impl UserState {
    /// The state's word in every API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended { .. } => "suspended",
            Self::Revoked { .. } => "revoked",
        }
    }
}

/// One change of a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserChange {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: UserChanged,
}

/// What changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum UserChanged {
    /// The account id; this was the one before.
    Renamed {
        /// The account id until then.
        from: AccountId,
    },
    /// The user info; this was the one before.
    InfoChanged {
        /// The info until then.
        from: Option<UserInfo>,
    },
    /// Suspended.
    Suspended,
    /// Restored.
    Restored,
    /// Revoked.
    Revoked,
}

impl User {
    /// A new, active user.
    pub fn new(
        id: UserId,
        app_space: AppSpaceId,
        account_id: AccountId,
        user_info: Option<UserInfo>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            app_space,
            account_id,
            user_info,
            state: UserState::Active,
            created_at: now,
            last_active_at: None,
            history: Vec::new(),
        }
    }

    /// The user if active, else what is wrong.
    pub fn active(&self) -> Result<&Self, Refused> {
        match self.state {
            UserState::Active => Ok(self),
            state => Err(Refused::WrongState { what: "user", state: state.name() }),
        }
    }

    /// From active to suspended.
    pub fn suspend(self, now: Timestamp) -> Result<Self, Refused> {
        match self.state {
            UserState::Active => {
                Ok(self.into_state(UserState::Suspended { at: now }, UserChanged::Suspended, now))
            }
            state => Err(Refused::WrongState { what: "user", state: state.name() }),
        }
    }

    /// From suspended to active.
    pub fn restore(self, now: Timestamp) -> Result<Self, Refused> {
        match self.state {
            UserState::Suspended { .. } => Ok(self.into_state(UserState::Active, UserChanged::Restored, now)),
            state => Err(Refused::WrongState { what: "user", state: state.name() }),
        }
    }

    /// From active or suspended to revoked, for ever.
    pub fn revoke(self, now: Timestamp) -> Result<Self, Refused> {
        match self.state {
            UserState::Active | UserState::Suspended { .. } => {
                Ok(self.into_state(UserState::Revoked { at: now }, UserChanged::Revoked, now))
            }
            state => Err(Refused::WrongState { what: "user", state: state.name() }),
        }
    }

    /// A new account id, for a user who is not revoked.
    pub fn rename(mut self, account_id: AccountId, now: Timestamp) -> Result<Self, Refused> {
        self.not_revoked()?;
        let from = std::mem::replace(&mut self.account_id, account_id);
        Ok(self.changed(UserChanged::Renamed { from }, now))
    }

    /// New user info, for a user who is not revoked.
    pub fn set_info(mut self, info: Option<UserInfo>, now: Timestamp) -> Result<Self, Refused> {
        self.not_revoked()?;
        let from = std::mem::replace(&mut self.user_info, info);
        Ok(self.changed(UserChanged::InfoChanged { from }, now))
    }

    fn not_revoked(&self) -> Result<(), Refused> {
        match self.state {
            UserState::Revoked { .. } => Err(Refused::WrongState { what: "user", state: "revoked" }),
            _ => Ok(()),
        }
    }

    fn into_state(mut self, state: UserState, what: UserChanged, now: Timestamp) -> Self {
        self.state = state;
        self.changed(what, now)
    }

    fn changed(mut self, what: UserChanged, now: Timestamp) -> Self {
        self.history.push(UserChange { at: now, what });
        if self.history.len() > HISTORY_MAX {
            self.history.remove(0);
        }
        self
    }
}
