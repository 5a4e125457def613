//! A user says yes with a credential.

use countersign_authenticator::webauthn::Authenticator;
use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::receipt;
use countersign_domain::time::Span;
use countersign_webauthn::Evidence;
use reqwest::Method;
use serde_json::{Value, json};

use super::registering::credential_form;
use super::site::{DOMAIN, ORIGIN, Site};

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_answers_the_request() {
    let mut site = Site::with_ann().await;
    let asked = site.authenticate("ann").await;
    let location = asked.headers["location"].to_str().unwrap().to_owned();
    let asked = asked.created();
    let guid = asked["requestGuid"].as_str().unwrap();
    assert_eq!(location, format!("{}/api/request/getRequest?requestGuid={guid}", site.world.base_url));
    let options = &asked["requestOptions"];
    assert_eq!((&options["rpId"], &options["timeout"]), (&json!(DOMAIN), &json!(300_000)));
    let credential = site.authenticator.credentials()[0].id();
    assert_eq!(options["allowCredentials"], json!([{ "type": "public-key", "id": credential }]));

    site.world.turn(Span::secs(7));
    let credential = site.assertion(&asked);
    assert_eq!(site.finish("ann", &credential).await.ok(), json!({ "requestGuid": guid }));
    let request = site.world.request(&asked["requestGuid"]).await;
    assert_eq!((&request["status"], &request["buttonSelected"]), (&json!("answered"), &json!(0)));
    let account = site.backend.get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(account["lastActiveAt"], "2026-11-22T10:00:07.000Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evidence_and_the_receipt_verify_with_nobody_asked() {
    let mut site = Site::with_ann().await;
    let asked = site.ask("ann").await;
    let credential = site.assertion(&asked);
    site.finish("ann", &credential).await.ok();
    let device = site.devices("ann").await.pop().unwrap();
    site.revoke_device("ann").await;
    let evidence = site.world.request(&asked["requestGuid"]).await["evidence"].take();

    let key = PublicJwk::parse(&evidence["key"].to_string()).unwrap();
    assert_eq!(evidence["keyThumbprint"], key.thumbprint().to_string());
    let answer: Value = serde_json::from_str(evidence["answer"].as_str().unwrap()).unwrap();
    assert_eq!(answer["format"], "fido2");
    for (ours, theirs) in [
        ("authenticatorData", "authenticatorData"),
        ("clientDataJson", "clientDataJSON"),
        ("signature", "signature"),
    ] {
        assert_eq!(answer[ours], credential["response"][theirs]);
    }
    let text = |member: &str| answer[member].as_str().unwrap().to_owned();
    let signed = Evidence {
        authenticator_data: text("authenticatorData"),
        client_data_json: text("clientDataJson"),
        signature: text("signature"),
    };
    assert!(signed.is_signed_by(&key));

    let jwks = site.world.jwks().await.to_string();
    let receipt = receipt::verify(&jwks, evidence["receipt"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&receipt.outcome[..], &receipt.device_signature),
        ("answered", &evidence["answer"].as_str().unwrap().to_owned())
    );
    assert_eq!(
        (json!(receipt.challenge), json!(receipt.device)),
        (asked["requestGuid"].clone(), device["guid"].clone())
    );
    assert_eq!(receipt.device_key_thumbprint, key.thumbprint());
}

#[tokio::test(flavor = "multi_thread")]
async fn any_credential_of_the_user_answers_as_often_as_asked() {
    let mut site = Site::with_ann().await;
    let mut other = std::mem::replace(&mut site.authenticator, Authenticator::new());
    site.enrol("ann").await;
    for _ in 0..4 {
        std::mem::swap(&mut site.authenticator, &mut other);
        let asked = site.ask("ann").await;
        assert_eq!(asked["requestOptions"]["allowCredentials"].as_array().unwrap().len(), 2);
        let credential = site.assertion(&asked);
        site.finish("ann", &credential).await.ok();
        assert_eq!(site.status(&asked).await, "answered");
    }
    assert_eq!((site.authenticator.credentials()[0].counter(), other.credentials()[0].counter()), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_and_signed_requests_are_taken() {
    let mut site = Site::with_ann().await;
    site.backend = site.world.hmac_backend();
    for as_text in [true, false] {
        // A signature is taken once.
        site.world.turn(Span::secs(1));
        let body = format!("accountId=ann&domain={DOMAIN}");
        let path = "/api/request/webauthn/authenticate";
        let asked = site.backend.form(Method::POST, path, &body).await.created();
        let credential = site.assertion(&asked);
        let body = credential_form("ann", &credential, as_text);
        let path = "/api/request/webauthn/finishAuthentication";
        let finished = site.backend.form(Method::POST, path, &body).await.ok();
        assert_eq!(finished["requestGuid"], asked["requestGuid"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_ask_is_one_request() {
    let mut site = Site::with_ann().await;
    site.backend = site.backend.with_header("idempotency-key", "key-1");
    let first = site.ask("ann").await;
    assert_eq!(first, site.ask("ann").await);
    site.authenticate("bob").await.refused(404, "not_found");
    let credential = site.assertion(&first);
    site.finish("ann", &credential).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_one_as_any_other() {
    let mut site = Site::with_ann().await;
    let phone = site.world.enrol("ann").await;
    let asked = site.ask("ann").await;
    let request = site.world.request(&asked["requestGuid"]).await;
    let told = ["status", "accountId", "content", "callback"].map(|member| &request[member]);
    assert_eq!(told, [&json!("pending"), &json!("ann"), &json!(null), &json!(null)]);
    assert!(phone.challenges().await.unwrap().is_empty(), "only the browser is asked");
    site.world.pump().await;
    let cancel = json!({ "requestGuid": asked["requestGuid"] });
    site.backend.patch("/api/request/cancel", cancel).await.ok();
    let credential = site.assertion(&asked);
    site.finish("ann", &credential).await.refused(422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn undecided_requests_are_limited() {
    let mut site = Site::with_ann().await;
    let mut asked = Vec::new();
    for _ in 0..5 {
        asked.push(site.ask("ann").await);
    }
    let refused = site.authenticate("ann").await;
    assert_eq!(refused.headers["retry-after"], "300");
    refused.refused(429, "too_many");
    let credential = site.assertion(&asked[2]);
    site.finish("ann", &credential).await.ok();
    site.ask("ann").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_change_meanwhile_change_nothing() {
    let mut site = Site::with_ann().await;
    let asked = site.ask("ann").await;
    site.world.change_origin(&site.backend, |origin| origin.callbacks.clear()).await;
    let credential = site.assertion(&asked);
    site.finish("ann", &credential).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_credential_cannot_be_asked_for_one() {
    let site = Site::new().await;
    site.authenticate("ann").await.refused(404, "not_found");
    site.bind("ann").await.created();
    site.authenticate("ann").await.refused(422, "wrong_state");
    site.world.enrol("ann").await;
    site.authenticate("ann").await.refused(422, "wrong_state");
    let body = json!({ "accountId": "ann" });
    let path = "/api/request/webauthn/authenticate";
    assert_eq!(site.backend.post(path, body).await.refused(400, "invalid_field").as_deref(), Some("domain"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_without_a_user_handle_answers_too() {
    let mut site = Site::with_ann().await;
    for missing in [json!(null), json!("")] {
        let asked = site.ask("ann").await;
        let mut credential = site.authenticator.get(&asked["requestOptions"], ORIGIN).unwrap();
        credential["response"]["userHandle"] = missing;
        site.finish("ann", &credential).await.ok();
    }
}
