//! Audit trails: their entries by time, newest first to be searched, oldest first to be verified and exported.

use countersign_crypto::audit_chain::{Broken, Chain};
use countersign_domain::act::Trail;
use countersign_domain::audit::{AuditEntry, AuditHead};
use countersign_domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{Record, Stored, unpack};
use crate::keys::{self, Key};
use crate::page::{Cursor, LAST, Page, Stretch};
use crate::store::Store;

impl Stored for AuditEntry {
    const KIND: &'static str = "audit_entry";

    fn key(&self) -> Key {
        keys::audit(self.trail, self.at, self.seq)
    }
}

impl Stored for AuditHead {
    const KIND: &'static str = "audit_head";

    fn key(&self) -> Key {
        keys::audit_head(self.trail)
    }
}

/// That an event has its audit entry: an event is told again as long as the table's stream keeps it, which is a day.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Audited {
    event: String,
    at: Timestamp,
}

impl Audited {
    /// The event of `entry` has it.
    pub fn by(entry: &AuditEntry) -> Self {
        Self { event: entry.id.clone(), at: entry.at }
    }
}

/// How long it is known which event has its entry.
pub const AUDITED_KEPT: Span = Span::days(7);

impl Stored for Audited {
    const KIND: &'static str = "audited";

    fn key(&self) -> Key {
        keys::audited(&self.event)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.at + AUDITED_KEPT)
    }
}

/// How far a verification came.
#[derive(Debug)]
pub struct Checked {
    /// The chain up to the last good entry.
    pub chain: Chain,
    /// What is wrong with the next one, if anything.
    pub broken: Option<Broken>,
    /// Where to go on, with `chain`; none at the end of the trail, or where it is broken.
    pub next: Option<Cursor>,
}

/// Entries that one query reads of a whole trail: of some 500 bytes each, half of what a query gives.
const AT_ONCE: usize = 1000;

impl Store {
    /// The entries from `from` to `to`, both included, newest first: at most `limit`, behind `after`.
    ///
    /// Eventually consistent: what is told is what was, and it comes in order.
    pub async fn audit_page(
        &self,
        trail: Trail,
        (from, to): (Timestamp, Timestamp),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<AuditEntry>, StoreError> {
        let stretch = Stretch {
            pk: keys::audit_partition(trail),
            from: from.rfc3339(),
            // Behind the time stands `#` and the number: `$` comes next.
            to: format!("{to}$"),
            newest_first: true,
            consistent: false,
        };
        self.page(&stretch, after, limit).await?.try_map(|item| Ok(unpack(item)?.value))
    }

    /// The entries in the order in which they were written, strongly consistent: at most `limit`, behind `after`.
    pub async fn audit_chain(
        &self,
        trail: Trail,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<AuditEntry>, StoreError> {
        let stretch = Stretch {
            pk: keys::audit_partition(trail),
            from: " ".into(),
            to: LAST.into(),
            newest_first: false,
            consistent: true,
        };
        self.page(&stretch, after, limit).await?.try_map(|item| Ok(unpack(item)?.value))
    }

    /// What is noted as a trail's newest entry.
    pub async fn audit_head(
        &self,
        trail: Trail,
        now: Timestamp,
    ) -> Result<Option<Record<AuditHead>>, StoreError> {
        self.get(keys::audit_head(trail), now).await
    }

    /// Verifies a trail behind what `chain` has verified, which ends at `after`: about `most` entries, or to its end, which is
    /// compared with its head then.
    pub async fn verify_audit(
        &self,
        mut chain: Chain,
        mut after: Option<Cursor>,
        most: usize,
        now: Timestamp,
    ) -> Result<Checked, StoreError> {
        let trail = chain.trail();
        let begin = chain.seq();
        let mut expected = 0;
        loop {
            let page = self.audit_chain(trail, after.as_ref(), AT_ONCE.min(most)).await?;
            for entry in &page.items {
                if let Err(broken) = chain.take(entry) {
                    return Ok(Checked { chain, broken: Some(broken), next: None });
                }
                after = Some(Cursor::behind(entry));
            }
            if page.next.is_some() {
                if usize::try_from(chain.seq() - begin).is_ok_and(|checked| checked >= most) {
                    return Ok(Checked { chain, broken: None, next: after });
                }
                continue;
            }
            // What a head named before a page was read must be on that page.
            if chain.seq() < expected {
                let broken = Some(Broken::Missing { seq: chain.seq() + 1 });
                return Ok(Checked { chain, broken, next: None });
            }
            let head = self.audit_head(trail, now).await?.map(|record| record.value);
            if let Some(head) = head.as_ref().filter(|head| head.seq > chain.seq()) {
                expected = head.seq;
                continue;
            }
            let broken = chain.end(head.as_ref()).err();
            return Ok(Checked { chain, broken, next: None });
        }
    }
}
