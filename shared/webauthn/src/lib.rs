//! The Relying Party's side of WebAuthn (W3C Web Authentication Level 3) as pure protocol.
//!
//! No storage, no network, no clock and no randomness: the caller passes a fresh challenge and what it has stored,
//! and gets what to store. Whether a challenge is still good is the caller's to say, and to use it up in the same
//! write. CBOR and COSE are read by `coset`; signatures are verified by `countersign_crypto`.
//!
//! - Ask: [`creation_options`] or [`request_options`], as JSON for a browser's `parseCreationOptionsFromJSON` and
//!   `parseRequestOptionsFromJSON`. They link none of the code that verifies.
//! - Find: [`RegistrationResponse::parse`] or [`AuthenticationResponse::parse`], then `claimed_challenge` and
//!   `credential_id` for the records they belong to. Neither is verified at that point.
//! - Verify: [`verify_registration`] or [`verify_authentication`], each rule with a [`Refused`] of its own.
//! - Keep: [`StoredCredential`] with the device, [`Evidence`] with the answer. Evidence and the key's JWK are all that
//!   anybody needs to verify the signature again.
//!
//! Attestation is asked for as `none`. What a client sends nevertheless is checked for its signature, never for its
//! trust path: no statement here tells who made the authenticator.
//!
//! The rules are written out here because no crate that has them fits: `webauthn-rs-core` 0.6.2 refuses Ed25519 keys and
//! reads the clock, `webauthn_rp` 0.3.0 draws the challenge itself, and both bring a second set of cryptography.
//!
//! The documentation names the parts of Web Authentication Level 3 by their section numbers.

mod algorithm;
mod attestation;
mod authentication;
mod authenticator_data;
mod cbor;
mod challenge;
mod client_data;
mod cose_key;
mod credential_id;
mod evidence;
mod options;
mod refused;
mod registration;
mod relying_party;
mod response;
mod selection;
mod stored;
mod user;

#[cfg(test)]
mod samples;

pub use attestation::Attestation;
pub use authentication::{Authenticated, verify_authentication};
pub use challenge::{Challenge, ChallengeLength};
pub use credential_id::{CredentialId, NotACredentialId};
pub use evidence::Evidence;
pub use options::{creation_options, request_options};
pub use refused::Refused;
pub use registration::{NewCredential, verify_registration};
pub use relying_party::{Expected, RelyingParty};
pub use response::{AuthenticationResponse, Malformed, RegistrationResponse};
pub use selection::{Attachment, ResidentKey, Selection, SelectionRefused, UserVerification};
pub use stored::StoredCredential;
pub use user::{CredentialUser, UserIdLength};
