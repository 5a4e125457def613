//! A user gets a credential.

use countersign_authenticator::webauthn::{Authenticator, CeremonyError};
use countersign_crypto::encoding::base64url;
use countersign_domain::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use super::site::{DOMAIN, ORIGIN, Site, permit};

const BIND: &str = "/api/account/webauthn/bind";
const REGISTER: &str = "/api/account/webauthn/register";

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_becomes_a_device_of_its_user() {
    let mut site = Site::new().await;
    let body = json!({
        "accountId": "ann",
        "userInfo": json!({ "name": "ann@bank.example", "displayName": "Ann" }).to_string(),
        "domain": DOMAIN,
    });
    let bound = site.backend.put(BIND, body).await;
    let location = format!("{}/api/account/get?accountId=ann", site.world.base_url);
    assert_eq!(bound.headers["location"], location.as_str());
    let bound = bound.created();
    let (options, guid) = (&bound["registrationOptions"], bound["privakeyId"].as_str().unwrap());
    assert_eq!(options["rp"], json!({ "id": DOMAIN, "name": "Demo Bank" }));
    let handle = base64url(guid.parse::<UserId>().unwrap().as_bytes());
    let user = json!({ "id": handle, "name": "ann@bank.example", "displayName": "Ann" });
    assert_eq!(options["user"], user);
    assert_eq!(options["timeout"], 600_000);
    assert_eq!(options["excludeCredentials"], json!([]));

    let credential = site.authenticator.create(options, ORIGIN).unwrap();
    let registered = site.register("ann", &credential).await.ok();
    assert_eq!(registered, json!({ "privakeyId": guid }));
    let devices = site.devices("ann").await;
    assert_eq!(devices.len(), 1);
    let device = ["name", "platform", "status", "push"].map(|member| &devices[0][member]);
    assert_eq!(device, ["WebAuthn", "other", "active", "none"]);
    let account = site.backend.get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(account["userInfo"], r#"{"displayName":"Ann","name":"ann@bank.example"}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_authenticator_may_follow_but_not_the_same() {
    let mut site = Site::new().await;
    let first = site.enrol("ann").await;
    let bound = site.bind("ann").await.ok();
    let options = &bound["registrationOptions"];
    let names = ["name", "displayName"].map(|member| &options["user"][member]);
    assert_eq!(names, ["ann", "ann"], "who is not named goes by the account id");
    assert_eq!(options["excludeCredentials"], json!([{ "type": "public-key", "id": first["id"] }]));
    let again = site.authenticator.create(options, ORIGIN);
    assert!(matches!(again, Err(CeremonyError::Excluded)), "{again:?}");
    site.authenticator = Authenticator::new();
    site.enrol("ann").await;
    assert_eq!(site.devices("ann").await.len(), 2);
    site.enrol("bob").await;
    assert_eq!(site.devices("bob").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_the_device_api_counts_beside_it() {
    let mut site = Site::with_ann().await;
    site.world.enrol("ann").await;
    let bound = site.bind("ann").await.ok();
    assert_eq!(bound["registrationOptions"]["excludeCredentials"].as_array().unwrap().len(), 1);
    site.authenticator = Authenticator::new();
    site.enrol("ann").await;
    assert_eq!(site.devices("ann").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_and_signed_requests_are_taken() {
    let mut site = Site::new().await;
    site.backend = site.world.hmac_backend();
    let info = "%7B%22displayName%22%3A%22Ann%22%7D";
    for (account_id, as_text) in [("ann", true), ("bob", false)] {
        let body = format!("accountId={account_id}&userInfo={info}&domain={DOMAIN}");
        let bound = site.backend.form(Method::PUT, BIND, &body).await.created();
        let options = &bound["registrationOptions"];
        assert_eq!([&options["user"]["name"], &options["user"]["displayName"]], [account_id, "Ann"]);
        let credential = site.authenticator.create(options, ORIGIN).unwrap();
        let body = credential_form(account_id, &credential, as_text);
        site.backend.form(Method::POST, REGISTER, &body).await.ok();
        assert_eq!(site.devices(account_id).await.len(), 1);
    }
}

/// The credential as one JSON text, or member by member.
pub(super) fn credential_form(account_id: &str, credential: &Value, as_text: bool) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("accountId", account_id);
    if as_text {
        form.append_pair("credential", &credential.to_string());
        return form.finish();
    }
    for name in ["type", "id", "rawId"] {
        form.append_pair(&format!("credential[{name}]"), credential[name].as_str().unwrap());
    }
    for (name, value) in credential["response"].as_object().unwrap() {
        if let Some(value) = value.as_str() {
            form.append_pair(&format!("credential[response][{name}]"), value);
        }
    }
    form.finish()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bind_is_one_bind() {
    let mut site = Site::new().await;
    site.backend = site.backend.with_header("idempotency-key", "key-1");
    let first = site.bind("ann").await.created();
    let again = site.bind("ann").await.created();
    assert_eq!(first, again);
    let credential = site.authenticator.create(&again["registrationOptions"], ORIGIN).unwrap();
    site.register("ann", &credential).await.ok();
    site.bind("bob").await.refused(422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_may_have_a_port_and_this_machine_needs_no_tls() {
    let mut site = Site::new().await;
    for (domain, host, origin) in [
        ("bank.example:8443", "bank.example", "https://bank.example:8443"),
        ("localhost:3000", "localhost", "http://localhost:3000"),
    ] {
        permit(&site.world, &site.backend, domain).await;
        let body = json!({ "accountId": origin, "domain": domain });
        let bound = site.backend.put(BIND, body).await.created();
        assert_eq!(bound["registrationOptions"]["rp"]["id"], host);
        let credential = site.authenticator.create(&bound["registrationOptions"], origin).unwrap();
        site.register(origin, &credential).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_change_meanwhile_change_nothing() {
    let mut site = Site::new().await;
    let credential = site.credential("ann").await;
    site.world.change_origin(&site.backend, |origin| origin.callbacks.clear()).await;
    site.world.change_app_space(|app_space| app_space.name = "Another name".into()).await;
    site.register("ann", &credential).await.ok();
}
