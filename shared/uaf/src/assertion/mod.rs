//! Assertions of the scheme UAFV1TLV, read strictly: every mandatory field once, nothing unknown, nothing left over.
//! Signatures cover the whole KRD or signed data with its header.

mod authentication;
mod info;
mod registration;

pub use authentication::AuthenticationAssertion;
pub use info::{Info, Mode};
pub use registration::{Attestation, RegistrationAssertion};
