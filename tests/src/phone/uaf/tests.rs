//! The commands against a tiny server.

use serde_json::{Value, json};

use crate::phone::command_tests::{PhoneFile, phone};
use crate::phone::file;
use crate::uaf::canned::{self, DEVICE, OPERATION, digest_text, service};

fn link(url: &str, purpose: &str) -> String {
    canned::link(url, purpose)
}

#[tokio::test]
async fn from_the_link_to_the_end() {
    let (server, file) = (service(|_, _| None).await, PhoneFile::new());
    let (registration, approval) = (link(&server.url, "registration"), link(&server.url, "authentication"));
    let args = ["uaf", "register", &registration, "--name", "Mine", "--platform", "ios", "--push-token", "p"];
    let text = phone(&file.0, &args).await.unwrap();
    assert!(
        text.starts_with(&format!("Mine has registered a key for ann.\nDevice {DEVICE}\nKey ")),
        "{text}"
    );
    let target = server.seen().last().unwrap().json();
    assert_eq!((&target["dispatcher"], &target["target"]), (&json!("apns"), &json!("p")));

    let text = phone(&file.0, &["uaf", "pending"]).await.unwrap();
    assert!(text.starts_with(&format!("{OPERATION}  Zahle 120 € an ACME?  until 2026-")), "{text}");
    let text = phone(&file.0, &["uaf", "pending", "--yes"]).await.unwrap();
    assert_eq!(text, format!("{OPERATION}  Signed: {}", digest_text()));
    let text = phone(&file.0, &["uaf", "authenticate", &approval, "--yes"]).await.unwrap();
    assert_eq!(text, format!("Signed: {}", digest_text()));
    let kept = file::read(&file.0).unwrap().uaf.unwrap();
    assert_eq!(kept.wallet.authenticators[0].keys()[0].sign_counter(), 2);
    let text = phone(&file.0, &["uaf", "authenticate", &approval, "--decline", "--not-me"]).await.unwrap();
    assert_eq!(text, "Declined (not_me).");
    assert_eq!(server.seen().last().unwrap().json()["transactionId"], OPERATION);

    let text = phone(&file.0, &["uaf", "login", "ann"]).await.unwrap();
    assert!(text.starts_with("Authenticated as ann.") && text.ends_with(".AAAA"), "{text}");
    let begun =
        server.seen().into_iter().rfind(|seen| seen.path.ends_with("/request/authentication/")).unwrap();
    let context: Value = serde_json::from_str(begun.json()["context"].as_str().unwrap()).unwrap();
    assert_eq!(context["appSpace"], canned::APP_SPACE, "that of the registration");

    let text = phone(&file.0, &["uaf", "deregister"]).await.unwrap();
    assert_eq!(text, "Keys of ann revoked and forgotten: 1.");
    let text = phone(&file.0, &["uaf", "pending", "--service", &server.url]).await.unwrap_err();
    assert!(text.contains("registered no such user") && text.contains("register <link>"), "{text}");
}

#[tokio::test]
async fn a_target_that_could_not_be_made_is_made_up_for() {
    let failed = std::sync::atomic::AtomicBool::new(false);
    let server = service(move |_, seen| {
        let first =
            seen.path.ends_with("/targets/") && !failed.swap(true, std::sync::atomic::Ordering::Relaxed);
        first.then_some((503, json!({ "statusCode": 1503, "description": "Later." })))
    })
    .await;
    let file = PhoneFile::new();
    let text = phone(&file.0, &["uaf", "register", &link(&server.url, "registration")]).await.unwrap_err();
    assert!(text.contains("has no dispatch target") && text.contains("uaf login"), "{text}");
    let text = phone(&file.0, &["uaf", "pending"]).await.unwrap_err();
    assert!(text.contains("cargo phone uaf login"), "{text}");
    phone(&file.0, &["uaf", "login", "ann"]).await.unwrap();
    phone(&file.0, &["uaf", "pending"]).await.unwrap();
}

#[tokio::test]
async fn refusals_are_told_with_what_to_do_next() {
    for (status, code, told) in [
        (404, 1404, "Ask for a new link"),
        (401, 1401, "does not accept this app"),
        (429, 1429, "in 7 seconds"),
        (200, 1491, "too late"),
        (200, 1481, "uaf deregister"),
        (500, 1500, "log says more"),
        (400, 1400, "1400: No\u{fffd}"),
    ] {
        let server = service(move |_, seen| {
            let body = json!({ "statusCode": code, "description": "No\u{1b}" });
            seen.path.contains("/redeem/").then_some((status, body))
        })
        .await;
        let file = PhoneFile::new();
        let text =
            phone(&file.0, &["uaf", "register", &link(&server.url, "registration")]).await.unwrap_err();
        assert!(text.replace('\n', " ").contains(told), "{text}");
    }
    let file = PhoneFile::new();
    let text = phone(&file.0, &["uaf", "authenticate", "demo://st=a", "--yes"]).await.unwrap_err();
    assert!(text.starts_with("This is not an app link"), "{text}");
}

#[tokio::test]
async fn no_key_is_shown_and_links_serve_their_own_purpose_only() {
    let (server, file) = (service(|_, _| None).await, PhoneFile::new());
    std::fs::create_dir_all(file.0.parent().unwrap()).unwrap();
    std::fs::write(&file.0, r#"{"devices": [], "logins": []}"#).unwrap();
    phone(&file.0, &["uaf", "register", &link(&server.url, "registration")]).await.unwrap();
    let kept: Value = serde_json::from_slice(&std::fs::read(&file.0).unwrap()).unwrap();
    let shown = format!("{:?}", file::read(&file.0).unwrap());
    for path in [
        "/uaf/authenticators/0/keys/0/privateKey",
        "/uaf/accounts/0/target/signatureKey/d",
        "/uaf/accounts/0/target/encryptionKey",
    ] {
        assert!(!shown.contains(kept.pointer(path).unwrap().as_str().unwrap()), "{path}");
    }
    assert_eq!(kept["devices"], json!([]));
    let before = server.seen().len();
    for args in [
        ["uaf", "authenticate", &link(&server.url, "registration"), "--yes"].as_slice(),
        &["uaf", "register", &link(&server.url, "authentication")],
    ] {
        let text = phone(&file.0, args).await.unwrap_err();
        assert!(text.starts_with("This link is for something else."), "{text}");
    }
    assert_eq!(server.seen().len(), before, "nothing was redeemed");
}
