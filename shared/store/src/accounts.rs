//! Changes of an account that need not have read it.

use countersign_domain::id::{ChallengeId, UserId};
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;

use crate::error::StoreError;
use crate::item::number;
use crate::keys;
use crate::write::{Patch, Write};

impl Write {
    /// A challenge found its outcome: it no longer counts against the user's limits. After a `not_me` the user is left
    /// alone until `cool_down_until`.
    pub fn forget_pending(
        self,
        user: &User,
        challenge: ChallengeId,
        cool_down_until: Option<Timestamp>,
    ) -> Result<Self, StoreError> {
        let mut patch = Patch {
            expression: "REMOVE body.limits.pending.#challenge",
            condition: None,
            names: [("#challenge".into(), challenge.to_string())].into(),
            values: [].into(),
        };
        if let Some(until) = cool_down_until {
            patch.expression =
                "SET body.limits.cool_down_until = :until REMOVE body.limits.pending.#challenge";
            patch.values.insert(":until".into(), number(until.millis()));
        }
        self.patch("account", &keys::account(user.app_space.tenant(), &user.account_id), patch)
    }

    /// Demands that the user may act, and otherwise leaves the user alone.
    pub fn require_active_user(self, user: UserId) -> Result<Self, StoreError> {
        self.require_state("user", &keys::user(user), "active")
    }
}
