//! Software authenticators of FIDO UAF 1.1 and of WebAuthn, each with the client that speaks for it, and the key of an app of the
//! Authenticator API.
//!
//! They are the other side of what the service verifies, so they share no code with it but the words of the domain: messages,
//! TLV, CBOR and signatures are written here from the specifications, and a mistake that both sides would make alike cannot
//! hide.
//!
//! - [`uaf::Client`] answers a UAF request with the keys of [`uaf::Authenticator`]s.
//! - [`webauthn::Authenticator`] answers the options of a WebAuthn ceremony.
//! - [`push_key::PushKey`] opens pushes that were encrypted to an app.
//! - [`rsa_app`] signs, encrypts and opens as apps and banks of the Authenticator API do.
//!
//! The first two take a `Tamper` that changes an answer at the stage that is named, before the stages that follow sign or carry it: so a
//! test says in one line what is wrong with an answer. Authenticators are kept by serde, private keys included.
//!
//! Nothing here protects a key, and nobody is verified: this is for trying things out, and for tests.

mod encoding;
pub mod p256;
pub mod push_key;
pub mod rsa_app;
mod stages;
pub mod uaf;
pub mod webauthn;
