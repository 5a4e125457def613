//! The real bootstraps: built as `cargo build` builds them, each started as Lambda starts a function.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use countersign_local::runtime_api::{Answer, RuntimeApi};
use countersign_tests::bootstraps::{BOOTSTRAPS, package_of};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use tokio::task::JoinHandle;

/// How long a function may take to start or to answer, before the test calls it stuck.
const PATIENCE: Duration = Duration::from_secs(60);

/// A function that runs.
pub(crate) struct Bootstrap {
    process: Child,
    api: RuntimeApi,
    log: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// What became of a start.
#[derive(Debug)]
pub(crate) enum Start {
    /// It waits for events.
    Ready,
    /// It ended.
    Ended(ExitStatus),
}

impl Bootstrap {
    /// Starts the bootstrap of `api` as the function whose `Handler` is `handler`, with nothing in its environment but
    /// what Lambda sets and `environment`.
    pub(crate) async fn start(api: &str, handler: &str, environment: &BTreeMap<String, String>) -> Self {
        let wanted = api.to_owned();
        let program = tokio::task::spawn_blocking(move || built()[&wanted].clone()).await.unwrap();
        let runtime_api = RuntimeApi::start().await.unwrap();
        let mut process = tokio::process::Command::new(program)
            .env_clear()
            .envs(runtime_api.environment(handler))
            .envs([
                ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/countersign"),
                ("AWS_LAMBDA_LOG_STREAM_NAME", "stream"),
                ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
                ("AWS_REGION", "eu-west-1"),
                ("AWS_ACCESS_KEY_ID", "local"),
                ("AWS_SECRET_ACCESS_KEY", "local"),
                ("AWS_SESSION_TOKEN", "local"),
            ])
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let readers = vec![
            tokio::spawn(keep(process.stdout.take().unwrap(), Arc::clone(&log))),
            tokio::spawn(keep(process.stderr.take().unwrap(), Arc::clone(&log))),
        ];
        Self { process, api: runtime_api, log, readers }
    }

    /// Waits until it asks for its first event, or ends.
    pub(crate) async fn started(&mut self) -> Start {
        let started = async {
            tokio::select! {
                biased;
                () = self.api.first_poll() => Start::Ready,
                ended = self.process.wait() => Start::Ended(ended.unwrap()),
            }
        };
        tokio::time::timeout(PATIENCE, started).await.expect("a function starts or ends")
    }

    /// Gives it an event and waits for its answer, or for what it says of its failure.
    pub(crate) async fn invoke(&mut self, event: Value) -> Result<Value, Value> {
        let answered = self.api.invoke(&event);
        match tokio::time::timeout(PATIENCE, answered).await.expect("a function answers") {
            Some(Answer::Response(answer)) => Ok(answer),
            Some(Answer::Error(error)) => Err(error),
            other => panic!("no answer, but {other:?}"),
        }
    }

    /// Ends it; gives all that it logged.
    pub(crate) async fn end(mut self) -> String {
        self.process.kill().await.unwrap();
        for reader in self.readers {
            reader.await.unwrap();
        }
        self.log.lock().unwrap().clone()
    }
}

async fn keep(mut output: impl AsyncRead + Unpin, log: Arc<Mutex<String>>) {
    let mut text = Vec::new();
    // What came before a broken pipe is worth as much.
    let _ = output.read_to_end(&mut text).await;
    log.lock().unwrap().push_str(&String::from_utf8_lossy(&text));
}

/// The bootstraps by API. They are built here, because cargo builds only what a test names as its own: with the
/// packages that this test was built with, so that nothing is compiled twice.
fn built() -> &'static HashMap<String, PathBuf> {
    static BUILT: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    BUILT.get_or_init(|| {
        // …/<target>/<profile>/deps/blackbox-<hash>
        let this = std::env::current_exe().unwrap();
        let profile_folder = this.parent().and_then(Path::parent).unwrap();
        let profile = match profile_folder.file_name().and_then(|name| name.to_str()).unwrap() {
            "debug" => "dev",
            other => other,
        };
        let output = Command::new(env!("CARGO"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args([
                "build",
                "--quiet",
                "--bins",
                "--message-format=json",
                "--profile",
                profile,
                "--target-dir",
            ])
            .arg(profile_folder.parent().unwrap())
            .args(["--package", "countersign-tests", "--package", "countersign-local"])
            .args(BOOTSTRAPS.iter().flat_map(|name| ["--package".to_owned(), package_of(name)]))
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(output.status.success(), "the bootstraps cannot be built");
        let messages = String::from_utf8(output.stdout).unwrap();
        let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let programs: HashMap<String, PathBuf> = messages
            .filter(|message| message["reason"] == "compiler-artifact")
            .filter_map(|message| {
                let program = message["executable"].as_str()?;
                Some((message["target"]["name"].as_str()?.to_owned(), program.into()))
            })
            .collect();
        for api in BOOTSTRAPS {
            assert!(programs.contains_key(api), "cargo built no bootstrap {api}");
        }
        programs
    })
}
