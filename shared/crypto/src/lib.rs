//! Every cryptographic operation of Countersign, and the only crate that names crypto libraries.
//!
//! Nothing here holds state, reads a clock or draws randomness by itself: time and randomness come in as
//! arguments. Three exceptions, all inside the backend: ECDSA's per-signature nonce, the random part of the padding of
//! RSA encryption, and RSA key generation.
//! Errors never repeat the value that was refused, for it may be a secret.

pub mod answer;
pub mod audit_chain;
pub mod authenticator;
pub mod basic;
pub mod certificate_path;
pub mod cx1;
pub mod digest;
pub mod dispatch_token;
mod ed25519_point;
pub mod encoding;
pub mod enrolment;
pub mod equal;
mod freshness;
pub mod jwe;
pub mod jwk;
pub mod jwk_set;
pub mod jws;
pub mod keyring;
pub mod proof;
pub mod receipt;
pub mod recovery_code;
mod rsa_private;
pub mod sealing;
mod secret_text;
pub mod service_token;
pub mod short_code;
pub mod signing_key;
pub mod system;
pub mod token;
pub mod uaf_signature;
pub mod webhook;

pub use equal::{equal, equal_secret};
