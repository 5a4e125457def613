//! Logins, from the command to the link that comes back, against a tiny server.

use std::path::Path;
use std::sync::atomic::AtomicUsize;

use countersign_crypto::jwk::PublicJwk;
use serde_json::{Value, json};

use super::command_tests::{GUID, PhoneFile, bind_link, phone, well};
use super::file;
use crate::tiny_server::{Seen, TinyServer};

const ELSEWHERE: &str = "0190d6a5-0000-7000-8000-000000000009";

fn begun() -> (u16, Value) {
    let url = "https://idp.example/authorize?state=s&nonce=n";
    (201, json!({"authorizationUrl": url, "expiresAt": "2026-11-22T10:10:00.000Z"}))
}

/// A service in which everything goes well, logins too.
async fn service() -> TinyServer {
    let devices = AtomicUsize::new(100);
    TinyServer::start(move |seen| match seen.path.as_str() {
        "/api/idp/bind" => begun(),
        _ => well(&devices, seen),
    })
    .await
}

async fn login(file: &Path, server: &TinyServer, app_space: &str) -> Result<String, String> {
    phone(file, &["login", "--app-space", app_space, "--service", &server.url]).await
}

/// The thumbprint that the call at `index` began a login with.
fn began_with(seen: &[Seen], index: usize) -> String {
    seen[index].json()["authKeyThumbprint"].as_str().unwrap().to_owned()
}

/// The thumbprint of the auth key that the call at `index` enrolled.
fn enrolled_with(seen: &[Seen], index: usize) -> String {
    PublicJwk::parse(&seen[index].json()["authKey"].to_string()).unwrap().thumbprint().to_string()
}

#[tokio::test]
async fn the_link_of_a_login_is_redeemed_with_the_keys_that_began_it() {
    let (server, file) = (service().await, PhoneFile::new());
    let text = login(&file.0, &server, GUID).await.unwrap();
    assert!(text.contains("\n\nhttps://idp.example/authorize?state=s&nonce=n\n\n"), "{text}");
    assert!(
        text.contains("2026-11-22T10:10:00.000Z") && text.contains("cargo phone enrol '<link>'"),
        "{text}"
    );
    assert_eq!(file::read(&file.0).unwrap().logins.len(), 1);
    phone(&file.0, &["enrol", &bind_link(&server)]).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].json()["appSpaceGuid"], GUID);
    assert_eq!(enrolled_with(&seen, 2), began_with(&seen, 0));
    let state = file::read(&file.0).unwrap();
    assert!(state.logins.is_empty(), "it is forgotten");
    assert_eq!(state.devices.len(), 1);

    phone(&file.0, &["enrol", &bind_link(&server)]).await.unwrap();
    let seen = server.seen();
    assert_ne!(enrolled_with(&seen, 4), began_with(&seen, 0), "its keys serve once");
}

#[tokio::test]
async fn a_new_login_takes_the_place_of_the_one_before_in_its_app_space() {
    let (server, file) = (service().await, PhoneFile::new());
    for app_space in [GUID, ELSEWHERE, GUID] {
        login(&file.0, &server, app_space).await.unwrap();
    }
    assert_eq!(file::read(&file.0).unwrap().logins.len(), 2);
    phone(&file.0, &["enrol", &bind_link(&server)]).await.unwrap();
    let seen = server.seen();
    assert_eq!(enrolled_with(&seen, 4), began_with(&seen, 2));
    assert_eq!(file::read(&file.0).unwrap().logins.len(), 1, "the other App Space's is still pending");
}

#[tokio::test]
async fn a_link_of_another_app_space_or_service_gets_fresh_keys() {
    let (server, other, file) = (service().await, service().await, PhoneFile::new());
    login(&file.0, &server, ELSEWHERE).await.unwrap();
    login(&file.0, &server, GUID).await.unwrap();
    phone(&file.0, &["enrol", &bind_link(&other)]).await.unwrap();
    assert_ne!(enrolled_with(&other.seen(), 1), began_with(&server.seen(), 1));
    assert_eq!(file::read(&file.0).unwrap().logins.len(), 2);
}

