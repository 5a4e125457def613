//! What browsers send themselves, and are told.

use countersign_authenticator::webauthn::{Authenticator, Tamper};
use countersign_crypto::jws::Unverified;
use countersign_domain::time::Span;
use serde_json::{Value, json};

use super::site::{ORIGIN, Site};
use crate::backend::Answer;

/// The claims of the token that came with an `ok`.
#[track_caller]
fn claims(answer: Answer) -> Value {
    let body = answer.ok();
    assert_eq!((&body["status"], &body["errorMessage"]), (&json!("ok"), &json!("")));
    let token = body["token"].as_str().unwrap();
    assert_eq!(Unverified::parse(token).unwrap().typ(), Some("transaction+jwt"));
    let payload = countersign_crypto::encoding::from_base64url(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

/// The one way in which nothing is accepted.
#[track_caller]
fn failed(answer: Answer) {
    let told = json!({ "status": "failed", "errorMessage": "The credential was not accepted." });
    assert_eq!(answer.ok(), told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_registers_and_answers() {
    let mut site = Site::new().await;
    let mut credential = site.credential("ann").await;
    credential["userFriendlyName"] = json!("Ann's laptop");
    credential["userAgent"] = json!("Mozilla/5.0");
    let enrolled = claims(site.attestation_result(&credential).await);
    let device = site.devices("ann").await.pop().unwrap();
    assert_eq!(device["name"], "Ann's laptop");
    assert_eq!((&enrolled["aud"], &enrolled["device"]), (&json!(site.backend.origin.guid), &device["guid"]));

    let asked = site.ask("ann").await;
    let credential = site.assertion(&asked);
    let answered = claims(site.assertion_result(&credential).await);
    assert_eq!(answered["transaction"], asked["requestGuid"]);
    assert_eq!((&answered["sub"], &answered["device"]), (&enrolled["sub"], &device["guid"]));
    assert_eq!(site.status(&asked).await, "answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_registration_failed_is_not_told() {
    let mut site = Site::new().await;
    let elsewhere = Tamper::default().client_data(|data| data["origin"] = json!("https://evil.example"));
    let credential = site.bad_credential("ann", &elsewhere).await;
    failed(site.attestation_result(&credential).await);
    let unknown = Tamper::default().client_data(|data| data["challenge"] = json!("A".repeat(43)));
    let credential = site.bad_credential("ann", &unknown).await;
    failed(site.attestation_result(&credential).await);
    let none = Tamper::default().client_data(|data| data["challenge"] = json!("A"));
    let credential = site.bad_credential("ann", &none).await;
    failed(site.attestation_result(&credential).await);
    let late = site.credential("ann").await;
    site.world.turn(Span::minutes(10));
    failed(site.attestation_result(&late).await);
    site.authenticator = Authenticator::new();
    let good = site.credential("ann").await;
    site.suspend("ann").await;
    failed(site.attestation_result(&good).await);
    site.backend.patch("/api/account/restore", json!({ "accountId": "ann" })).await.ok();
    claims(site.attestation_result(&good).await);
    failed(site.attestation_result(&good).await);
    assert_eq!(site.devices("ann").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_an_answer_failed_is_not_told() {
    let mut site = Site::with_ann().await;
    let asked = site.ask("ann").await;
    let elsewhere = Tamper::default().client_data(|data| data["origin"] = json!("https://evil.example"));
    let credential = site.bad_assertion(&asked, &elsewhere);
    failed(site.assertion_result(&credential).await);
    let unknown = Tamper::default().client_data(|data| data["challenge"] = json!("A".repeat(86)));
    let credential = site.bad_assertion(&asked, &unknown);
    failed(site.assertion_result(&credential).await);
    let forged = Tamper::default().signature(|signature| *signature.last_mut().unwrap() ^= 1);
    let credential = site.bad_assertion(&asked, &forged);
    failed(site.assertion_result(&credential).await);
    assert_eq!(site.status(&asked).await, "pending");

    let good = site.assertion(&asked);
    site.suspend("ann").await;
    failed(site.assertion_result(&good).await);
    site.backend.patch("/api/account/restore", json!({ "accountId": "ann" })).await.ok();
    claims(site.assertion_result(&good).await);
    failed(site.assertion_result(&good).await);

    let late = site.ask("ann").await;
    let credential = site.assertion(&late);
    site.world.turn(Span::minutes(5));
    failed(site.assertion_result(&credential).await);
    let asked = site.ask("ann").await;
    let credential = site.assertion(&asked);
    site.revoke_device("ann").await;
    failed(site.assertion_result(&credential).await);
    assert_eq!(site.status(&asked).await, "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_credential_is_told_by_its_member() {
    let mut site = Site::new().await;
    let credential = site.credential("ann").await;
    for (member, value, description) in [
        ("type", json!("password"), "type must be public-key."),
        ("id", json!("="), "id must be base64url without padding of 1 to 1023 bytes."),
        ("userFriendlyName", json!(""), "userFriendlyName is empty."),
    ] {
        let mut changed = credential.clone();
        changed[member] = value;
        let told = site.attestation_result(&changed).await.expect(400);
        assert_eq!(told["statusCode"], 1400);
        assert_eq!(told["description"].as_str().unwrap(), description);
    }
    let told = site.assertion_result(&credential).await.expect(400);
    assert!(told["description"].as_str().unwrap().starts_with("response.signature must be "));
    claims(site.attestation_result(&credential).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_challenges_is_limited_by_address() {
    let mut site = Site::with_ann().await;
    let asked = site.ask("ann").await;
    let unknown = Tamper::default().client_data(|data| data["challenge"] = json!("A".repeat(86)));
    let guess = site.bad_assertion(&asked, &unknown);
    for _ in 0..20 {
        failed(site.assertion_result(&guess).await);
    }
    let good = site.authenticator.get(&asked["requestOptions"], ORIGIN).unwrap();
    let refused = site.assertion_result(&good).await;
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(refused.expect(429)["statusCode"], 1403);
    // A backend has an address of its own, and proves who it is.
    site.finish("ann", &good).await.ok();
}
