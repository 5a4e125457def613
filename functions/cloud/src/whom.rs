//! Whom an operation is about: a user by name or by id.

use countersign_domain::account::Account;
use countersign_domain::id::UserId;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::user::{User, UserState};
use countersign_domain::username::Username;
use countersign_lambda::origin::{Caller, OriginRead};
use countersign_lambda::{App, Refusal};
use countersign_store::{Found, Record, Slot, keys};

/// A user as the caller names one.
pub(crate) enum Whom {
    /// By name. There may be no such user yet.
    Name(Username),
    /// By id.
    Id(UserId),
}

/// Where in what is read the user will stand.
pub(crate) enum WhomSlot {
    Name(Slot<Account>),
    Id(Slot<User>),
}

impl Whom {
    /// Reads `username` and `userId`, of which a request has at most one.
    pub(crate) fn of(username: Option<&str>, user_id: Option<&str>) -> Result<Option<Self>, Invalid> {
        Ok(match (username, user_id) {
            (None, None) => None,
            (Some(name), None) => Some(Self::Name(Username::parse("username", name.to_owned())?)),
            (None, Some(id)) => {
                Some(Self::Id(id.parse().map_err(|_| Invalid::new("userId", "is not a UUID"))?))
            }
            (Some(_), Some(_)) => return Err(Invalid::new("userId", "excludes username")),
        })
    }

    /// Likewise, of which a request has exactly one.
    pub(crate) fn required(username: Option<&str>, user_id: Option<&str>) -> Result<Self, Invalid> {
        Self::of(username, user_id)?.ok_or_else(|| Invalid::new("username", "is missing, and so is userId"))
    }

    /// Reads the user with everything else.
    pub(crate) fn read(&self, read: &mut OriginRead) -> WhomSlot {
        match self {
            Self::Name(name) => WhomSlot::Name(read.add(keys::account(read.tenant(), name.account_id()))),
            Self::Id(user) => WhomSlot::Id(read.add(keys::user(*user))),
        }
    }
}

impl WhomSlot {
    /// The account of the user, who may not be active. One who is named by id and is not there, or is revoked, or is
    /// of another App Space, is unknown; by name, the account of a revoked user is free and comes as it is.
    ///
    /// An id costs one call more than a name: what asking a user needs is kept under the name.
    pub(crate) async fn find(
        self,
        app: &App,
        caller: &Caller,
        found: &mut Found,
    ) -> Result<Option<Record<Account>>, Refusal> {
        match self {
            Self::Name(slot) => Ok(found.take(slot)?),
            Self::Id(slot) => {
                let user = found.take(slot)?.map(|record| record.value);
                let user = user.filter(|user| user.app_space == caller.app_space.id);
                let user = user.ok_or(Refused::Unknown("user"))?;
                let account = app.store.account_of(&user, app.now()).await?.filter(is_there);
                Ok(Some(account.ok_or(Refused::Unknown("user"))?))
            }
        }
    }

    /// The account of a user who is there.
    pub(crate) async fn find_known(
        self,
        app: &App,
        caller: &Caller,
        found: &mut Found,
    ) -> Result<Record<Account>, Refusal> {
        let account = self.find(app, caller, found).await?.filter(is_there);
        Ok(account.ok_or(Refused::Unknown("user"))?)
    }
}

/// A revoked user is gone: the name is free for another.
fn is_there(account: &Record<Account>) -> bool {
    !matches!(account.value.state, UserState::Revoked { .. })
}
