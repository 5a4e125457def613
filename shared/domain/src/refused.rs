//! Why a rule of the domain says no.

use crate::invalid::Invalid;
use crate::time::Span;

/// A transition that the rules do not allow. Each edge turns it into its own dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A value from outside is malformed or does not fit.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is none, or it is not the caller's: the two are never told apart.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// It exists, but its state does not allow this.
    #[error("the {what} is {state}")]
    WrongState {
        /// What it is, e.g. `challenge`.
        what: &'static str,
        /// The state it is in, e.g. `expired`.
        state: &'static str,
    },
    /// A limit is reached; waiting helps.
    #[error("{limit}")]
    TooMany {
        /// Which limit, as a sentence without a full stop.
        limit: &'static str,
        /// How long to wait.
        retry_after: Span,
    },
    /// The matching code was wrong; the challenge is still open.
    #[error("the matching code is wrong, {attempts_left} attempts are left")]
    WrongCode {
        /// How many more tries the challenge allows.
        attempts_left: u8,
    },
}
