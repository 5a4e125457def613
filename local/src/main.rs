//! `cargo local`: the whole bundle on this machine, with one command.

mod admin_command;
mod audit_command;
mod authenticator_flags;
mod cli;
mod cloud_flags;
mod idp_command;
mod idp_flags;
mod place;
mod provisioning;
mod show;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
