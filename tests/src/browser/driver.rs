//! The chromedriver process.

use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::complaints::wire;

/// What to do where there is no browser.
pub(super) const INSTALL: &str =
    "browser tests need Chromium and its driver: apt-get install -y chromium chromium-driver";

/// A running chromedriver. It ends, and every Chromium of it, when this and all its windows are dropped.
pub struct Browser(pub(super) Arc<Driver>);

/// The process. It ends when this is dropped.
pub(super) struct Driver {
    process: Child,
    /// Kept open: a driver that cannot write its log ends.
    _log: BufReader<ChildStdout>,
    port: u16,
    /// For temporary files: Chromium leaves some behind.
    folder: PathBuf,
}

/// How many drivers this process started.
static STARTED: AtomicU32 = AtomicU32::new(0);

impl Browser {
    /// Starts chromedriver on a free port.
    ///
    /// # Panics
    /// If it is not installed, or does not start.
    pub async fn start() -> Self {
        Self(Arc::new(tokio::task::spawn_blocking(Driver::start).await.expect("chromedriver starts")))
    }

    /// A folder for temporary files, which goes when the browser ends.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }
}

impl Driver {
    fn start() -> Self {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("countersign-browser-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for temporary files");
        let started = Command::new("chromedriver")
            .env("TMPDIR", &folder)
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut process = match started {
            Ok(process) => process,
            Err(error) if error.kind() == ErrorKind::NotFound => panic!("no chromedriver; {INSTALL}"),
            Err(error) => panic!("chromedriver: {error}"),
        };
        let mut log = BufReader::new(process.stdout.take().expect("stdout is piped"));
        let mut said = String::new();
        while log.read_line(&mut said).expect("chromedriver writes text") > 0 {
            let last = said.lines().last().unwrap_or_default();
            if let Some((_, port)) = last.trim_end_matches('.').split_once("started successfully on port ") {
                let port = port.parse().expect("a port");
                return Self { process, _log: log, port, folder };
            }
        }
        panic!("chromedriver ended at its start:\n{said}");
    }

    /// Where it listens, on the loopback address.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked so, it ends its Chromiums and removes their folders first; it gets five seconds for that.
        let _ = wire(self.port, "GET", "/shutdown", "");
        for _ in 0..100 {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
