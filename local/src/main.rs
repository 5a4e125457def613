//! `cargo local`: the whole bundle on this machine, with one command.

mod authenticator_flags;
mod cli;
mod cloud_flags;
mod idp_command;
mod idp_flags;
mod provisioning;
mod show;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
