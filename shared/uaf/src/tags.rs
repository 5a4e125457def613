//! The tags of UAFV1TLV (FIDO UAF Registry and FIDO UAF Authenticator Commands, the tables of tags).

/// Registration assertion: KRD and attestation.
pub const REG_ASSERTION: u16 = 0x3e01;
/// Authentication assertion: signed data and signature.
pub const AUTH_ASSERTION: u16 = 0x3e02;
/// Key registration data.
pub const KRD: u16 = 0x3e03;
/// What an authentication signs.
pub const SIGNED_DATA: u16 = 0x3e04;
/// Attestation by a certified key.
pub const ATTESTATION_BASIC_FULL: u16 = 0x3e07;
/// Attestation by the registered key itself.
pub const ATTESTATION_BASIC_SURROGATE: u16 = 0x3e08;
/// Direct anonymous attestation; not supported here.
pub const ATTESTATION_ECDAA: u16 = 0x3e09;
/// An extension that must be understood.
pub const EXTENSION_CRITICAL: u16 = 0x3e11;
/// An extension that may be overlooked.
pub const EXTENSION: u16 = 0x3e12;
/// An X.509 certificate in DER.
pub const CERT: u16 = 0x2e05;
/// A signature.
pub const SIGNATURE: u16 = 0x2e06;
/// The name of a key.
pub const KEY_ID: u16 = 0x2e09;
/// The hash over the final challenge parameters.
pub const FINAL_CHALLENGE_HASH: u16 = 0x2e0a;
/// The name of an authenticator model.
pub const AAID: u16 = 0x2e0b;
/// A public key.
pub const PUB_KEY: u16 = 0x2e0c;
/// Sign counter, and registration counter in a KRD.
pub const COUNTERS: u16 = 0x2e0d;
/// Version, mode and algorithms.
pub const ASSERTION_INFO: u16 = 0x2e0e;
/// The authenticator's own nonce.
pub const AUTHENTICATOR_NONCE: u16 = 0x2e0f;
/// The hash of the transaction that was shown.
pub const TRANSACTION_CONTENT_HASH: u16 = 0x2e10;
/// The name of an extension.
pub const EXTENSION_ID: u16 = 0x2e13;
/// The data of an extension.
pub const EXTENSION_DATA: u16 = 0x2e14;
