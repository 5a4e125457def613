//! The chain of an audit trail: each entry has the hash of the one before, so that whoever alters, drops, adds or moves an
//! entry must compute anew all that come after it.

use countersign_domain::act::Trail;
use countersign_domain::audit::{AuditEntry, AuditHead, Happened};

use crate::digest::{Digest, NotCanonical, canonical_json};

/// What the first entry of `trail` has for the hash of the entry before: that of the text
/// `countersign audit trail`, a space and the GUID.
pub fn beginning(trail: Trail) -> String {
    Digest::of(format!("countersign audit trail {}", trail.guid()).as_bytes()).to_string()
}

/// The hash of `entry`: SHA-256, base64url, of the canonical JSON (RFC 8785) of what [`AuditEntry::hashed`] tells.
///
/// # Errors
/// [`NotCanonical`] never, as an entry has texts and whole numbers only.
pub fn hash(entry: &AuditEntry) -> Result<String, NotCanonical> {
    Ok(Digest::of(canonical_json(&entry.hashed())?.as_bytes()).to_string())
}

/// The entry of what `happened`, with its hash, behind `head`, the newest entry of its trail.
///
/// # Errors
/// As [`hash`].
pub fn append(happened: &Happened, head: Option<&AuditHead>) -> Result<AuditEntry, NotCanonical> {
    let previous = head.map_or_else(|| beginning(happened.trail), |head| head.hash.clone());
    let entry = AuditEntry::after(happened, head, previous);
    Ok(AuditEntry { hash: hash(&entry)?, ..entry })
}

/// What is wrong with a trail, at the first entry where anything is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry is gone.
    #[error("entry {seq} is missing")]
    Missing {
        /// The number that no entry has.
        seq: u64,
    },
    /// An entry stands where an earlier number was expected no more: it was added, or moved.
    #[error("entry {id} has the number {seq}, which another entry has before it")]
    OutOfOrder {
        /// Its number.
        seq: u64,
        /// Its id.
        id: String,
    },
    /// An entry is not what was written.
    #[error("entry {seq} ({id}) is altered: its hash is not that of its content")]
    Altered {
        /// Its number.
        seq: u64,
        /// Its id.
        id: String,
    },
    /// An entry does not continue the one before: one of the two was replaced.
    #[error("entry {seq} ({id}) does not continue the entry before it")]
    Unchained {
        /// Its number.
        seq: u64,
        /// Its id.
        id: String,
    },
    /// The trail's newest entry is another one than was noted when it was written.
    #[error("the trail ends with entry {seq}, which is not the one that was noted as its newest")]
    OtherEnd {
        /// The number of the last entry.
        seq: u64,
    },
}

/// A trail that is being verified, from its first entry on.
#[derive(Debug, Clone)]
pub struct Chain {
    trail: Trail,
    seq: u64,
    hash: String,
}

impl Chain {
    /// Nothing verified yet.
    pub fn new(trail: Trail) -> Self {
        Self { trail, seq: 0, hash: beginning(trail) }
    }

    /// After an entry that was verified before, by its number and hash.
    pub fn after(trail: Trail, seq: u64, hash: String) -> Self {
        Self { trail, seq, hash }
    }

    /// The trail.
    pub fn trail(&self) -> Trail {
        self.trail
    }

    /// The number of the last entry that was good.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// That entry's hash.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Takes the next entry, in the order of the table.
    ///
    /// # Errors
    /// What is wrong with it; the chain stays at the entry before.
    pub fn take(&mut self, entry: &AuditEntry) -> Result<(), Broken> {
        let (seq, id) = (entry.seq, || entry.id.clone());
        if seq <= self.seq {
            return Err(Broken::OutOfOrder { seq, id: id() });
        }
        if seq > self.seq + 1 {
            return Err(Broken::Missing { seq: self.seq + 1 });
        }
        if entry.trail != self.trail || hash(entry).as_deref() != Ok(entry.hash.as_str()) {
            return Err(Broken::Altered { seq, id: id() });
        }
        if entry.previous != self.hash {
            return Err(Broken::Unchained { seq, id: id() });
        }
        self.seq = seq;
        self.hash.clone_from(&entry.hash);
        Ok(())
    }

    /// Compares the end with the newest entry as `head` has it, once there are no more entries.
    ///
    /// # Errors
    /// [`Broken::Missing`] if entries are gone from the end, [`Broken::OtherEnd`] if it is another entry.
    pub fn end(&self, head: Option<&AuditHead>) -> Result<(), Broken> {
        let (seq, hash) = head.map_or((0, None), |head| (head.seq, Some(head.hash.as_str())));
        if seq > self.seq {
            return Err(Broken::Missing { seq: self.seq + 1 });
        }
        if seq < self.seq || hash.is_some_and(|hash| hash != self.hash) {
            return Err(Broken::OtherEnd { seq: self.seq });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
