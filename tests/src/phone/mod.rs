//! `cargo phone`: a phone for trying out the service, on the command line.
//!
//! It plays the person with the device. Its keys lie in a file that only its owner can read, where a real app keeps
//! them in the hardware of the phone; nothing asks for a PIN.

mod choose;
mod cli;
#[cfg(test)]
mod command_tests;
mod commands;
mod file;
mod show;
mod state;
#[cfg(test)]
mod tests;
mod trouble;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use crate::clock::SystemClock;
use crate::plain;
use cli::Cli;
use commands::Phone;
use trouble::Trouble;

/// Reads the command line, does what it says, and prints what came of it.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            let asked_for = !usage.use_stderr();
            // Nobody is left to tell when the terminal is gone.
            let _ = usage.print();
            return if asked_for { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
    };
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::new(format!("The program cannot start: {error}."), ""))
        .and_then(|runtime| {
            let phone = Phone::new(cli.file, cli.device, Arc::new(SystemClock));
            runtime.block_on(phone.run(cli.command))
        });
    match result {
        Ok(text) => {
            plain::print(text.trim_end());
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}
