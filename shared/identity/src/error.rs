//! What can go wrong at an identity provider, by who must do something about it.

use std::borrow::Cow;

use countersign_outbound::Unanswered;

/// Why an identity provider did not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdpError {
    /// The user, or whoever brought the user back, has nothing that is good: another login may help.
    #[error("{error}: {description}")]
    Refused {
        /// A word for programs: the provider's own (RFC 6749, sections 4.1.2.1 and 5.2), `invalid_token` or
        /// `invalid_issuer`.
        error: Cow<'static, str>,
        /// A sentence without a full stop.
        description: Cow<'static, str>,
    },
    /// No answer, or none that says anything: waiting helps.
    #[error("the identity provider does not answer: {0}")]
    Unavailable(Cow<'static, str>),
    /// The provider's settings do not fit: an administrator must act.
    #[error("the identity provider's settings do not fit: {0}")]
    Misconfigured(Cow<'static, str>),
}

impl IdpError {
    pub(crate) fn refused(
        error: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Refused { error: error.into(), description: description.into() }
    }

    pub(crate) fn misconfigured(problem: impl Into<Cow<'static, str>>) -> Self {
        Self::Misconfigured(problem.into())
    }
}

impl From<Unanswered> for IdpError {
    fn from(why: Unanswered) -> Self {
        match why {
            // No waiting makes a private address public.
            Unanswered::Forbidden => Self::misconfigured("an address of it must not be called"),
            why => Self::Unavailable(why.to_string().into()),
        }
    }
}
