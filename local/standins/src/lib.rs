//! DynamoDB, SNS, Secrets Manager, an identity provider and a bank in one process, for local use and tests.
//!
//! One loopback endpoint answers all of AWS, so the functions speak the ordinary AWS SDK and only
//! `AWS_ENDPOINT_URL` tells them where. DynamoDB and its streams are the crate `dynoxide-rs`, Secrets
//! Manager is `winterbaume-secretsmanager` with AWS's rules on versions put right, SNS is our own.
//! Signatures are not checked, every account is [`ACCOUNT`], and the region is the one the caller signs for.
//! The identity provider is below `/identity-provider` of the same endpoint, see [`IdentityProvider`], and the bank below `/bank`, see
//! [`Bank`].

use std::fs::File;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use countersign_domain::time::Clock;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

mod bank;
mod calls;
mod dispatch;
mod dynamodb;
mod faults;
mod folder;
mod form;
mod identity_provider;
mod ids;
mod markup;
mod reply;
mod rights;
mod secrets;
mod server;
mod sns;

pub use bank::{Bank, BankCall, BankConnection, Behaviour, Provider, Said, Told};
pub use calls::{Call, Calls, Service};
pub use faults::{Fault, FaultPlan};
pub use identity_provider::{CLIENT_ID, CLIENT_SECRET, IdentityProvider, NameInRedirect, Tamper};
pub use rights::Right;
pub use sns::{Attribute, Published, Recipient};

/// The account in every ARN of SNS and Secrets Manager, as LocalStack has it.
pub const ACCOUNT: &str = "000000000000";

/// How the stand-ins are to run.
pub struct Options {
    /// Where to listen; port 0 takes a free one. Only loopback addresses are taken, and private ones, for containers reach
    /// their host at the address of a bridge.
    pub address: SocketAddr,
    /// The folder for `dynamodb.sqlite`, `sns.json` and `secrets.json`; `None` keeps all in memory. The identity provider
    /// is always in memory.
    pub data: Option<PathBuf>,
    /// Tells the time to all of them. DynamoDB takes it only in memory: with a folder, TTL and stream
    /// times follow the machine's clock, because `dynoxide-rs` opens a file with no other.
    pub clock: Arc<dyn Clock>,
}

/// Why the stand-ins did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Whoever reaches the address may do anything; there is no authentication here.
    #[error("{0} is neither a loopback nor a private address")]
    NotNear(SocketAddr),
    /// The address could not be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The data folder could not be read or made.
    #[error("cannot use the data folder {0}: {1}")]
    Folder(PathBuf, #[source] io::Error),
    /// Another process uses the data folder.
    #[error("the data folder {0} is in use by another process")]
    InUse(PathBuf),
    /// A file in the data folder is not one of ours.
    #[error("cannot read {0}: {1}")]
    Content(PathBuf, String),
    /// The database could not be opened.
    #[error("cannot open the database: {0}")]
    Database(String),
}

/// Why DynamoDB could not sweep.
#[derive(Debug, thiserror::Error)]
#[error("cannot sweep expired items: {0}")]
pub struct SweepError(String);

/// The running stand-ins. Dropping them ends them too, without waiting for calls under way.
pub struct Standins {
    address: SocketAddr,
    services: Arc<dispatch::Services>,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
    /// Held for its lock on the data folder.
    _lock: Option<File>,
}

impl Standins {
    /// Starts all of them and returns once they answer. Needs a Tokio runtime with I/O and time.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let Options { address, data, clock } = options;
        if !is_near(address.ip()) {
            return Err(StartError::NotNear(address));
        }
        let lock = data.as_deref().map(folder::claim).transpose()?;
        // Listening comes first: the identity provider's name holds the port.
        let listener =
            TcpListener::bind(address).await.map_err(|error| StartError::Listen(address, error))?;
        let address = listener.local_addr().map_err(|error| StartError::Listen(address, error))?;
        let identity_provider = IdentityProvider::new(&endpoint_url(address), clock.clone());
        let bank = Bank::new(&endpoint_url(address), clock.clone());
        let services = dispatch::Services::open(data.as_deref(), &clock, identity_provider, bank).await?;
        let services = Arc::new(services);
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(server::serve(listener, services.clone(), stopped));
        Ok(Self { address, services, stop, server: Some(server), _lock: lock })
    }

    /// What `AWS_ENDPOINT_URL` is to be, e.g. `http://127.0.0.1:4566`.
    pub fn endpoint_url(&self) -> String {
        endpoint_url(self.address)
    }

    /// The identity provider, for tests to make it misbehave.
    pub fn identity_provider(&self) -> &IdentityProvider {
        &self.services.identity_provider
    }

    /// The bank, for tests to make it speak or misbehave.
    pub fn bank(&self) -> &Bank {
        &self.services.bank
    }

    /// Every call of AWS that came, in order.
    pub fn calls(&self) -> &Calls {
        &self.services.calls
    }

    /// From now on each call of AWS goes through this plan; `None` ends the faults.
    pub fn set_faults(&self, faults: Option<FaultPlan>) {
        self.services.set_faults(faults);
    }

    /// What SNS took to deliver, in order; the last 10,000.
    pub fn published(&self) -> Vec<Published> {
        self.services.sns.outbox().all()
    }

    /// [`Self::published`], and forgets it.
    pub fn take_published(&self) -> Vec<Published> {
        self.services.sns.outbox().take()
    }

    /// Everything SNS takes to deliver from now on. A receiver 1,024 messages behind loses the oldest.
    pub fn on_publish(&self) -> broadcast::Receiver<Published> {
        self.services.sns.outbox().subscribe()
    }

    /// Disables an endpoint, as SNS does when the push service reports its token as gone.
    /// False when there is no such endpoint.
    ///
    /// # Errors
    /// When the change could not be written to the data folder.
    pub fn disable_endpoint(&self, arn: &str) -> io::Result<bool> {
        self.services.sns.disable_endpoint(arn)
    }

    /// Deletes what TTL says is expired, as DynamoDB does some time later; the number of items deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sweep_ttl(&self) -> Result<usize, SweepError> {
        self.services.dynamodb.sweep_ttl().map_err(SweepError)
    }

    /// Stops listening, lets calls under way finish (5 s at most), and closes the files.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(server) = self.server.take()
            && let Err(error) = server.await
        {
            tracing::error!(%error, "the server of the stand-ins failed");
        }
        self.services.dynamodb.stop().await;
    }
}

impl Drop for Standins {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
        }
    }
}

fn endpoint_url(address: SocketAddr) -> String {
    format!("http://{address}")
}

fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback(),
    }
}
