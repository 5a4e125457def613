//! `cargo phone authenticator`: an app of the Authenticator API, of version 1 or 2.

pub(crate) mod cli;
mod commands;
mod show;
#[cfg(test)]
mod tests;
mod trouble;

pub(crate) use commands::run;