#[tokio::test]
async fn a_link_that_does_not_work_leaves_the_login_pending() {
    let server = TinyServer::start(|seen| match seen.path.as_str() {
        "/api/idp/bind" => begun(),
        _ => (404, json!({"error": "not_found", "message": "No."})),
    })
    .await;
    let file = PhoneFile::new();
    login(&file.0, &server, GUID).await.unwrap();
    let text = phone(&file.0, &["enrol", &bind_link(&server)]).await.unwrap_err();
    let text = text.replace('\n', " ");
    assert!(text.contains("this phone did not begin") && text.contains("cargo phone login"), "{text}");
    assert_eq!(file::read(&file.0).unwrap().logins.len(), 1);
}

#[tokio::test]
async fn a_link_with_an_error_is_told_as_a_refusal_and_nothing_is_sent() {
    let (server, file) = (service().await, PhoneFile::new());
    login(&file.0, &server, GUID).await.unwrap();
    for (error, next) in [
        ("access_denied", "Begin again with `cargo phone login`."),
        ("account_in_use", "revoke the other user"),
        ("user_not_active", "restore the user"),
        ("provider_unavailable", "in a while"),
        ("provider_misconfigured", "its log says more"),
    ] {
        let link = format!("demo://error={error}&error_description=She%20said%20no&appSpaceGuid={GUID}");
        let text = phone(&file.0, &["enrol", &link]).await.unwrap_err().replace('\n', " ");
        assert!(text.starts_with(&format!("The login came to nothing: {error} (She said no).")), "{text}");
        assert!(text.contains(next), "{text}");
    }
    assert_eq!(server.seen().len(), 1);
    assert_eq!(file::read(&file.0).unwrap().logins.len(), 1, "anybody can make such a link");
}

#[tokio::test]
async fn where_to_log_in_is_read_from_the_demo() {
    let (server, file) = (service().await, PhoneFile::new());
    let demo = file.0.with_file_name("demo.json");
    std::fs::create_dir_all(demo.parent().unwrap()).unwrap();
    let written = json!({"baseUrl": server.url, "appSpace": {"guid": GUID, "name": "Bank"}, "origins": []});
    std::fs::write(&demo, written.to_string()).unwrap();
    let path = demo.to_str().unwrap();
    phone(&file.0, &["login", "--demo", path]).await.unwrap();
    phone(&file.0, &["login", "--demo", path, "--app-space", ELSEWHERE]).await.unwrap();
    let asked: Vec<Value> = server.seen().iter().map(|seen| seen.json()["appSpaceGuid"].clone()).collect();
    assert_eq!(asked, [GUID, ELSEWHERE]);
    for text in ["", "{}", r#"{"baseUrl": "ftp://a", "appSpace": {"guid": "1"}}"#] {
        std::fs::write(&demo, text).unwrap();
        let text = phone(&file.0, &["login", "--demo", path]).await.unwrap_err();
        assert!(text.contains("--app-space and --service"), "{text}");
    }
    let missing = phone(&file.0, &["login", "--demo", "/nowhere/demo.json"]).await.unwrap_err();
    assert!(missing.contains("cargo local"), "{missing}");
}

#[tokio::test]
async fn a_login_that_the_service_refuses_leaves_nothing_behind() {
    for (status, error, told) in [
        (404, "not_found", "knows no such App Space"),
        (422, "wrong_state", "has no identity provider"),
        (503, "provider_unavailable", "cannot be asked"),
        (429, "too_many", "in 7 seconds"),
    ] {
        let server = TinyServer::start(move |_| (status, json!({"error": error, "message": "No."}))).await;
        let file = PhoneFile::new();
        let text = login(&file.0, &server, GUID).await.unwrap_err();
        assert!(text.contains(told), "{text}");
        assert!(file::read(&file.0).unwrap().logins.is_empty());
    }
}

#[tokio::test]
async fn the_keys_of_a_pending_login_are_not_shown_and_a_file_of_before_is_still_read() {
    let (server, file) = (service().await, PhoneFile::new());
    std::fs::create_dir_all(file.0.parent().unwrap()).unwrap();
    std::fs::write(&file.0, r#"{"devices": []}"#).unwrap();
    login(&file.0, &server, GUID).await.unwrap();
    let kept: Value = serde_json::from_slice(&std::fs::read(&file.0).unwrap()).unwrap();
    let private = kept["logins"][0]["authKey"]["d"].as_str().unwrap();
    assert!(!format!("{:?}", file::read(&file.0).unwrap()).contains(private));
}
