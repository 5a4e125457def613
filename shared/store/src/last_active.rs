//! On which day a user was last active: an item per user, which moves the user from one day's count to another's.

use countersign_domain::last_active::LastActive;

use crate::item::Stored;
use crate::keys::{self, Key};

impl Stored for LastActive {
    const KIND: &'static str = "last_active";

    fn key(&self) -> Key {
        keys::last_active(self.user)
    }
}
