//! A person in one App Space.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::id::{AppSpaceId, UserId};
use crate::identity_provider::Identity;
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
    /// Who they are at the identity provider that they came from; none for those whom a Request Origin bound.
    pub identity: Option<Identity>,
    /// Whether they may act.
    pub state: UserState,
    /// When they were first bound.
    pub created_at: Timestamp,
    /// On whose account; of older items nobody knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<Actor>,
    /// When they last acted on a challenge.
    pub last_active_at: Option<Timestamp>,
    /// When they last answered a challenge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_succeeded_at: Option<Timestamp>,
    /// When a challenge of theirs last failed or was declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failed_at: Option<Timestamp>,
    /// What changed, newest last; the last [`HISTORY_MAX`] changes.
    pub history: Vec<UserChange>,
}

/// How many changes a user's history keeps; the audit trail keeps all.
///
/// With a [`UserInfo`] of 8 KiB in each of them a user still is less than half of the 400 KB that an item may have.
pub const HISTORY_MAX: usize = 20;

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
    /// On whose account; of older items nobody knows it.
    #[serde(default = "unknown")]
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub what: UserChanged,
}

fn unknown() -> Actor {
    Actor::Service
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
        by: Actor,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            app_space,
            account_id,
            user_info,
            identity: None,
            state: UserState::Active,
            created_at: now,
            created_by: Some(by),
            last_active_at: None,
            last_succeeded_at: None,
            last_failed_at: None,
            history: Vec::new(),
        }
    }

    /// The same user, from an identity provider.
    pub fn identified(self, identity: Identity) -> Self {
        Self { identity: Some(identity), ..self }
    }

    /// The user if active, else what is wrong.
    pub fn active(&self) -> Result<&Self, Refused> {
        match self.state {
            UserState::Active => Ok(self),
            state => Err(Refused::WrongState { what: "user", state: state.name() }),
        }
    }

    /// From active to suspended.
    pub fn suspend(self, by: Actor, now: Timestamp) -> Result<Self, Refused> {
        match self.state {
            UserState::Active => {
                Ok(self.into_state(UserState::Suspended { at: now }, UserChanged::Suspended, by, now))
            }
            state => Err(Refused::WrongState { what: "user", state: state.name() }),
        }
    }

    /// From suspended to active.
    pub fn restore(self, by: Actor, now: Timestamp) -> Result<Self, Refused> {
        match self.state {
            UserState::Suspended { .. } => {
                Ok(self.into_state(UserState::Active, UserChanged::Restored, by, now))
            }
            state => Err(Refused::WrongState { what: "user", state: state.name() }),
        }
    }

    /// From active or suspended to revoked, for ever.
    pub fn revoke(self, by: Actor, now: Timestamp) -> Result<Self, Refused> {
        match self.state {
            UserState::Active | UserState::Suspended { .. } => {
                Ok(self.into_state(UserState::Revoked { at: now }, UserChanged::Revoked, by, now))
            }
            state => Err(Refused::WrongState { what: "user", state: state.name() }),
        }
    }

    /// A new account id, for a user who is not revoked. The same again is no change.
    pub fn rename(mut self, account_id: AccountId, by: Actor, now: Timestamp) -> Result<Self, Refused> {
        self.not_revoked()?;
        if self.account_id == account_id {
            return Ok(self);
        }
        let from = std::mem::replace(&mut self.account_id, account_id);
        Ok(self.changed(UserChanged::Renamed { from }, by, now))
    }

    /// New user info, for a user who is not revoked. The same again is no change.
    pub fn set_info(mut self, info: Option<UserInfo>, by: Actor, now: Timestamp) -> Result<Self, Refused> {
        self.not_revoked()?;
        if self.user_info == info {
            return Ok(self);
        }
        let from = std::mem::replace(&mut self.user_info, info);
        Ok(self.changed(UserChanged::InfoChanged { from }, by, now))
    }

    fn not_revoked(&self) -> Result<(), Refused> {
        match self.state {
            UserState::Revoked { .. } => Err(Refused::WrongState { what: "user", state: "revoked" }),
            _ => Ok(()),
        }
    }

    fn into_state(mut self, state: UserState, what: UserChanged, by: Actor, now: Timestamp) -> Self {
        self.state = state;
        self.changed(what, by, now)
    }

    fn changed(mut self, what: UserChanged, by: Actor, now: Timestamp) -> Self {
        self.history.push(UserChange { at: now, by, what });
        if self.history.len() > HISTORY_MAX {
            self.history.remove(0);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{account_id, administrator, at, user};

    fn by() -> Actor {
        Actor::Administrator(administrator().id)
    }

    fn is<T>(state: &'static str) -> Result<T, Refused> {
        Err(Refused::WrongState { what: "user", state })
    }

    fn state(result: Result<User, Refused>) -> Result<UserState, Refused> {
        result.map(|user| user.state)
    }

    fn info(text: &str) -> UserInfo {
        UserInfo::parse("userInfo", text.into()).unwrap()
    }

    #[test]
    fn an_active_one_is_suspended_or_revoked() {
        assert!(user().active().is_ok());
        assert_eq!(state(user().restore(by(), at(1))), is("active"));
        assert_eq!(state(user().suspend(by(), at(1))), Ok(UserState::Suspended { at: at(1) }));
        assert_eq!(state(user().revoke(by(), at(1))), Ok(UserState::Revoked { at: at(1) }));
    }

    #[test]
    fn a_suspended_one_is_restored_or_revoked() {
        let suspended = user().suspend(by(), at(1)).unwrap();
        assert_eq!(suspended.active().map(|_| ()), is("suspended"));
        assert_eq!(state(suspended.clone().suspend(by(), at(2))), is("suspended"));
        assert_eq!(state(suspended.clone().restore(by(), at(2))), Ok(UserState::Active));
        assert_eq!(state(suspended.clone().revoke(by(), at(2))), Ok(UserState::Revoked { at: at(2) }));
        assert!(suspended.rename(account_id("bob"), by(), at(2)).is_ok());
    }

    #[test]
    fn a_revoked_one_stays_so() {
        let revoked = user().revoke(by(), at(1)).unwrap();
        assert_eq!(revoked.active().map(|_| ()), is("revoked"));
        assert_eq!(state(revoked.clone().suspend(by(), at(2))), is("revoked"));
        assert_eq!(state(revoked.clone().restore(by(), at(2))), is("revoked"));
        assert_eq!(state(revoked.clone().revoke(by(), at(2))), is("revoked"));
        assert_eq!(state(revoked.clone().rename(account_id("bob"), by(), at(2))), is("revoked"));
        assert_eq!(state(revoked.set_info(None, by(), at(2))), is("revoked"));
    }

    #[test]
    fn each_change_is_in_the_history_with_what_was_before() {
        let user = user().rename(account_id("bob"), by(), at(1)).unwrap();
        let user = user.set_info(Some(info("vip")), by(), at(2)).unwrap();
        let user = user.set_info(None, by(), at(3)).unwrap().suspend(by(), at(4)).unwrap();
        let user = user.restore(by(), at(5)).unwrap().revoke(by(), at(6)).unwrap();
        assert_eq!(user.account_id, account_id("bob"));
        assert_eq!(user.user_info, None);
        let by = by().to_string();
        assert_eq!(
            serde_json::to_value(&user.history).unwrap(),
            serde_json::json!([
                {"at": 1, "by": by, "change": "renamed", "from": "ann"},
                {"at": 2, "by": by, "change": "info_changed", "from": null},
                {"at": 3, "by": by, "change": "info_changed", "from": "vip"},
                {"at": 4, "by": by, "change": "suspended"},
                {"at": 5, "by": by, "change": "restored"},
                {"at": 6, "by": by, "change": "revoked"},
            ])
        );
    }

    #[test]
    fn a_change_of_which_nobody_knows_who_made_it_is_the_services() {
        let old: UserChange = serde_json::from_str(r#"{"at": 1, "change": "suspended"}"#).unwrap();
        assert_eq!(old.by, Actor::Service);
    }

    #[test]
    fn the_history_keeps_the_last_changes_and_fits_into_an_item() {
        let mut user = user();
        let longest = ["\u{1f511}", "\u{1f512}"].map(|c| info(&c.repeat(2048)));
        for now in 0..=HISTORY_MAX {
            user = user.set_info(Some(longest[now % 2].clone()), by(), at(now.try_into().unwrap())).unwrap();
        }
        let same = user.clone().set_info(user.user_info.clone(), by(), at(99)).unwrap();
        assert_eq!(same.history[HISTORY_MAX - 1].at, user.history[HISTORY_MAX - 1].at, "no change");
        assert_eq!(user.history.len(), HISTORY_MAX);
        assert_eq!(user.history[0].at, at(1));
        assert!(serde_json::to_string(&user).unwrap().len() < 200_000);
    }
}
