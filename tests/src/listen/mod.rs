//! `cargo listen`: a receiver of webhooks, as a Request Origin would run one.
//!
//! It listens on this machine only, verifies each event as its receiver should, and prints what it found.

mod check;
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

use tokio::net::TcpListener;

use crate::clock::SystemClock;
use crate::{plain, program};
use cli::Cli;
use receiver::Receiver;
use server::Until;

/// Reads the command line and listens until it is interrupted.
pub fn main() -> ExitCode {
    program::run(run)
}

async fn run(cli: Cli) -> Result<(), String> {
    let keys = keys::from_options(cli.secret, cli.jwks, &cli.demo)?;
    if cli.check {
        return check::request(&keys, std::io::stdin()).await;
    }
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
