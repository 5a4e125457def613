//! A FIDO UAF 1.1 client with its authenticators.
//!
//! [`Client::answer`] takes a request as it came and gives the message to send. What an answer is made of is public too, for
//! whoever builds one that no client would send: [`FinalChallengeParams`], [`KeyData`], [`SignedData`], [`tlv`].
//!
//! The documentation names the parts of the FIDO UAF 1.1 specifications of 2 February 2017 by their headings.

mod assertion;
mod authenticator;
mod client;
mod error;
mod fc_params;
mod message;
mod model;
mod policy;
mod tamper;
pub mod tlv;
mod trust;

pub use assertion::{KeyData, SignedData, basic_full, basic_surrogate};
pub use authenticator::{Attestation, Authenticator, Key, KeyName};
pub use client::{Answered, Client};
pub use error::ClientError;
pub use fc_params::FinalChallengeParams;
pub use model::{ATTESTED_MODEL, MODEL, PHONE_FACET, attested_statement, metadata_statement};
pub use tamper::Tamper;
