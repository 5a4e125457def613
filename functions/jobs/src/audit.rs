//! Audit trails: an entry for every change that an auditor has a use for, chained to the one before.
//!
//! Entry, head, the mark that the event has its entry, and what is counted and listed with it are one transaction. So an
//! event that is told again, or by two shards at once, is one entry, and a trail has no gap.

use std::collections::HashMap;

use countersign_crypto::audit_chain;
use countersign_domain::act::Trail;
use countersign_domain::audit::{AuditEntry, AuditHead, Happened};
use countersign_domain::last_active::LastActive;
use countersign_lambda::App;
use countersign_store::audit::Audited;
use countersign_store::stream::Change;
use countersign_store::{Read, Record, StoreError, Write, keys};

use crate::counted::Counted;
use crate::error::JobError;
use crate::happened;

/// How often an entry is chained anew after another shard's was faster. One of all that try succeeds each time.
const ROUNDS: u32 = 20;

/// Writes entries, and remembers how the trails end that it wrote to.
#[derive(Default)]
pub(crate) struct Scribe {
    heads: HashMap<Trail, Record<AuditHead>>,
}

impl Scribe {
    /// Writes the entry of `change`, once.
    pub(crate) async fn record(&mut self, app: &App, change: &Change) -> Result<(), JobError> {
        let Some(happened) = happened::of(change) else { return Ok(()) };
        let counted = Counted::of(change, happened.event);
        for round in 1..=ROUNDS {
            let (head, last_active) = self.read(app, &happened, &counted).await?;
            let entry = audit_chain::append(&happened, head.as_ref().map(|head| &head.value));
            let entry = entry.map_err(JobError::unexpected)?;
            let write = counted.write(write(&entry, head.as_ref())?, last_active.as_ref())?;
            match app.store.write(write).await {
                Ok(()) => {
                    let version = head.map_or(1, |head| head.version + 1);
                    self.heads.insert(entry.trail, Record { value: AuditHead::of(&entry), version });
                    return Ok(());
                }
                Err(error) if error.is_conflict_of("audited") => return Ok(()),
                Err(error) if error.is_conflict() => {
                    self.heads.remove(&happened.trail);
                    app.store.wait(round).await;
                }
                Err(error) => {
                    self.heads.remove(&happened.trail);
                    return Err(error.into());
                }
            }
        }
        Err(StoreError::Unavailable("an audit trail is being written by others".into()).into())
    }

    async fn read(
        &self,
        app: &App,
        happened: &Happened,
        counted: &Counted<'_>,
    ) -> Result<(Option<Record<AuditHead>>, Option<Record<LastActive>>), JobError> {
        let known = self.heads.get(&happened.trail).cloned();
        if known.is_some() && counted.user().is_none() {
            return Ok((known, None));
        }
        let mut read = Read::new();
        let head = known.is_none().then(|| read.add::<AuditHead>(keys::audit_head(happened.trail)));
        let last_active = counted.user().map(|user| read.add::<LastActive>(keys::last_active(user)));
        let mut found = app.store.read(read, app.now()).await?;
        let head = head.map(|slot| found.take(slot)).transpose()?.flatten();
        Ok((known.or(head), last_active.map(|slot| found.take(slot)).transpose()?.flatten()))
    }
}

fn write(entry: &AuditEntry, head: Option<&Record<AuditHead>>) -> Result<Write, StoreError> {
    let write = Write::new().insert("audited", &Audited::by(entry))?.insert("audit", entry)?;
    match head {
        Some(head) => write.replace("head", head, &AuditHead::of(entry)),
        None => write.insert("head", &AuditHead::of(entry)),
    }
}
