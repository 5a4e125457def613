//! Every cryptographic operation of Countersign, and the only crate that names crypto libraries.
//!
//! Nothing here holds state, reads a clock or draws randomness by itself: time and randomness come in as
//! arguments. Two exceptions, both inside the backend: ECDSA's per-signature nonce and RSA key generation.
//! Errors never repeat the value that was refused, for it may be a secret.

pub mod answer;
pub mod basic;
pub mod certificate_path;
pub mod cx1;
pub mod digest;
mod ed25519_point;
pub mod encoding;
pub mod enrolment;
pub mod equal;
mod freshness;
pub mod jwk;
pub mod jwk_set;
pub mod jws;
pub mod keyring;
pub mod proof;
pub mod receipt;
mod rsa_private;
pub mod sealing;
mod secret_text;
pub mod signing_key;
pub mod system;
pub mod token;
pub mod uaf_signature;
pub mod webhook;

pub use equal::{equal, equal_secret};
