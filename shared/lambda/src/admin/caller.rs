//! A caller of the administration API who may do what it asks for.

use countersign_domain::act::{Act, Trail};
use countersign_domain::actor::Actor;
use countersign_domain::administrator::Administrator;
use countersign_domain::app_space::AppSpace;
use countersign_domain::company::Company;
use countersign_domain::event::EventKind;
use countersign_domain::refused::Refused;
use countersign_domain::role::{self, Grant, Permission};
use countersign_domain::session::Session;
use countersign_store::guards::Seen;
use countersign_store::{Record, Write};

use super::acting;
use crate::app::App;
use crate::guarded::{self, Written};
use crate::refusal::Refusal;

/// An administrator in a session, or the holder of a provisioning key, in a place where it has a say.
#[derive(Debug)]
pub struct AdminCaller {
    /// On whose account all of it happens.
    pub actor: Actor,
    /// What the caller is, where.
    pub grants: Vec<Grant>,
    /// The company of the place; where the call has none, the caller's own.
    pub company: Record<Company>,
    /// The App Space of the place.
    pub app_space: Option<Record<AppSpace>>,
    /// Of an administrator.
    pub session: Option<Record<Session>>,
    /// Likewise.
    pub administrator: Option<Record<Administrator>>,
    /// Where callers reach the API.
    pub base_url: String,
    /// To be taken once, of a provisioning key.
    pub(super) signature: Option<Seen>,
}

impl AdminCaller {
    /// The App Space of the place.
    pub fn app_space(&self) -> Result<&Record<AppSpace>, Refusal> {
        self.app_space.as_ref().ok_or_else(|| Refused::Unknown("App Space").into())
    }

    /// The administrator, where it is one that calls and not a key.
    pub fn administrator(&self) -> Result<&Record<Administrator>, Refusal> {
        self.administrator.as_ref().ok_or(Refusal::Forbidden)
    }

    /// Likewise, with the session.
    pub fn session(&self) -> Result<(&Record<Session>, &Record<Administrator>), Refusal> {
        self.session.as_ref().zip(self.administrator.as_ref()).ok_or(Refusal::Forbidden)
    }

    /// Whether the caller also has `permission` here.
    pub fn may(&self, permission: Permission) -> bool {
        let here = self.app_space.as_ref().map(|record| record.value.id);
        role::allowed(&self.grants, permission, here)
    }

    /// What is written down of what the caller does here.
    pub fn act(&self, app: &App, event: EventKind, subject: impl ToString, detail: Option<String>) -> Act {
        let trail = match &self.app_space {
            Some(record) => Trail::AppSpace(record.value.id),
            None => Trail::Company(self.company.value.id),
        };
        acting::act(app, trail, self.actor, event, subject, detail)
    }

    /// Carries out a write together with its act. A signature that was used before is told from every other conflict.
    pub async fn write(&self, app: &App, write: Write, act: &Act) -> Result<(), Written> {
        self.write_all(app, write, std::slice::from_ref(act)).await
    }

    /// Likewise, of a write that is more than one act.
    pub async fn write_all(&self, app: &App, mut write: Write, acts: &[Act]) -> Result<(), Written> {
        for act in acts {
            write = write.insert("act", act).map_err(|error| Written::Refused(error.into()))?;
        }
        self.write_untold(app, write).await
    }

    /// Likewise, for changes that tell of themselves: of users and devices.
    pub async fn write_untold(&self, app: &App, write: Write) -> Result<(), Written> {
        let write = match &self.signature {
            Some(seen) => write.insert_over_expired("signature", seen, app.now()),
            None => Ok(write),
        };
        guarded::commit(&app.store, write.map_err(|error| Written::Refused(error.into()))?).await
    }
}
