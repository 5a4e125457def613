//! The owner of App Spaces.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::CompanyId;
use crate::time::Timestamp;

/// A tenant of the stack, with its App Spaces and administrators.
#[derive(Clone, Serialize, Deserialize)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its name, as administrators see it.
    pub name: String,
    /// The company whose provisioning key made it; that key acts for it too. None for one that the operator made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<CompanyId>,
    /// The secret of its provisioning key, sealed; none while it has no key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning_secret: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Company {
    /// A company without a key.
    pub fn new(id: CompanyId, name: String, parent: Option<CompanyId>, now: Timestamp) -> Self {
        Self { id, name, parent, provisioning_secret: None, created_at: now }
    }
}

impl fmt::Debug for Company {
    /// Without its secret, sealed as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Company").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}
