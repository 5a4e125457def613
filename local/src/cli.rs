//! The command line of `cargo local`.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use countersign_local::aws::Aws;
use countersign_local::bundle::BundleFailed;
use countersign_local::clock::SystemClock;
use countersign_local::demo::{self, Demo};
use countersign_local::events::Renderer;
use countersign_local::{Bundle, Options};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

use crate::admin_command::{self, AdminLink};
use crate::audit_command::{self, AuditCommand};
use crate::idp_command::{self, IdpCommand};
use crate::idp_flags::IdpFlags;
use crate::provisioning::{self, Provision};
use crate::show;

/// The whole of Countersign on this machine: no Docker, no AWS account, no settings.
#[derive(Parser)]
#[command(name = "cargo local")]
struct Cli {
    /// Where the gateway listens, on this machine only.
    #[arg(long, default_value_t = 4000)]
    port: u16,
    /// The folder that keeps table, secrets and demo.json over restarts.
    #[arg(long, default_value = ".local")]
    data: PathBuf,
    /// The URL that callers are told, if something stands before the gateway.
    #[arg(long)]
    public_url: Option<String>,
    /// Forget what a former run kept, and start empty.
    #[arg(long)]
    fresh: bool,
    /// Use the AWS that answers there (LocalStack and the like) in place of the embedded one.
    #[arg(long, env = "AWS_ENDPOINT_URL")]
    aws_endpoint_url: Option<String>,
    #[command(flatten)]
    idp: IdpFlags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Only the embedded AWS with the demo in it, for `sam local` and for bootstraps.
    Aws {
        /// Where it listens.
        #[arg(long, default_value = "127.0.0.1:4566")]
        listen: SocketAddr,
    },
    /// Print a sample event of events/, filled in for the bundle that runs, for `sam local invoke`.
    Event {
        /// E.g. events/origin/challenge-create/created.json
        file: PathBuf,
    },
    /// Make an App Space with a Request Origin in a deployed stack.
    Provision(Box<Provision>),
    /// Set or remove the identity provider of an App Space in a deployed stack.
    #[command(subcommand)]
    Idp(IdpCommand),
    /// Print a link by which a Company Admin gets access to a deployed stack, or to that of the data folder.
    AdminLink(AdminLink),
    /// Verify or export an audit trail of a deployed stack, or of the data folder.
    #[command(subcommand)]
    Audit(AuditCommand),
}

pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false))
        .with(Targets::new().with_default(LevelFilter::WARN).with_target("countersign", LevelFilter::INFO))
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => Err(error.to_string()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("cargo local: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    match cli.command {
        Some(Command::Provision(wanted)) => return provisioning::run(*wanted).await,
        Some(Command::Idp(command)) => return idp_command::run(command).await,
        Some(Command::AdminLink(wanted)) => return admin_command::run(wanted, &cli.data).await,
        Some(Command::Audit(command)) => return audit_command::run(command, &cli.data).await,
        Some(Command::Event { ref file }) => return event(&cli, file).await,
        Some(Command::Aws { .. }) | None => {}
    }
    if cli.fresh {
        forget(&cli.data)?;
    }
    std::fs::create_dir_all(&cli.data)
        .map_err(|error| format!("{} cannot be made: {error}", cli.data.display()))?;
    let options = Options {
        address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), cli.port),
        public_url: cli.public_url.map(|url| url.trim_end_matches('/').to_owned()),
        data: Some(cli.data.clone()),
        callbacks: Vec::new(),
        identity_provider: cli.idp.wanted()?,
        observer: None,
        clock: Arc::new(SystemClock),
    };
    let told = |error: BundleFailed| error.to_string();
    let only_aws = matches!(cli.command, Some(Command::Aws { .. }));
    let mut bundle = match (&cli.command, &cli.aws_endpoint_url) {
        (Some(Command::Aws { listen }), _) => {
            let aws = Aws::embedded(*listen, options.data.clone(), Arc::clone(&options.clock)).await;
            Bundle::over(aws.map_err(|error| error.to_string())?, options).await.map_err(told)?
        }
        (_, Some(url)) => Bundle::over(Aws::at(url).await, options).await.map_err(told)?,
        (_, None) => Bundle::start(options).await.map_err(told)?,
    };
    if !only_aws {
        bundle.run();
    }
    show::started(&bundle, &cli.data, only_aws);
    let pushes = bundle.standins().map(|standins| tokio::spawn(show::pushes(standins.on_publish())));
    stopped().await?;
    eprintln!("\nStopping.");
    bundle.stop().await;
    if let Some(pushes) = pushes {
        pushes.abort();
    }
    Ok(())
}

async fn event(cli: &Cli, file: &Path) -> Result<(), String> {
    let demo = Demo::read(&cli.data).map_err(|error| error.to_string())?;
    let demo = demo
        .ok_or_else(|| format!("{} has no {}; start `cargo local` first", cli.data.display(), demo::FILE))?;
    let url = cli.aws_endpoint_url.as_ref().or(demo.aws_endpoint_url.as_ref());
    let url = url.ok_or("demo.json is of an older version; start `cargo local` anew")?;
    let aws = Aws::at(url).await;
    let renderer =
        Renderer::new(demo, aws.config, Arc::new(SystemClock)).map_err(|error| error.to_string())?;
    let event = renderer.render_file(file).await.map_err(|error| error.to_string())?;
    // Whoever reads it may stop at any line.
    writeln!(std::io::stdout(), "{event:#}").map_err(|error| error.to_string())
}

/// Removes only what a former run made: a mistyped folder must not cost anybody anything.
fn forget(data: &Path) -> Result<(), String> {
    for name in [
        "dynamodb.sqlite",
        "dynamodb.sqlite-wal",
        "dynamodb.sqlite-shm",
        "sns.json",
        "secrets.json",
        "demo.json",
        "demo.env",
        "phone.json",
    ] {
        match std::fs::remove_file(data.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{} cannot be removed: {error}", data.join(name).display()));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn stopped() -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(|error| error.to_string()),
        _ = terminate.recv() => Ok(()),
    }
}
