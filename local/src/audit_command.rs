//! `cargo local audit`: an audit trail of a stack, or of the data folder, is verified or exported.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use countersign_crypto::audit_chain::Chain;
use countersign_domain::act::Trail;
use countersign_domain::audit_export::AuditFormat;
use countersign_domain::id::{AppSpaceId, CompanyId};
use countersign_domain::time::Clock;
use countersign_local::clock::SystemClock;
use countersign_store::Store;

use crate::place::Place as Stack;

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Compute every hash of a trail anew; the first bad entry is named, and the exit code is 1 then
    Verify(Place),
    /// Write a whole trail down, oldest entry first
    Export(Export),
}

#[derive(Args)]
pub(crate) struct Place {
    /// The stack's table: output `TableName`. Without it the trail is that of the data folder
    #[arg(long)]
    table: Option<String>,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// The trail of this App Space
    #[arg(long, visible_alias = "trail-app-space")]
    app_space: Option<AppSpaceId>,
    /// The trail of what happened in this company outside its App Spaces
    #[arg(long, visible_alias = "trail-company")]
    company: Option<CompanyId>,
}

#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    place: Place,
    /// csv or jsonl
    #[arg(long, default_value = "jsonl")]
    format: AuditFormat,
    /// The file that is written; standard output without it
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Whose {
    fn trail(&self) -> Result<Trail, String> {
        match (self.app_space, self.company) {
            (Some(id), None) => Ok(Trail::AppSpace(id)),
            (None, Some(id)) => Ok(Trail::Company(id)),
            _ => Err("--app-space or --company is missing".into()),
        }
    }
}

/// Carries it out. What is wrong with a trail is an error.
pub(crate) async fn run(command: AuditCommand, data: &Path) -> Result<(), String> {
    let (place, export) = match command {
        AuditCommand::Verify(place) => (place, None),
        AuditCommand::Export(Export { place, format, out }) => (place, Some((format, out))),
    };
    let trail = place.whose.trail()?;
    let opened = Stack::open(place.table, data).await?;
    let done = match export {
        None => verify(&opened.app.store, trail).await,
        Some((format, out)) => match out {
            None => self::export(&opened.app.store, trail, format, std::io::stdout().lock()).await.map(drop),
            Some(path) => to_file(&opened.app.store, trail, format, &path).await,
        },
    };
    opened.close().await;
    done
}

async fn verify(store: &Store, trail: Trail) -> Result<(), String> {
    let checked = store.verify_audit(Chain::new(trail), None, usize::MAX, SystemClock.now()).await;
    let checked = checked.map_err(|error| error.to_string())?;
    let good = checked.chain.seq();
    if let Some(broken) = checked.broken {
        return Err(format!(
            "the audit trail {trail} is broken: {broken}; {good} entries before it are good"
        ));
    }
    println!("{trail}: {good} entries, each chained to the one before, and none is missing.");
    println!("The newest one is entry {good}, with the hash {}.", checked.chain.hash());
    println!("Who keeps these two elsewhere can tell later that nobody wrote the trail anew.");
    Ok(())
}

async fn to_file(store: &Store, trail: Trail, format: AuditFormat, path: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
    let file = BufWriter::new(File::create(path).map_err(told)?);
    let count = export(store, trail, format, file).await?;
    println!("{}: {count} entries of {trail}.", path.display());
    Ok(())
}

/// Tells how many entries there were.
async fn export(
    store: &Store,
    trail: Trail,
    format: AuditFormat,
    mut out: impl Write,
) -> Result<usize, String> {
    let told = |error: std::io::Error| format!("the export cannot be written: {error}");
    out.write_all(format.begin().as_bytes()).map_err(told)?;
    let (mut next, mut count) = (None, 0);
    loop {
        let page = store.audit_chain(trail, next.as_ref(), 1000).await.map_err(|error| error.to_string())?;
        count += page.items.len();
        for entry in &page.items {
            out.write_all(format.line(entry).as_bytes()).map_err(told)?;
        }
        next = page.next;
        if next.is_none() {
            out.flush().map_err(told)?;
            return Ok(count);
        }
    }
}
