//! The commands against a tiny server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser;
use countersign_crypto::digest::Digest;
use countersign_crypto::encoding::{base64url, from_base64url};
use countersign_crypto::system::SystemRandom;
use countersign_domain::chance;
use countersign_domain::time::{Clock, Timestamp};
use serde_json::{Value, json};

use super::cli::Cli;
use super::commands::Phone;
use super::{choose, file};
use crate::tiny_server::{Seen, TinyServer};

pub(super) const GUID: &str = "0190d6a5-0000-7000-8000-000000000001";
const CHALLENGE: &str = "0190d6a5-0000-7000-8000-000000000003";

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(1_795_341_600)
    }
}

/// A file of its own, gone with its folder when the test ends.
pub(super) struct PhoneFile(pub(super) PathBuf);

impl PhoneFile {
    pub(super) fn new() -> Self {
        let name = base64url(&chance::bytes::<16>(&SystemRandom));
        Self(std::env::temp_dir().join(format!("countersign-phone-{name}")).join("phone.json"))
    }
}

impl Drop for PhoneFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}

/// What `cargo phone` with these arguments prints.
pub(super) async fn phone(file: &Path, args: &[&str]) -> Result<String, String> {
    let cli = Cli::try_parse_from(["phone"].iter().chain(args)).unwrap();
    let phone = Phone::new(file.to_owned(), cli.device, Arc::new(Still));
    phone.run(cli.command).await.map_err(|trouble| trouble.to_string())
}

pub(super) fn bind_link(server: &TinyServer) -> String {
    format!(
        "demo://st=tok&appSpaceGuid={GUID}&appSpaceName=Bank&privakeyId={GUID}&displayName=Ann&serviceUrl={}",
        server.url
    )
}

fn challenge() -> Value {
    let document = json!({
        "challenge": CHALLENGE, "appSpace": GUID, "requestOrigin": GUID, "requestOriginName": "Bank",
        "content": "Pay?", "showCode": false,
        "buttons": [{"title": "Yes", "strongAuth": true}, {"title": "No", "strongAuth": false}],
        "askedAt": "2026-11-22T10:00:00.000Z", "expiresAt": "2026-11-22T10:05:00.000Z",
    })
    .to_string();
    json!({"guid": CHALLENGE, "status": "pending", "digest": Digest::of(document.as_bytes()), "document": document,
        "nonce": "once", "expiresAt": "2026-11-22T10:05:00.000Z"})
}

/// A service in which everything goes well. Every enrolment makes another device.
pub(super) fn well(devices: &AtomicUsize, seen: &Seen) -> (u16, Value) {
    match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/device/v1/enrolments/lookup") => (
            200,
            json!({"nonce": "n", "appSpaceGuid": GUID, "appSpaceName": "Bank", "privakeyId": GUID, "accountId": "ann",
                "expiresAt": "2026-11-22T10:10:00.000Z"}),
        ),
        ("POST", "/device/v1/devices") => {
            let guid = format!("0190d6a5-0000-7000-8000-{:012}", devices.fetch_add(1, Ordering::Relaxed));
            (
                201,
                json!({"deviceGuid": guid, "privakeyId": GUID, "appSpaceGuid": GUID, "appSpaceName": "Bank"}),
            )
        }
        ("GET", "/device/v1/challenges") => (200, json!({"challenges": [challenge()]})),
        ("GET", _) | ("POST", "/device/v1/claims") => (200, challenge()),
        ("POST", "/device/v1/strong-failures") => {
            (200, json!({"attemptsLeft": 0, "deviceStatus": "revoked"}))
        }
        ("POST", _) => (200, json!({"guid": CHALLENGE, "status": "answered", "receipt": "a.b.c"})),
        _ => (401, json!({"error": "unauthorized", "message": "No."})),
    }
}

async fn service() -> TinyServer {
    let devices = AtomicUsize::new(100);
    TinyServer::start(move |seen| well(&devices, seen)).await
}

