//! Why a call of an authenticator app came to nothing.

use countersign_domain::invalid::Invalid;
use countersign_domain::time::Span;
use serde::Deserialize;

use super::envelope::NotOpened;
use super::key::RsaRefused;
use crate::device::error::CallError;
use crate::device::service::RawReply;

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The service answered, and refused.
    #[error("{0}")]
    Refused(Refusal),
    /// It could not be asked, or gave no answer of the protocol.
    #[error("{0}")]
    Call(#[from] CallError),
    /// The reply is not as an app reads it: a member is missing, or of another type.
    #[error("the reply is not as an app reads it: {0}")]
    Unreadable(String),
    /// The link is not one of this kind.
    #[error("{0}")]
    Link(#[from] Invalid),
    /// The login in the browser came to nothing.
    #[error("the login failed: {error_class}: {error_message}")]
    LoginFailed {
        /// The class of the error, e.g. `UserNotFound`.
        error_class: String,
        /// A sentence for people.
        error_message: String,
    },
    /// The link is for another service or App Space than the connection.
    #[error("the link is for another provider")]
    OtherProvider,
    /// Only version 2 has this.
    #[error("version 1 has no such call")]
    NotInVersion1,
    /// What came encrypted cannot be decrypted.
    #[error("{0}")]
    NotOpened(#[from] NotOpened),
    /// A key is of no use.
    #[error("{0}")]
    Key(#[from] RsaRefused),
}

/// The service's refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status} {error_class}: {error_message}")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The class of the error, e.g. `ConnectionNotFound`; empty where the reply is not the service's.
    pub error_class: String,
    /// A sentence for people.
    pub error_message: String,
    /// How long to wait before the next try, from `Retry-After`.
    pub retry_after: Option<Span>,
}

#[derive(Default, Deserialize)]
struct Body {
    error_class: String,
    error_message: String,
}

/// The reply, unless it is a refusal.
///
/// # Errors
/// [`AppError::Refused`] for anything but 200, the one status of success.
pub fn accepted(reply: RawReply) -> Result<RawReply, AppError> {
    if reply.status == 200 {
        return Ok(reply);
    }
    let body: Body = serde_json::from_slice(&reply.body).unwrap_or_default();
    Err(AppError::Refused(Refusal {
        status: reply.status,
        error_class: body.error_class,
        error_message: body.error_message,
        retry_after: reply.retry_after,
    }))
}

impl AppError {
    /// The refusal, where the service refused.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The class of the refusal, where the service refused.
    pub fn error_class(&self) -> Option<&str> {
        self.refusal().map(|refusal| refusal.error_class.as_str())
    }
}
