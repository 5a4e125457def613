//! What somebody did that is administration: written with the change itself, and taken into the audit trail from there.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::event::EventKind;
use crate::id::{ActId, AppSpaceId, CompanyId};
use crate::time::Timestamp;

/// Where an audit entry belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trail {
    /// To what happens in an App Space.
    AppSpace(AppSpaceId),
    /// To what happens in a company outside its App Spaces: its administrators, its keys.
    Company(CompanyId),
}

impl Trail {
    /// The GUID of the App Space or company that it is of.
    pub fn guid(&self) -> String {
        match self {
            Self::AppSpace(id) => id.to_string(),
            Self::Company(id) => id.to_string(),
        }
    }
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AppSpace(id) => write!(f, "app_space:{id}"),
            Self::Company(id) => write!(f, "company:{id}"),
        }
    }
}

/// One act of administration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Act {
    /// Its id.
    pub id: ActId,
    /// Where it belongs.
    pub trail: Trail,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub event: EventKind,
    /// To what: an id of whatever `event` speaks of.
    pub subject: String,
    /// By whom.
    pub actor: Actor,
    /// What changed, in a few words without secrets: names of settings, of roles.
    pub detail: Option<String>,
}
