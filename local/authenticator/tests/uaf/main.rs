//! The software authenticator of FIDO UAF, and its client: against requests made by hand, and against the server's side.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

mod bad_answers;
mod requests;
mod round_trip;
mod samples;
mod server;