/// The claims of the answer in the last call.
fn answered(server: &TinyServer) -> Value {
    let body = server.seen().last().unwrap().json();
    let payload = body["answer"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
    serde_json::from_slice(&from_base64url(&payload).unwrap()).unwrap()
}

#[tokio::test]
async fn from_the_link_to_the_answers_to_the_end() {
    let (server, file) = (service().await, PhoneFile::new());
    let text = phone(&file.0, &["enrol", &bind_link(&server), "--name", "Mine"]).await.unwrap();
    assert!(text.starts_with("Mine is now a device of Ann (ann) in Bank.\n"), "{text}");

    let text = phone(&file.0, &["inbox"]).await.unwrap();
    assert!(text.starts_with(&format!("{CHALLENGE}  Bank: Pay?  5 min 0 s left\n")), "{text}");
    let text = phone(&file.0, &["show", CHALLENGE]).await.unwrap();
    assert!(text.starts_with("Bank asks:\n  Pay?\n"), "{text}");

    let text = phone(&file.0, &["approve"]).await.unwrap();
    assert_eq!(text, "Bank: Pay?\nPressed 0 Yes. The challenge is now answered.");
    assert_eq!(answered(&server)["answer"], 0);
    phone(&file.0, &["decline"]).await.unwrap();
    assert_eq!(answered(&server)["answer"], 1);
    phone(&file.0, &["decline", CHALLENGE, "--not-me"]).await.unwrap();
    assert_eq!(answered(&server)["declineReason"], "not_me");
    let text = phone(&file.0, &["approve", "--button", "2"]).await.unwrap_err();
    assert!(text.starts_with("There is no button 2."), "{text}");
    let text = phone(&file.0, &["approve", "--code", "123456"]).await.unwrap_err();
    assert!(text.starts_with("This challenge has no code."), "{text}");

    let text = phone(&file.0, &["wrong-pin"]).await.unwrap();
    assert!(text.contains("revoked for ever"), "{text}");
    let text = phone(&file.0, &["remove"]).await.unwrap();
    assert!(text.contains("forgotten"), "{text}");
    let text = phone(&file.0, &["inbox"]).await.unwrap_err();
    assert!(text.contains("not enrolled yet") && text.contains("enrol <link>"), "{text}");
}

#[tokio::test]
async fn a_claim_link_must_be_for_this_service_and_its_own_challenge() {
    let (server, file) = (service().await, PhoneFile::new());
    phone(&file.0, &["enrol", &bind_link(&server)]).await.unwrap();
    let link = |guid: &str, url: &str| format!("demo://claim=tok&requestGuid={guid}&serviceUrl={url}");
    let text = phone(&file.0, &["claim", &link(CHALLENGE, &server.url)]).await.unwrap();
    assert!(text.starts_with("It is yours to answer.\n\nBank asks:"), "{text}");
    assert_eq!(server.seen().last().unwrap().json(), json!({"claimToken": "tok"}));
    phone(&file.0, &["claim", "tok"]).await.unwrap();
    let calls = server.seen().len();
    let elsewhere =
        phone(&file.0, &["claim", &link(CHALLENGE, "https://auth.example.com")]).await.unwrap_err();
    assert!(elsewhere.contains("https://auth.example.com"), "{elsewhere}");
    assert!(phone(&file.0, &["claim", &bind_link(&server)]).await.unwrap_err().contains("phone enrol"));
    assert_eq!(server.seen().len(), calls, "the token went nowhere");
    let other = phone(&file.0, &["claim", &link(GUID, &server.url)]).await.unwrap_err();
    assert!(other.contains("not genuine"), "{other}");
}

#[tokio::test]
async fn an_enrolment_whose_reply_is_lost_is_repeated_with_the_same_keys() {
    let (devices, lost) = (AtomicUsize::new(100), AtomicUsize::new(1));
    let server = TinyServer::start(move |seen| {
        let is_last_step = seen.path == "/device/v1/devices";
        if is_last_step && lost.swap(0, Ordering::Relaxed) == 1 {
            (0, Value::Null)
        } else {
            well(&devices, seen)
        }
    })
    .await;
    let file = PhoneFile::new();
    phone(&file.0, &["enrol", &bind_link(&server)]).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[1].json()["authKey"], seen[2].json()["authKey"]);
    assert_eq!(file::read(&file.0).unwrap().devices.len(), 1);
}

#[tokio::test]
async fn a_skewed_clock_is_remembered() {
    let devices = AtomicUsize::new(100);
    let server = TinyServer::start(move |seen| {
        let claims = seen.proof.as_deref().and_then(|proof| from_base64url(proof.split('.').nth(1)?).ok());
        let iat =
            claims.map(|claims| serde_json::from_slice::<Value>(&claims).unwrap()["iat"].as_i64().unwrap());
        if iat.is_some_and(|iat| iat < Still.now().secs() + 3600) {
            let time = (Still.now() + countersign_domain::time::Span::hours(1)).rfc3339();
            return (401, json!({"error": "clock_skew", "message": "Off.", "serverTime": time}));
        }
        well(&devices, seen)
    })
    .await;
    let file = PhoneFile::new();
    phone(&file.0, &["enrol", &bind_link(&server)]).await.unwrap();
    phone(&file.0, &["inbox"]).await.unwrap();
    assert_eq!(file::read(&file.0).unwrap().devices[0].clock_offset_millis, 3_600_000);
    let calls = server.seen().len();
    phone(&file.0, &["inbox"]).await.unwrap();
    assert_eq!(server.seen().len(), calls + 1, "known from the first call on");
}

#[tokio::test]
async fn an_enrolment_is_chosen_by_name_or_guid_and_else_the_last_one() {
    let (server, file) = (service().await, PhoneFile::new());
    for name in ["one", "two", "two"] {
        phone(&file.0, &["enrol", &bind_link(&server), "--name", name, "--alg", "EdDSA"]).await.unwrap();
    }
    let state = file::read(&file.0).unwrap();
    let guids: Vec<_> = state.devices.iter().map(|device| device.guid().to_string()).collect();
    let chosen = |wanted| choose::device(&state, wanted).map(|device| device.guid().to_string());
    assert_eq!(chosen(None).unwrap(), guids[2]);
    assert_eq!(chosen(Some("one")).unwrap(), guids[0]);
    assert_eq!(chosen(Some(&guids[1])).unwrap(), guids[1]);
    let several = chosen(Some("two")).unwrap_err().to_string();
    assert!(several.contains(&guids[1]) && several.contains(&guids[2]), "{several}");
    let unknown = chosen(Some("three")).unwrap_err().to_string();
    assert!(unknown.contains(&guids[0]), "{unknown}");
}

#[tokio::test]
async fn a_link_that_does_not_work_leaves_nothing_behind() {
    let server = TinyServer::start(|_| (404, json!({"error": "not_found", "message": "No."}))).await;
    let file = PhoneFile::new();
    let text = phone(&file.0, &["enrol", &bind_link(&server)]).await.unwrap_err();
    assert!(text.starts_with("This link works no more"), "{text}");
    assert!(phone(&file.0, &["enrol", "nonsense"]).await.unwrap_err().contains("in quotes"));
    assert!(file::read(&file.0).unwrap().devices.is_empty());
}
