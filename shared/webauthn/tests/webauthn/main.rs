//! The crate from outside: published vectors, a software authenticator that others wrote, and malformed input.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

mod malformed;
mod software_authenticator;
mod vectors;
