//! Stand-ins with a clock that the test turns, and clients of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sns::config::{Credentials, SharedCredentialsProvider};
use countersign_domain::time::{Clock, Span, Timestamp};
use countersign_standins::{Options, Standins};

pub(crate) const START: Timestamp = Timestamp::from_secs(1_795_341_600);

pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START.millis())))
    }

    pub(crate) fn advance(&self, span: Span) {
        self.0.fetch_add(span.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) struct World {
    pub(crate) standins: Standins,
    pub(crate) clock: Arc<TestClock>,
    config: SdkConfig,
}

impl World {
    pub(crate) async fn in_memory() -> Self {
        Self::start(None).await
    }

    pub(crate) async fn in_folder(folder: &Path) -> Self {
        Self::start(Some(folder.to_owned())).await
    }

    async fn start(data: Option<PathBuf>) -> Self {
        let clock = TestClock::new();
        let address = "127.0.0.1:0".parse().unwrap();
        let standins = Standins::start(Options { address, data, clock: clock.clone() }).await.unwrap();
        // One attempt per call, so that a test counts its own calls; a test of repeats says so.
        let config = config(&standins, RetryConfig::disabled());
        Self { standins, clock, config }
    }

    pub(crate) fn sns(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new(&self.config)
    }

    pub(crate) fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.config)
    }

    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    pub(crate) fn streams(&self) -> aws_sdk_dynamodbstreams::Client {
        aws_sdk_dynamodbstreams::Client::new(&self.config)
    }
}

pub(crate) fn config(standins: &Standins, retry: RetryConfig) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(standins.endpoint_url())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(retry)
        .sleep_impl(aws_sdk_sns::config::SharedAsyncSleep::new(NoSleep))
        .build()
}

/// Nothing sleeps to wait, the SDK's repeats neither.
#[derive(Debug)]
struct NoSleep;

impl aws_sdk_sns::config::AsyncSleep for NoSleep {
    fn sleep(&self, duration: std::time::Duration) -> aws_sdk_sns::config::Sleep {
        // Timeouts of seconds stay; the pauses between repeats go.
        let wait =
            if duration < std::time::Duration::from_secs(3) { std::time::Duration::ZERO } else { duration };
        aws_sdk_sns::config::Sleep::new(tokio::time::sleep(wait))
    }
}

/// A folder of its own, gone with the value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::SeqCst);
        let path = std::env::temp_dir().join(format!("countersign-standins-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The code and message of a refused call.
macro_rules! refused {
    ($call:expr) => {{
        let error = $call.send().await.expect_err("the call must be refused").into_service_error();
        let meta = aws_sdk_sns::error::ProvideErrorMetadata::meta(&error);
        (meta.code().unwrap_or_default().to_owned(), meta.message().unwrap_or_default().to_owned())
    }};
}
pub(crate) use refused;
