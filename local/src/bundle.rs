//! All of it together: started, driven, stopped.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use countersign_crypto::system::SystemRandom;
use countersign_domain::outbound_url::Loopback;
use countersign_domain::time::Clock;
use countersign_jobs::{JOBS, JobError, Jobs};
use countersign_lambda::App;
use countersign_lambda::settings::Settings;
use countersign_standins::{Standins, StartError};
use countersign_store::StoreError;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use crate::aws::Aws;
use crate::demo::{Demo, DemoFailed};
use crate::gateway::{self, Gateway, Observer};
use crate::identity_provider::{self, NotSet, Wanted};
use crate::secrets::{self, SecretFailed};
use crate::stream::{Stream, StreamFailed};

/// The table's name, as long as nobody says another.
pub const TABLE: &str = "countersign";

/// How the bundle is to run.
pub struct Options {
    /// Where the gateway listens; port 0 takes a free one.
    pub address: SocketAddr,
    /// What callers are told; by default the gateway's own address. Port 0 in it stands for the gateway's port.
    pub public_url: Option<String>,
    /// The folder that keeps everything; `None` keeps it in memory.
    pub data: Option<PathBuf>,
    /// What the demo's Request Origins may call beside `cargo listen`: entries of a callback whitelist.
    pub callbacks: Vec<String>,
    /// Where the demo's users log in.
    pub identity_provider: Wanted,
    /// Sees every request and answer, if anybody is to.
    pub observer: Option<Observer>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Why the bundle did not start.
#[derive(Debug, thiserror::Error)]
pub enum BundleFailed {
    /// The embedded AWS.
    #[error(transparent)]
    Aws(#[from] StartError),
    /// The gateway's address.
    #[error("cannot listen on {0}: {1}; choose another --port")]
    Listen(SocketAddr, std::io::Error),
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secrets.
    #[error(transparent)]
    Secret(#[from] SecretFailed),
    /// A job.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The demo.
    #[error(transparent)]
    Demo(#[from] DemoFailed),
    /// The identity provider.
    #[error("the identity provider: {0}")]
    IdentityProvider(#[from] NotSet),
    /// The stream.
    #[error(transparent)]
    Stream(#[from] StreamFailed),
}

/// The running bundle.
pub struct Bundle {
    /// What was made for the first start.
    pub demo: Demo,
    /// What the demo's identity provider is called, if it has one.
    pub identity_provider: Option<String>,
    jobs: Arc<Jobs>,
    app: Arc<App>,
    aws: Aws,
    address: SocketAddr,
    stream: Arc<Mutex<Stream>>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Bundle {
    /// Starts everything over an embedded AWS. Stream and schedules stand still until [`Bundle::pump`] and
    /// [`Bundle::minute`], or until [`Bundle::run`] lets them go by themselves.
    pub async fn start(options: Options) -> Result<Self, BundleFailed> {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let embedded = |address| Aws::embedded(address, options.data.clone(), Arc::clone(&options.clock));
        // Where it was before, if that is free: the address is part of the stand-in provider's name.
        let aws = match options.data.as_deref().and_then(former_address) {
            Some(address) => match embedded(address).await {
                Err(StartError::Listen(..)) => embedded(any).await?,
                started => started?,
            },
            None => embedded(any).await?,
        };
        Self::over(aws, options).await
    }

    /// Starts everything over `aws`.
    pub async fn over(aws: Aws, options: Options) -> Result<Self, BundleFailed> {
        let listener = TcpListener::bind(options.address).await;
        let listener = listener.map_err(|error| BundleFailed::Listen(options.address, error))?;
        let address = listener.local_addr().map_err(|error| BundleFailed::Listen(options.address, error))?;
        let base_url = match &options.public_url {
            Some(url) => match url.strip_suffix(":0") {
                Some(host) => format!("{host}:{}", address.port()),
                None => url.clone(),
            },
            None => format!("http://{address}"),
        };
        let mut settings = Settings {
            table: TABLE.into(),
            signing_keys_secret: secrets::SIGNING_KEYS.into(),
            sealing_keys_secret: secrets::SEALING_KEYS.into(),
            public_url: Some(base_url.clone()),
            loopback: Loopback::Allowed,
            default_app_space: None,
        };
        let app = |settings: &Settings| App::new(settings.clone(), &aws.config, Arc::clone(&options.clock));
        let jobs = Arc::new(Jobs::new(app(&settings)));
        let app_of_start = app(&settings);
        app_of_start.store.create_table().await?;
        let client = aws_sdk_secretsmanager::Client::new(&aws.config);
        secrets::prepare(&jobs, &client, &SystemRandom).await?;
        if aws.standins.is_some() {
            secrets::schedule(&client).await?;
        }

        let known = options.data.as_deref().map(Demo::read).transpose()?.flatten();
        let mut demo = match known {
            Some(demo) => demo.at(&base_url),
            None => {
                Demo::seed(
                    &app_of_start,
                    &aws_sdk_sns::Client::new(&aws.config),
                    &base_url,
                    &options.callbacks,
                )
                .await?
            }
        };
        if let Some(admin) = demo.admin.take() {
            demo.admin = Some(admin.invited(&app_of_start, &base_url).await?);
        }
        demo.aws_endpoint_url = Some(aws.endpoint_url.clone());
        let app_space = demo.app_space.guid.parse().map_err(|_| DemoFailed::no_app_space())?;
        settings.default_app_space = Some(app_space);
        let app = Arc::new(app(&settings));
        options.identity_provider.apply(&app, app_space, aws.standins.as_ref()).await?;
        let provider = identity_provider::name(&app, app_space).await?;
        if let Some(data) = &options.data {
            demo.write(data)?;
        }
        let stream =
            Stream::new(aws_sdk_dynamodbstreams::Client::new(&aws.config), app.store.stream_arn().await?);
        let (stop, stopped) = watch::channel(false);
        let gateway = Gateway { app: Arc::clone(&app), observer: options.observer };
        let gateway = tokio::spawn(gateway::serve(listener, gateway, stopped));
        Ok(Self {
            demo,
            identity_provider: provider,
            jobs,
            app,
            aws,
            address,
            stream: Arc::new(Mutex::new(stream)),
            stop,
            tasks: vec![gateway],
        })
    }

    /// Where the gateway listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the operations work with.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// What the jobs work with.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// The embedded AWS, if it is.
    pub const fn standins(&self) -> Option<&Standins> {
        self.aws.standins.as_ref()
    }

    /// Gives the jobs what the stream has, until it has nothing more that a job takes.
    pub async fn pump(&self) -> Result<(), StreamFailed> {
        let mut stream = self.stream.lock().await;
        while stream.pump(&self.jobs).await? {}
        Ok(())
    }

    /// All records that the stream still has, oldest first, as Lambda's events have them.
    pub async fn stream_records(&self) -> Result<Vec<serde_json::Value>, StreamFailed> {
        let client = aws_sdk_dynamodbstreams::Client::new(&self.aws.config);
        let arn = self.app.store.stream_arn().await.map_err(|error| StreamFailed::new(&error))?;
        Stream::new(client, arn).read_all().await
    }

    /// What Secrets Manager does when a rotation was asked for.
    pub async fn rotate_asked(&self) -> Result<(), SecretFailed> {
        secrets::rotate_asked(&self.jobs).await
    }

    /// What the one-minute schedules do.
    pub async fn minute(&self) -> Result<(), JobError> {
        minute(&self.jobs).await
    }

    /// From now on the stream is followed and the schedules run by themselves.
    pub fn run(&mut self) {
        let (jobs, stream, stopped) =
            (Arc::clone(&self.jobs), Arc::clone(&self.stream), self.stop.subscribe());
        self.tasks.push(tokio::spawn(every(Duration::from_millis(100), stopped, move || {
            let (jobs, stream) = (Arc::clone(&jobs), Arc::clone(&stream));
            async move {
                if let Err(error) = stream.lock().await.pump(&jobs).await {
                    tracing::error!(%error, "the stream stands still");
                }
            }
        })));
        if self.standins().is_some() {
            let (jobs, stopped) = (Arc::clone(&self.jobs), self.stop.subscribe());
            self.tasks.push(tokio::spawn(every(Duration::from_secs(1), stopped, move || {
                let jobs = Arc::clone(&jobs);
                async move {
                    if let Err(error) = secrets::rotate_asked(&jobs).await {
                        tracing::error!(%error, "the keys are not rotated");
                    }
                }
            })));
        }
        let (jobs, stopped) = (Arc::clone(&self.jobs), self.stop.subscribe());
        self.tasks.push(tokio::spawn(every(Duration::from_secs(60), stopped, move || {
            let jobs = Arc::clone(&jobs);
            async move {
                if let Err(error) = minute(&jobs).await {
                    tracing::error!(%error, "a schedule failed");
                }
            }
        })));
    }

    /// Answers what is under way, and stops.
    pub async fn stop(self) {
        let Self { stop, tasks, app, jobs, stream, aws, .. } = self;
        // Nobody listens any more if all tasks have ended; then there is nothing to stop.
        let _ = stop.send(true);
        for task in tasks {
            let _ = task.await;
        }
        // Their connections would keep the embedded AWS waiting.
        let Aws { config, standins, .. } = aws;
        drop((app, jobs, stream, config));
        if let Some(standins) = standins {
            standins.stop().await;
        }
    }
}

async fn minute(jobs: &Jobs) -> Result<(), JobError> {
    for name in ["challenge-expire", "delivery-retry"] {
        if let Some(job) = JOBS.iter().find(|job| job.name == name) {
            (job.run)(jobs, json!({})).await?;
        }
    }
    Ok(())
}

async fn every<F: Future<Output = ()>>(
    period: Duration,
    mut stopped: watch::Receiver<bool>,
    work: impl Fn() -> F,
) {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = gateway::until_true(&mut stopped) => return,
        }
        // What is under way when everything stops is done again at the next start.
        tokio::select! {
            () = work() => {}
            () = gateway::until_true(&mut stopped) => return,
        }
    }
}

/// Where the embedded AWS of a former start over `data` was.
fn former_address(data: &Path) -> Option<SocketAddr> {
    let url = Demo::read(data).ok()??.aws_endpoint_url?;
    url.strip_prefix("http://")?.parse().ok().filter(|address: &SocketAddr| address.ip().is_loopback())
}
