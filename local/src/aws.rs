//! Where the bundle finds AWS: embedded, or whatever `AWS_ENDPOINT_URL` names.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sns::config::Credentials;
use countersign_domain::time::Clock;
use countersign_standins::{Standins, StartError};

/// The region of everything that is made locally.
pub const REGION: &str = "eu-west-1";

/// AWS, embedded or elsewhere.
pub struct Aws {
    /// The configuration that every client is made from.
    pub config: SdkConfig,
    /// Where it answers.
    pub endpoint_url: String,
    /// The embedded one, if it is.
    pub standins: Option<Standins>,
}

impl Aws {
    /// Starts the embedded DynamoDB, SNS and Secrets Manager.
    pub async fn embedded(
        address: SocketAddr,
        data: Option<PathBuf>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let standins = Standins::start(countersign_standins::Options { address, data, clock }).await?;
        let endpoint_url = standins.endpoint_url();
        Ok(Self { config: config(&endpoint_url).await, endpoint_url, standins: Some(standins) })
    }

    /// Uses what answers at `url`, e.g. LocalStack.
    pub async fn at(url: &str) -> Self {
        Self { config: config(url).await, endpoint_url: url.to_owned(), standins: None }
    }
}

/// Credentials and region of no account: emulators take any, and the real ones of this machine stay where they are.
async fn config(url: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::from_static(REGION))
        // Nobody is far away: a failed call is tried again at once.
        .retry_config(
            RetryConfig::standard()
                .with_initial_backoff(Duration::from_millis(20))
                .with_max_backoff(Duration::from_millis(200)),
        )
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .load()
        .await
}
