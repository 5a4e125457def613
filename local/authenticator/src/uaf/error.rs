//! Why a client does not answer a request.

use std::fmt;

/// Why a client does not answer a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientError {
    /// The message is not as the protocol says: what is wrong with it.
    Malformed(&'static str),
    /// It has no entry of a version that this client speaks.
    Version,
    /// The application id is not the one of the service that is spoken to.
    AppId,
    /// The application does not list this app among its trusted facets.
    UntrustedFacet,
    /// It has an extension that must be understood, and is not.
    Extension,
    /// No authenticator that is there satisfies the policy, or it holds no key that does.
    NoSuitableAuthenticator,
    /// What is to be confirmed cannot be shown: it is no text.
    CannotShow,
    /// The person has not confirmed what was shown.
    Declined,
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "the UAF request is malformed: {what}"),
            Self::Version => f.write_str("the UAF request is of no version that is spoken here"),
            Self::AppId => f.write_str("the UAF request is of another application"),
            Self::UntrustedFacet => f.write_str("the application does not trust this app"),
            Self::Extension => f.write_str("the UAF request has an extension that is not understood"),
            Self::NoSuitableAuthenticator => {
                f.write_str("no authenticator, or no key of one, is what the service asks for")
            }
            Self::CannotShow => f.write_str("what is to be confirmed is no text that can be shown"),
            Self::Declined => f.write_str("what was shown was not confirmed"),
        }
    }
}

impl std::error::Error for ClientError {}
