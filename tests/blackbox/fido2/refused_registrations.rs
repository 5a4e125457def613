//! Registrations that are refused; nothing is registered by them.

use countersign_authenticator::webauthn::{Authenticator, Tamper, flags};
use countersign_domain::time::Span;
use reqwest::Method;
use serde_json::{Value, json};

use super::site::{DOMAIN, Site};

const BIND: &str = "/api/account/webauthn/bind";

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_must_be_on_the_whitelist() {
    let site = Site::new().await;
    let whitelisted_for_results = site.world.receiver.authority();
    for domain in [
        "evil.example",
        "login.bank.example",
        "bank.example:8443",
        "https://bank.example",
        "bank.example/login",
        "127.0.0.1",
        "",
        &whitelisted_for_results,
    ] {
        let body = json!({ "accountId": "ann", "domain": domain });
        let field = site.backend.put(BIND, body).await.refused(400, "invalid_field");
        assert_eq!(field.as_deref(), Some("domain"), "{domain}");
        let body = json!({ "accountId": "ann", "domain": domain });
        site.backend.get("/api/account/get?accountId=ann").await.refused(404, "not_found");
        let asked = site.backend.post("/api/request/webauthn/authenticate", body).await;
        asked.refused(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bind_says_must_be_well_formed() {
    let site = Site::new().await;
    for (body, field) in [
        (json!({ "domain": DOMAIN }), "accountId"),
        (json!({ "accountId": "ann" }), "domain"),
        (json!({ "accountId": "", "domain": DOMAIN }), "accountId"),
        (json!({ "accountId": "ann", "domain": DOMAIN, "userInfo": "Ann" }), "userInfo"),
        (json!({ "accountId": "ann", "domain": DOMAIN, "userInfo": { "name": "ann" } }), "userInfo"),
        (json!({ "accountId": "ann", "domain": DOMAIN, "userInfo": r#"{"name":""}"# }), "userInfo.name"),
    ] {
        let refused = site.backend.put(BIND, body.clone()).await.refused(400, "invalid_field");
        assert_eq!(refused.as_deref(), Some(field), "{body}");
    }
}

/// A registration of Ann's that is refused for its credential.
async fn refused(tamper: Tamper) -> String {
    let mut site = Site::new().await;
    let credential = site.bad_credential("ann", &tamper).await;
    let answer = site.register("ann", &credential).await;
    let message = answer.body["message"].as_str().unwrap().to_owned();
    assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some("credential"));
    assert_eq!(site.devices("ann").await, [] as [Value; 0]);
    message
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_breaks_a_rule_is_refused() {
    let client = |member: &'static str, value: Value| {
        Tamper::default().client_data(move |data| data[member] = value.clone())
    };
    for (tamper, rule) in [
        (client("origin", json!("https://evil.example")), "the origin is not one of the Relying Party's"),
        (client("origin", json!("http://bank.example")), "the origin is not one of the Relying Party's"),
        (client("crossOrigin", json!(true)), "the ceremony took place in a frame of another origin"),
        (client("type", json!("webauthn.get")), "the client data is of another ceremony"),
        (
            Tamper::default().authenticator_data(|data| data.rp_id_hash = vec![7; 32]),
            "the credential belongs to another Relying Party",
        ),
        (
            Tamper::default().authenticator_data(|data| data.flags &= !flags::USER_VERIFIED),
            "the user was not verified",
        ),
        (
            Tamper::default().authenticator_data(|data| data.flags &= !flags::USER_PRESENT),
            "the user was not present",
        ),
        (
            Tamper::default().authenticator_data(|data| data.credential.as_mut().unwrap().id = vec![1; 16]),
            "the credential id is another one",
        ),
    ] {
        assert_eq!(refused(tamper).await, format!("credential is refused: {rule}."));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_credential_is_told_by_its_member() {
    let mut site = Site::new().await;
    let credential = site.credential("ann").await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = credential.clone();
        change(&mut changed);
        changed
    };
    for (credential, field) in [
        (json!(7), "credential"),
        (json!("{"), "credential"),
        (with(&|credential| credential["type"] = json!("password")), "credential.type"),
        (with(&|credential| credential["id"] = json!("=")), "credential.id"),
        (with(&|credential| credential["rawId"] = json!("AA")), "credential.rawId"),
        (with(&|credential| credential["response"] = json!({})), "credential.response.clientDataJSON"),
        (
            with(&|credential| credential["response"]["attestationObject"] = json!("+/")),
            "credential.response.attestationObject",
        ),
    ] {
        let refused = site.register("ann", &credential).await.refused(400, "invalid_field");
        assert_eq!(refused.as_deref(), Some(field));
    }
    let missing = site.backend.post("/api/account/webauthn/register", json!({ "accountId": "ann" })).await;
    assert_eq!(missing.refused(400, "invalid_field").as_deref(), Some("credential"));
    site.register("ann", &credential).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn options_are_answered_once_in_time_and_by_whom_they_are_for() {
    let mut site = Site::new().await;
    site.enrol("bob").await;
    let credential = site.credential("ann").await;
    site.register("bob", &credential).await.refused(404, "not_found");
    site.register("carol", &credential).await.refused(404, "not_found");
    let stranger = site.world.other_backend().await;
    site.register_by(&stranger, "ann", &credential).await.refused(404, "not_found");
    let colleague = site.world.hmac_backend();
    site.register_by(&colleague, "ann", &credential).await.refused(404, "not_found");
    assert_eq!(site.devices("ann").await, [] as [Value; 0]);

    site.register("ann", &credential).await.ok();
    site.register("ann", &credential).await.refused(404, "not_found");
    assert_eq!(site.devices("ann").await.len(), 1);

    let late = site.credential("dora").await;
    site.world.turn(Span::minutes(10));
    site.register("dora", &late).await.refused(404, "not_found");
    assert_eq!(site.devices("dora").await, [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_of_something_else_registers_nothing() {
    let mut site = Site::with_ann().await;
    let asked = site.ask("ann").await;
    let of_request = asked["requestOptions"]["challenge"].clone();
    for challenge in [of_request, json!("A".repeat(43)), json!("AAAAAAAAAAAAAAAAAAAAAA"), json!("AA")] {
        let tamper = Tamper::default().client_data(move |data| data["challenge"] = challenge.clone());
        let options = json!({ "accountId": "bob", "domain": DOMAIN });
        let options = site.backend.put(BIND, options).await.success()["registrationOptions"].clone();
        let credential = site.authenticator.create_badly(&options, super::site::ORIGIN, &tamper).unwrap();
        site.register("bob", &credential).await.refused(404, "not_found");
    }
    assert_eq!(site.devices("bob").await, [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bind_for_the_device_api_is_not_answered_by_web_authn() {
    let mut site = Site::new().await;
    let bound = site.backend.put("/api/account/bind", json!({ "accountId": "ann" })).await.created();
    let token = bound["sessionToken"].as_str().unwrap();
    let token: countersign_crypto::token::Token = token.parse().unwrap();
    let hash = token.hash().to_string();
    let tamper = Tamper::default().client_data(move |data| data["challenge"] = json!(hash));
    let credential = site.bad_credential("ann", &tamper).await;
    site.register("ann", &credential).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_id_is_taken_once() {
    let mut site = Site::new().await;
    let known = site.enrol("ann").await;
    for account_id in ["bob", "ann"] {
        let (id, bytes) = (known["id"].clone(), id_bytes(&known));
        let tamper = Tamper::default()
            .authenticator_data(move |data| data.credential.as_mut().unwrap().id = bytes.clone())
            .credential(move |credential| {
                credential["id"] = id.clone();
                credential["rawId"] = id.clone();
            });
        site.authenticator = Authenticator::new();
        let copy = site.bad_credential(account_id, &tamper).await;
        let answer = site.register(account_id, &copy).await;
        assert_eq!(answer.body["message"], "The credential is registered already.");
        answer.refused(422, "wrong_state");
    }
    assert_eq!((site.devices("ann").await.len(), site.devices("bob").await.len()), (1, 0));
}

fn id_bytes(credential: &Value) -> Vec<u8> {
    countersign_crypto::encoding::from_base64url(credential["id"].as_str().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_limit_of_devices() {
    let mut site = Site::new().await;
    site.world.change_app_space(|app_space| app_space.policy.devices_max = 1).await;
    site.enrol("ann").await;
    site.authenticator = Authenticator::new();
    let second = site.credential("ann").await;
    site.register("ann", &second).await.refused(422, "wrong_state");
    site.revoke_device("ann").await;
    site.register("ann", &second).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn users_who_may_not_act_get_no_credential() {
    let mut site = Site::with_ann().await;
    let credential = site.credential("bob").await;
    for account_id in ["ann", "bob"] {
        site.suspend(account_id).await;
        site.bind(account_id).await.refused(422, "wrong_state");
    }
    site.register("bob", &credential).await.refused(422, "wrong_state");
    site.backend.patch("/api/account/revoke", json!({ "accountId": "bob" })).await.ok();
    site.register("bob", &credential).await.refused(422, "wrong_state");
    let anew = site.bind("bob").await.created();
    assert_eq!(anew["registrationOptions"]["excludeCredentials"], json!([]));
    site.register("bob", &credential).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_prove_who_they_are() {
    let site = Site::new().await;
    let stranger = site.backend.clone().with_key("wrong");
    let body = json!({ "accountId": "ann", "domain": DOMAIN, "credential": {} });
    for (method, path) in [
        (Method::PUT, BIND),
        (Method::POST, "/api/account/webauthn/register"),
        (Method::POST, "/api/request/webauthn/authenticate"),
        (Method::POST, "/api/request/webauthn/finishAuthentication"),
    ] {
        let mut body = body.clone();
        body["credential"] = json!({
            "type": "public-key", "id": "AA",
            "response": { "clientDataJSON": "AA", "attestationObject": "AA", "authenticatorData": "AA", "signature": "AA" },
        });
        let (text, media) = (body.to_string(), Some("application/json"));
        stranger.call(method.clone(), path, &text, media).await.refused(401, "unauthorized");
        site.backend.send(method, path, &text, media, None).await.refused(401, "unauthorized");
    }
}
