//! A FIDO UAF client and authenticator that share no code with the server, against the server.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

mod certificates;
mod client;
mod flips;
mod no_panic;
mod published;
mod refused_authentication;
mod refused_message;
mod refused_registration;
mod round_trip;
mod server;
