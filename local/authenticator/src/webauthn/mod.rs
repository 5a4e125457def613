//! A WebAuthn authenticator with its client: ES256, attestation `none`, discoverable credentials, user verified.
//!
//! [`Authenticator::create`] and [`Authenticator::get`] take the options as JSON (Web Authentication Level 3,
//! PublicKeyCredentialCreationOptionsJSON and PublicKeyCredentialRequestOptionsJSON) and give the credential as JSON
//! (RegistrationResponseJSON, AuthenticationResponseJSON).

mod authenticator;
mod cbor;
mod data;
mod error;
mod options;
mod tamper;

pub use authenticator::{AAGUID, Authenticator, Credential};
pub use data::{AuthenticatorData, NewCredential, flags};
pub use error::CeremonyError;
pub use tamper::Tamper;
