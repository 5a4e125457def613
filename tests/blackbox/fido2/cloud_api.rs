//! The Cloud API's channel `fido2`, from the enrolment to the transaction token that is consumed.

use countersign_authenticator::webauthn::{Authenticator, Tamper, flags};
use countersign_domain::time::Span;
use serde_json::{Value, json};

use super::site::Site;

/// Where the demo's Relying Party has its pages.
const ORIGIN: &str = "http://localhost";

async fn enroll(site: &Site, more: Value) -> Value {
    let mut body = json!({ "username": "ann", "channel": "fido2" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    site.backend.post("/api/v1/users/enroll", body).await.created()["enrollment"].clone()
}

async fn approval(site: &Site, more: Value) -> Value {
    let mut body = json!({ "username": "ann", "channel": "fido2" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    site.backend.post("/api/v1/approval", body).await.created()
}

/// How the operation stands.
async fn status(site: &Site, operation: &Value) -> Value {
    let body = json!({ "statusToken": operation["statusToken"] });
    site.backend.post("/api/v1/status", body).await.ok()
}

async fn introspect(site: &Site, token: &Value) -> Value {
    site.backend.post("/api/v1/introspect", json!({ "token": token })).await.ok()
}

/// A new authenticator with a credential of Ann's.
async fn enrolled(site: &Site) -> Authenticator {
    let enrollment = enroll(site, json!({})).await;
    let mut authenticator = Authenticator::new();
    let credential = authenticator.create(&enrollment["credentialCreationOptions"], ORIGIN).unwrap();
    assert_eq!(site.attestation_result(&credential).await.ok()["status"], "ok");
    authenticator
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_enrols_and_approves() {
    let site = Site::new().await;
    let enrollment = enroll(&site, json!({ "displayName": "Ann" })).await;
    let options = &enrollment["credentialCreationOptions"];
    let named = [&options["user"]["name"], &options["user"]["displayName"], &options["rp"]["id"]];
    assert_eq!(named, ["ann", "Ann", "localhost"]);
    assert_eq!(status(&site, &enrollment).await["status"], "pending");
    let mut authenticator = Authenticator::new();
    let credential = authenticator.create(options, ORIGIN).unwrap();
    let done = site.attestation_result(&credential).await.ok();
    let stands = status(&site, &enrollment).await;
    assert_eq!((&stands["status"], &stands["username"]), (&json!("succeeded"), &json!("ann")));
    // The browser's token and the backend's are one: whoever comes first consumes it.
    assert_eq!(introspect(&site, &done["token"]).await["active"], true);
    assert_eq!(introspect(&site, &stands["token"]).await["active"], false);

    let asked = approval(&site, json!({ "message": "Pay 120 EUR?" })).await;
    assert_eq!(status(&site, &asked).await["status"], "pending");
    let credential = authenticator.get(&asked["credentialRequestOptions"], ORIGIN).unwrap();
    let done = site.assertion_result(&credential).await.ok();
    assert_eq!(done["status"], "ok");
    assert_eq!(status(&site, &asked).await["status"], "succeeded");
    let told = introspect(&site, &done["token"]).await;
    assert_eq!((&told["active"], &told["sub"]), (&json!(true), &asked["userId"]));
    assert_eq!(introspect(&site, &done["token"]).await["active"], false);
    let request = site.world.request(&asked["transactionId"]).await;
    assert_eq!(request["content"], "Pay 120 EUR?");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_authenticator_that_is_asked_may_answer() {
    let site = Site::new().await;
    let first = enrolled(&site).await;
    site.world.turn(Span::millis(1));
    let mut authenticators = [first, enrolled(&site).await];
    let devices = site.devices("ann").await;
    // Where none is named it is the last.
    for (more, wanted) in [(json!({}), 1), (json!({ "authenticatorId": devices[0]["guid"] }), 0)] {
        let asked = approval(&site, more).await;
        let mut options = asked["credentialRequestOptions"].clone();
        assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
        options["allowCredentials"] = json!([]);
        for (number, result) in [(1 - wanted, "failed"), (wanted, "ok")] {
            let credential = authenticators[number].get(&options, ORIGIN).unwrap();
            assert_eq!(site.assertion_result(&credential).await.ok()["status"], result);
        }
    }
    for authenticator in &mut authenticators {
        let asked = approval(&site, json!({ "authenticatorId": "*" })).await;
        let credential = authenticator.get(&asked["credentialRequestOptions"], ORIGIN).unwrap();
        assert_eq!(site.assertion_result(&credential).await.ok()["status"], "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn user_verification_is_enforced_where_it_was_asked_for() {
    let unverified = || Tamper::default().authenticator_data(|data| data.flags &= !flags::USER_VERIFIED);
    let site = Site::new().await;
    let mut authenticator = Authenticator::new();
    for (wanted, result) in [("required", "failed"), ("preferred", "ok")] {
        let selection = json!({ "authenticatorSelection": { "userVerification": wanted } });
        let enrollment = enroll(&site, json!({ "fido2Options": selection })).await;
        let options = &enrollment["credentialCreationOptions"];
        let credential = authenticator.create_badly(options, ORIGIN, &unverified()).unwrap();
        assert_eq!(site.attestation_result(&credential).await.ok()["status"], result, "{wanted}");
    }
    let asked = approval(&site, json!({})).await;
    let options = &asked["credentialRequestOptions"];
    let credential = authenticator.get_badly(options, ORIGIN, &unverified()).unwrap();
    assert_eq!(site.assertion_result(&credential).await.ok()["status"], "failed", "a yes is a strong answer");
    let credential = authenticator.get(options, ORIGIN).unwrap();
    assert_eq!(site.assertion_result(&credential).await.ok()["status"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_relying_party_answers_nothing() {
    let mut site = Site::with_ann().await;
    let asked = approval(&site, json!({})).await;
    let mut options = asked["credentialRequestOptions"].clone();
    options["rpId"] = json!(super::site::DOMAIN);
    let credential = site.authenticator.get(&options, super::site::ORIGIN).unwrap();
    assert_eq!(site.assertion_result(&credential).await.ok()["status"], "failed");
    assert_eq!(status(&site, &asked).await["status"], "pending");
}
