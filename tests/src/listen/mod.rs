//! `cargo listen`: a receiver of webhooks, as a Request Origin would run one.
//!
//! It listens on this machine only, verifies each event as its receiver should, and prints what it found.

mod cli;
mod demo;
mod event;
mod evidence;
mod keys;
mod receiver;
mod server;
mod signatures;
#[cfg(test)]
mod tests;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tokio::net::TcpListener;

use crate::clock::SystemClock;
use crate::plain;
use cli::Cli;
use receiver::Receiver;
use server::Until;

/// Reads the command line and listens until it is interrupted.
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
        .map_err(|error| format!("The program cannot start: {error}."))
        .and_then(|runtime| runtime.block_on(run(cli)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    let keys = keys::from_options(cli.secret, cli.jwks, &cli.demo)?;
    let listener = TcpListener::bind(("127.0.0.1", cli.port))
        .await
        .map_err(|error| format!("Port {} cannot be used: {error}.\nName another with --port.", cli.port))?;
    let address = listener.local_addr().map_err(|error| format!("The port is gone: {error}."))?;
    plain::print(&format!("Listening on http://{address} (any path); {keys}. Ctrl-C ends it."));
    let receiver = Receiver::new(keys, Arc::new(SystemClock), cli.fail, Box::new(plain::print));
    let until = if cli.once { Until::FirstGood } else { Until::Stopped };
    let stop = async {
        // Without a handler the signal itself ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    server::serve(listener, Arc::new(receiver), until, stop).await
}
