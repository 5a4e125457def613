//! The crate from outside: published vectors, and malformed input. tests/passkey has a software authenticator that others wrote.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

mod malformed;
mod vectors;
