//! Why a job failed, for the log and for whoever retries it.

use countersign_lambda::Refusal;
use countersign_lambda::keys::KeysError;
use countersign_push::PushError;
use countersign_store::StoreError;

/// A job did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The event is not what this job is for.
    #[error("the event is not one for this job: {0}")]
    Event(String),
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Push.
    #[error(transparent)]
    Push(#[from] PushError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Something that the code or the table's content does not allow.
    #[error("{0}")]
    Unexpected(String),
}

impl JobError {
    pub(crate) fn event(error: serde_json::Error) -> Self {
        Self::Event(error.to_string())
    }

    /// What the kit refused, in its words.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self::Unexpected(refusal.tell().body.message)
    }

    pub(crate) fn unexpected(what: impl std::fmt::Display) -> Self {
        Self::Unexpected(what.to_string())
    }
}
