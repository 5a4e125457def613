//! Writes that carry the caller's one-time signature, and what becomes of them.

use countersign_store::{Store, StoreError, Write};

use crate::refusal::Refusal;

/// Why a guarded write did not happen.
#[derive(Debug)]
pub enum Written {
    /// A condition failed: somebody was faster. Reading again tells what is now.
    Conflict(StoreError),
    /// It must not be tried again.
    Refused(Refusal),
}

/// Carries out a write that has the caller's signature in it as the part `signature`, where there is one.
pub(crate) async fn commit(store: &Store, write: Write) -> Result<(), Written> {
    match store.write(write).await {
        Ok(()) => Ok(()),
        // A repeated request with an Idempotency-Key is the same request, not a replay.
        Err(error) if error.is_conflict_of("signature") && !error.is_conflict_of("idempotency") => {
            Err(Written::Refused(Refusal::Replayed))
        }
        Err(error) if error.is_conflict() => Err(Written::Conflict(error)),
        Err(error) => Err(Written::Refused(error.into())),
    }
}

/// How often an operation reads again after somebody was faster.
pub const ROUNDS: usize = 5;
