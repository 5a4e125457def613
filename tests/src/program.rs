//! What every command-line program here has in common: its command line, its runtime, its exit code.

use std::fmt::Display;
use std::process::ExitCode;

use clap::Parser;

/// Reads the command line, runs the program, and tells on standard error why it failed.
///
/// Every failure is exit code 1, usage errors too.
pub(crate) fn run<C: Parser, E: Display>(program: impl AsyncFnOnce(C) -> Result<(), E>) -> ExitCode {
    let cli = match C::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            let asked_for = !usage.use_stderr();
            // Nobody is left to tell when the terminal is gone.
            let _ = usage.print();
            return if asked_for { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
    };
    let outcome = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(program(cli)).map_err(|error| error.to_string()),
        Err(error) => Err(format!("The program cannot start: {error}.")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}
