//! The real bootstraps, as Lambda runs them: their size, their start, their first request.

use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use countersign_local::Bundle;
use countersign_local::runtime_api::{Answer, RuntimeApi};
use countersign_tests::bootstraps::{BOOTSTRAPS, package_of};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::clients;
use crate::figures::{Figures, millis};

/// How often a process is started.
const STARTS: usize = 30;

/// Builds the bootstraps as `sam build` does: release, each package by itself.
#[allow(clippy::disallowed_methods)] // cargo's own variable, no setting
pub(crate) fn build_bootstraps() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    for name in BOOTSTRAPS {
        let package = package_of(name);
        let built = std::process::Command::new(&cargo)
            .args(["build", "--release", "--quiet", "--package", &package])
            .status();
        assert!(built.is_ok_and(|status| status.success()), "{package} does not build");
    }
}

fn hello() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_hello"))
}

/// Beside hello, which cargo builds into the same folder.
fn bootstrap(name: &str) -> PathBuf {
    hello().with_file_name(name)
}

pub(crate) fn sizes() {
    println!("Size of each bootstrap (bar: zip of 3 MB)");
    for name in BOOTSTRAPS {
        let bytes = std::fs::read(bootstrap(name)).expect("it was just built");
        let mut zip = DeflateEncoder::new(Vec::new(), Compression::best());
        let zipped = zip.write_all(&bytes).and_then(|()| zip.finish()).expect("memory is patient");
        let megabytes = |bytes: usize| bytes as f64 / 1e6;
        println!("  {name:<13} {:>5.2} MB   zip {:>5.2} MB", megabytes(bytes.len()), megabytes(zipped.len()));
    }
}

/// Process start to first poll, beside a hello-world in the same run, and the first request after it.
pub(crate) async fn starts() {
    let bundle = clients::bundle(None, None).await;
    let key_set = json!({
        "version": "2.0", "routeKey": "GET /.well-known/jwks.json", "rawPath": "/.well-known/jwks.json", "rawQueryString": "",
        "headers": {}, "isBase64Encoded": false,
        "requestContext": { "http": { "method": "GET", "path": "/.well-known/jwks.json", "sourceIp": "127.0.0.1" },
            "stage": "$default", "requestId": "1", "timeEpoch": 0 },
    });
    println!(
        "\nProcess start to first poll (bars: 15 ms, and 6 times hello), and first request (bar: 25 ms)"
    );
    let mut hello_start = Duration::ZERO;
    let operations = [
        (hello(), "hello", key_set.clone()),
        (bootstrap("origin"), "challenge-get", request(&bundle, "/api/request/getRequest")),
        (bootstrap("origin"), "challenge-create", request(&bundle, "/api/request/add")),
        (bootstrap("origin"), "key-set", key_set),
        (bootstrap("device"), "challenge-answer", request(&bundle, "/device/v1/challenges/x/answer")),
        (bootstrap("idp"), "oidc-verify", request(&bundle, "/api/idp/oidc/verify")),
        (bootstrap("cloud"), "approval-create", request(&bundle, "/api/v1/approval")),
        (bootstrap("cloud"), "authentication-finish", request(&bundle, "/_app/uaf/1.1/authentication/")),
        (bootstrap("fido2"), "assertion-result", request(&bundle, "/_app/assertion/result")),
        (bootstrap("authenticator"), "v2-authorization-confirm", request(&bundle, CONFIRM)),
        (bootstrap("jobs"), "challenge-expire", json!({})),
        (bootstrap("jobs"), "delivery-send", json!({ "Records": [] })),
    ];
    for (program, handler, mut event) in operations {
        let (mut starts, mut firsts) = (Vec::new(), Vec::new());
        for number in 0..STARTS {
            // From one address only so many wrong states are looked up.
            event["requestContext"]["http"]["sourceIp"] = format!("192.0.2.{number}").into();
            let mut api = RuntimeApi::start().await.expect("a free port");
            let began = Instant::now();
            let mut process = start(&program, &api, handler, &bundle);
            api.first_poll().await;
            starts.push(began.elapsed());
            let began = Instant::now();
            let answer = api.invoke(&event).await;
            firsts.push(began.elapsed());
            assert!(matches!(answer, Some(Answer::Response(_))), "{handler}: {answer:?}");
            process.kill().await.expect("it was running");
        }
        let (starts, firsts) = (Figures::of(starts), Figures::of(firsts));
        if handler == "hello" {
            hello_start = starts.percentile(50);
        }
        let times = starts.percentile(50).as_secs_f64() / hello_start.as_secs_f64();
        println!(
            "  {handler:<24} start {}  {times:>4.1} × hello   first request p50 {}",
            starts.line(),
            millis(firsts.percentile(50))
        );
    }
    bundle.stop().await;
}

/// A request that reads from the table: the credential of the demo's Request Origin, and nothing that there is.
fn request(bundle: &Bundle, path: &str) -> Value {
    let origin =
        bundle.demo.origins.iter().find(|origin| origin.key_type == "basic").expect("the demo has one");
    let basic = countersign_crypto::encoding::base64(format!("{}:{}", origin.guid, origin.key).as_bytes());
    let (method, query) = match path {
        "/api/request/getRequest" => ("GET", "requestGuid=01a20213-1208-70b9-a892-e0237c9c5cc8"),
        "/api/idp/oidc/verify" => ("GET", "code=x&state=C0ffeeC0ffeeC0ffeeC0ffeeC0ffeeC0ffeeC0ffeeA"),
        CONFIRM => ("PUT", ""),
        _ => ("POST", ""),
    };
    let body = match path {
        "/_app/assertion/result" => UNKNOWN_ASSERTION,
        _ => r#"{"accountId":"nobody","username":"nobody","answer":"x","uafResponse":"[]"}"#,
    };
    json!({
        "version": "2.0", "routeKey": format!("{method} {path}"), "rawPath": path,
        "rawQueryString": query,
        "headers": { "authorization": format!("Basic {basic}"), "content-type": "application/json",
            "access-token": UNKNOWN_APP, "x-jws-signature": "e30..AA" },
        "body": body, "isBase64Encoded": false,
        "requestContext": { "http": { "method": method, "path": path, "sourceIp": "127.0.0.1" },
            "stage": "$default", "requestId": "1", "timeEpoch": 0 },
    })
}

const CONFIRM: &str = "/api/authenticator/v2/authorizations/1/confirm";

/// The access token of an app that nobody knows: of a user, a device, and no secret.
const UNKNOWN_APP: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What a browser answers to a challenge that nobody knows.
const UNKNOWN_ASSERTION: &str = r#"{"type":"public-key","id":"AA",
    "response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA"}}"#;

fn start(program: &PathBuf, api: &RuntimeApi, handler: &str, bundle: &Bundle) -> Child {
    let endpoint = bundle.standins().expect("it is embedded").endpoint_url();
    Command::new(program)
        .env_clear()
        .envs(api.environment(handler))
        .envs(&bundle.demo.environment)
        .envs([
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_REGION", countersign_local::aws::REGION),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("LOG_LEVEL", "error"),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts")
}
