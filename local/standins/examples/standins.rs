//! The stand-ins on a port, until the process is ended: `cargo run --example standins -- PORT [FOLDER]`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use countersign_domain::time::{Clock, Timestamp};
use countersign_standins::{Options, Standins};

struct MachineClock;

impl Clock for MachineClock {
    // A program of its own: here the time comes in.
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().ok_or("usage: standins PORT [FOLDER]")?.parse()?;
    let data = arguments.next().map(PathBuf::from);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let standins = Standins::start(Options { address, data, clock: Arc::new(MachineClock) }).await?;
    println!("AWS_ENDPOINT_URL={}", standins.endpoint_url());
    std::future::pending::<()>().await;
    Ok(())
}
