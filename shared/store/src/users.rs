//! The list of an App Space's users, by account id.

use countersign_domain::id::{AppSpaceId, UserId};
use countersign_domain::text::AccountId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{User, UserState};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{Stored, unpack};
use crate::keys::{self, Key};
use crate::page::{Cursor, LAST, Page, Stretch};
use crate::store::Store;
use crate::write::Write;

/// A user in the list; a copy, written with the user.
///
/// The list is one partition, so that it has an order: it takes about a thousand changes per second, which are new users and
/// changes of their names and states, and not what users do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedUser {
    /// Where the user belongs.
    pub app_space: AppSpaceId,
    /// The user.
    pub user: UserId,
    /// What Request Origins call the user.
    pub account_id: AccountId,
    /// Whether the user may act.
    pub state: UserState,
    /// When the user was first bound.
    pub created_at: Timestamp,
}

impl ListedUser {
    /// The entry of `user`.
    pub fn of(user: &User) -> Self {
        let User { id, app_space, account_id, state, created_at, .. } = user;
        Self {
            app_space: *app_space,
            user: *id,
            account_id: account_id.clone(),
            state: *state,
            created_at: *created_at,
        }
    }
}

impl Stored for ListedUser {
    const KIND: &'static str = "listed_user";

    fn key(&self) -> Key {
        keys::listed_user(self.app_space.tenant(), &self.account_id, self.user)
    }
}

impl Write {
    /// The user's entry in the list, as the user is from now on; `before` is the user as the list has them, unless they are
    /// new. The user's own item carries the condition.
    pub fn list_user(self, before: Option<&User>, user: &User) -> Result<Self, StoreError> {
        let (old, new) = (before.map(ListedUser::of), ListedUser::of(user));
        let write = match old {
            Some(old) if old == new => return Ok(self),
            Some(old) if old.key() != new.key() => self.remove_copy("listed before", &old.key())?,
            _ => self,
        };
        write.put_mark("listed", &new)
    }
}

impl Store {
    /// The users of an App Space by account id, in either case: at most `limit`, behind `after`; only those whose account id
    /// begins with `prefix`, where there is one.
    pub async fn users_page(
        &self,
        app_space: AppSpaceId,
        prefix: Option<&str>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<ListedUser>, StoreError> {
        let prefix = keys::folded(prefix.unwrap_or_default());
        let stretch = Stretch {
            pk: keys::users_partition(app_space.tenant()),
            to: format!("{prefix}{LAST}"),
            from: if prefix.is_empty() { " ".into() } else { prefix },
            newest_first: false,
            consistent: false,
        };
        self.page(&stretch, after, limit).await?.try_map(|item| Ok(unpack(item)?.value))
    }
}
