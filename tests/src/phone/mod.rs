//! `cargo phone`: a phone for trying out the service, on the command line.
//!
//! It plays the person with the device. Its keys lie in a file that only its owner can read, where a real app keeps
//! them in the hardware of the phone; nothing asks for a PIN.

mod authenticator;
mod choose;
mod cli;
#[cfg(test)]
mod command_tests;
mod commands;
mod demo;
mod file;
mod login;
#[cfg(test)]
mod login_tests;
mod piped;
mod show;
mod state;
#[cfg(test)]
mod tests;
mod trouble;
mod uaf;

use std::process::ExitCode;
use std::sync::Arc;

use crate::clock::SystemClock;
use crate::{plain, program};
use cli::Cli;
use commands::Phone;
use trouble::Trouble;

/// Reads the command line, does what it says, and prints what came of it.
pub fn main() -> ExitCode {
    program::run(async |cli: Cli| {
        let phone = Phone::new(cli.file, cli.device, Arc::new(SystemClock));
        plain::print(phone.run(cli.command).await?.trim_end());
        Ok::<(), Trouble>(())
    })
}
