//! Why a ceremony comes to nothing at the client.

use std::fmt;

/// Why a ceremony comes to nothing at the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyError {
    /// The options lack a member, or one is of another type.
    Options,
    /// The relying party's id is not of this origin.
    Origin,
    /// ES256 is not among the algorithms.
    Algorithm,
    /// The authenticator holds a credential that is excluded.
    Excluded,
    /// The authenticator holds no credential that is asked for.
    NoCredential,
}

impl fmt::Display for CeremonyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Options => "the options are malformed",
            Self::Origin => "the relying party is not of this origin",
            Self::Algorithm => "ES256 is not asked for",
            Self::Excluded => "the authenticator is registered already",
            Self::NoCredential => "the authenticator has no such credential",
        })
    }
}

impl std::error::Error for CeremonyError {}
