//! Why a message or an assertion was refused, and with which status code.

use crate::status::StatusCode;
use crate::tlv::Malformed;

/// The rule that was broken. Never repeats what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// Not JSON of the message's shape, a member of a wrong type, or malformed TLV.
    #[error("the message is malformed")]
    Malformed,
    /// No entry of a supported protocol version.
    #[error("the protocol version is not supported")]
    Version,
    /// `header.op` is another operation.
    #[error("the operation is another one")]
    Operation,
    /// `header.serverData` was not made here, or belongs to another question or user.
    #[error("the server data is not ours")]
    ServerData,
    /// The challenge is not the one that was asked with, expired, or was answered before.
    #[error("the challenge is unknown, expired or used")]
    Challenge,
    /// The application id is another one.
    #[error("the application id is another one")]
    AppId,
    /// The facet is not in the list of trusted facets.
    #[error("the facet is not trusted")]
    Facet,
    /// A channel binding is missing or does not match.
    #[error("the channel binding does not match")]
    ChannelBinding,
    /// An extension of the message must be understood and is not.
    #[error("an extension of the message is unknown")]
    ClientCapability,
    /// A critical extension of the assertion is unknown.
    #[error("a critical extension of the assertion is unknown")]
    CriticalExtension,
    /// There is no metadata for the authenticator model.
    #[error("the authenticator model is unknown")]
    UnknownAaid,
    /// The user has no such key.
    #[error("the key is unknown")]
    UnknownKey,
    /// The assertion scheme is not the one of the metadata.
    #[error("the assertion scheme is not the authenticator's")]
    Scheme,
    /// The policy does not accept the authenticator, or wants more than was verified.
    #[error("the policy does not accept the authenticator")]
    Policy,
    /// The authenticator's version is older than the metadata's.
    #[error("the authenticator's version is too old")]
    AuthenticatorVersion,
    /// The sign counter did not grow: there may be two of this authenticator.
    #[error("the counter did not grow")]
    Counter,
    /// The authenticator or the key was revoked.
    #[error("the authenticator was revoked")]
    Revoked,
    /// The key is malformed, weak or of another kind than its algorithm.
    #[error("the key is not acceptable")]
    Key,
    /// The key is registered already.
    #[error("the key is registered already")]
    DuplicateKey,
    /// The algorithm or encoding is unknown or not the metadata's.
    #[error("the algorithm is not acceptable")]
    Algorithm,
    /// The attestation is of a kind that is not accepted, its path leads to no root, or its signature is wrong.
    #[error("the attestation is not acceptable")]
    Attestation,
    /// The final challenge hash is not the one of the message's parameters.
    #[error("the final challenge hash does not match")]
    FinalChallenge,
    /// The authentication's signature is wrong.
    #[error("the signature is wrong")]
    Signature,
    /// What was confirmed is not what was asked for, or a confirmation is missing or uncalled for.
    #[error("the transaction is not the one that was asked for")]
    Transaction,
}

impl Refusal {
    /// The status code that answers it.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Version | Self::Operation | Self::ServerData => StatusCode::BadRequest,
            Self::Challenge => StatusCode::RequestInvalid,
            Self::ChannelBinding => StatusCode::ChannelBindingRefused,
            Self::ClientCapability => StatusCode::UnacceptableClientCapabilities,
            Self::UnknownAaid => StatusCode::UnknownAaid,
            Self::UnknownKey => StatusCode::UnknownKeyId,
            Self::Scheme | Self::Policy | Self::AuthenticatorVersion | Self::Counter => {
                StatusCode::UnacceptableAuthenticator
            }
            Self::Revoked => StatusCode::RevokedAuthenticator,
            Self::Key | Self::DuplicateKey => StatusCode::UnacceptableKey,
            Self::Algorithm => StatusCode::UnacceptableAlgorithm,
            Self::Attestation => StatusCode::UnacceptableAttestation,
            Self::Malformed
            | Self::AppId
            | Self::Facet
            | Self::CriticalExtension
            | Self::FinalChallenge
            | Self::Signature
            | Self::Transaction => StatusCode::UnacceptableContent,
        }
    }
}

impl From<Malformed> for Refusal {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// An assertion that did not hold; the next one was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// Its place in the response, from 0.
    pub index: usize,
    /// Why.
    pub refusal: Refusal,
}

/// A response that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
pub struct Refused {
    /// The first reason: the message's, or that of the first assertion.
    pub refusal: Refusal,
    /// The assertions that were tried, each with its own reason.
    pub skipped: Vec<Skipped>,
}

impl Refused {
    /// The status code to answer with.
    pub const fn status(&self) -> StatusCode {
        self.refusal.status()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, skipped: Vec::new() }
    }
}
