//! `cargo phone uaf`: the phone as an app of the Cloud API, with a FIDO UAF client and authenticator.

mod ask;
pub(crate) mod cli;
mod commands;
#[cfg(test)]
mod tests;
mod trouble;

pub(crate) use commands::run;
