//! The chromedriver process.

use std::io::{BufRead, BufReader, ErrorKind};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::complaints::wire;

/// What to do where there is no browser.
pub(super) const INSTALL: &str =
    "browser tests need Chromium and its driver: apt-get install -y chromium chromium-driver";

/// A running chromedriver. It ends, and every Chromium of it, when this is dropped.
pub struct Browser {
    process: Child,
    /// Kept open: a driver that cannot write its log ends.
    _log: BufReader<ChildStdout>,
    port: u16,
}

impl Browser {
    /// Starts chromedriver on a free port.
    ///
    /// # Panics
    /// If it is not installed, or does not start.
    pub async fn start() -> Self {
        tokio::task::spawn_blocking(Self::start_now).await.expect("chromedriver starts")
    }

    fn start_now() -> Self {
        let started = Command::new("chromedriver")
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
                return Self { process, _log: log, port };
            }
        }
        panic!("chromedriver ended at its start:\n{said}");
    }

    /// Where it listens, on the loopback address.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked so, it ends its Chromiums and removes their folders first.
        let _ = wire(self.port, "GET", "/shutdown", "");
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
