//! The audit trail: what happened, when, to what, on whose account.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::event::EventKind;
use crate::id::AppSpaceId;
use crate::time::Timestamp;

/// One entry. Its id is that of the change it tells of, so that a change told twice is one entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Stable id of the event, `evt_…`.
    pub id: String,
    /// Where it happened.
    pub app_space: AppSpaceId,
    /// When it was written to the table.
    pub at: Timestamp,
    /// What happened.
    pub event: EventKind,
    /// To what: a challenge, user or device id.
    pub subject: String,
    /// Whose it is.
    pub user: Option<String>,
    /// On whose account: a Request Origin or device id.
    pub actor: Option<String>,
    /// How it reaches its user, of an approval of the Cloud API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// One more word, e.g. who revoked a device.
    pub detail: Option<String>,
}
