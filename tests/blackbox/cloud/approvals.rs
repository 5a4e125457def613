//! `approval`: who is asked, how, and what.

use countersign_domain::answer::Answer;
use countersign_domain::app_space::Policy;
use countersign_domain::time::Span;
use serde_json::{Value, json};

use super::{
    APPROVAL, approve, caller, dispatched, enroll, fido2, introspect, plant, refused, status, uaf,
    with_phone, with_uaf,
};
use crate::world::World;

/// The signed document of an approval, as the Request Origin API shows its parts.
async fn request(world: &World, asked: &Value) -> Value {
    world.request(&asked["transactionId"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_asks_the_last_registered_authenticator() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    let body = json!({ "username": "ann", "prompt": true, "message": "Pay 120 EUR to ACME?" });
    let asked = approve(&backend, body).await;
    let user = backend.get("/api/v1/users?username=ann").await.ok();
    assert_eq!(asked["userId"], user["userId"]);
    let request = request(&world, &asked).await;
    assert_eq!(request["status"], "pending");
    assert_eq!(request["content"], "Pay 120 EUR to ACME?");
    assert_eq!(request["additionalInfo"], json!({ "prompt": true, "shownAs": "text" }));
    assert_eq!(request["buttons"][0]["title"], "Approve");
    assert_eq!(status(&backend, &asked).await["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_shown_as_text_or_by_its_digest() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    for (message, shown_as) in [
        ("<html>Pay <b>120 EUR</b>?<br>Really?</html>".to_owned(), "text"),
        ("Zahle 120 €?".to_owned(), "digest"),
        ("a".repeat(201), "digest"),
    ] {
        let asked =
            approve(&backend, json!({ "username": "ann", "channel": "app", "message": message })).await;
        let request = request(&world, &asked).await;
        assert_eq!(request["content"], message);
        assert_eq!(request["additionalInfo"], json!({ "prompt": false, "shownAs": shown_as }));
    }
    let silent = approve(&backend, json!({ "username": "ann" })).await;
    let request = request(&world, &silent).await;
    assert_eq!((&request["content"], &request["additionalInfo"]), (&Value::Null, &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_well_formed() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    for (body, field) in [
        (json!({ "prompt": true }), "message"),
        (json!({ "message": "<html><a href='https://evil.example'>x</a></html>" }), "message"),
        (json!({ "message": "<html><b>x</html>" }), "message"),
        (json!({ "message": "<b>x</b>" }), "message"),
        (json!({ "message": "x".repeat(2001) }), "message"),
        (json!({ "notificationMessage": "x".repeat(201) }), "notificationMessage"),
        (json!({ "channel": "recovery" }), "channel"),
        (json!({ "authenticatorId": "last" }), "authenticatorId"),
        (json!({ "channel": "sms", "message": "Hello" }), "message"),
    ] {
        let mut whole = json!({ "username": "ann" });
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let named = refused(backend.post(APPROVAL, whole).await, 400, "invalid_field");
        assert_eq!(named.as_deref(), Some(field), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_to_the_approval() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann", "channel": "app" })).await;
    let data = &dispatched(&asked)["nma_data"];
    assert_eq!(data["redeem_url"], format!("{}/_app/token/redeem/authentication", world.base_url));
    assert_eq!(data["correlationId"], asked["transactionId"]);
    let pushed = approve(&backend, json!({ "username": "ann", "channel": "push" })).await;
    assert_eq!(pushed["appLinkUri"], Value::Null, "a push carries its own token");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_scans_the_code_is_asked_without_a_name() {
    let world = World::new().await;
    let backend = caller(&world);
    let asked = approve(&backend, json!({ "channel": "app", "message": "Log in?" })).await;
    assert_eq!(asked["userId"], Value::Null);
    let now = status(&backend, &asked).await;
    assert_eq!((&now["status"], &now["userId"]), (&json!("pending"), &Value::Null));
    assert_eq!(request(&world, &asked).await["status"], "claimable");
    for (body, field) in [
        (json!({}), "username"),
        (json!({ "channel": "sms" }), "username"),
        (json!({ "channel": "fido2" }), "username"),
        (json!({ "channel": "app", "authenticatorId": asked["transactionId"] }), "authenticatorId"),
    ] {
        let named = refused(backend.post(APPROVAL, body).await, 400, "invalid_field");
        assert_eq!(named.as_deref(), Some(field));
    }
    world.turn(Span::minutes(5));
    let late = status(&backend, &asked).await;
    assert_eq!((&late["status"], &late["userId"]), (&json!("failed"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_has_a_suitable_authenticator_is_asked() {
    let world = World::new().await;
    let backend = caller(&world);
    refused(backend.post(APPROVAL, json!({ "username": "nobody" })).await, 404, "not_found");
    enroll(&backend, json!({ "username": "ann" })).await;
    for channel in ["push", "app", "sms", "fido2"] {
        let body = json!({ "username": "ann", "channel": channel });
        refused(backend.post(APPROVAL, body).await, 422, "wrong_state");
    }
    let key = plant(&world, "ann", fido2()).await;
    approve(&backend, json!({ "username": "ann", "channel": "fido2" })).await;
    let phone = plant(&world, "ann", uaf()).await;
    for (channel, device) in [("push", phone), ("app", phone), ("fido2", key)] {
        let body = json!({ "username": "ann", "channel": channel, "authenticatorId": device.to_string() });
        approve(&backend, body).await;
    }
    for (channel, device) in [("push", key), ("fido2", phone)] {
        let body = json!({ "username": "ann", "channel": channel, "authenticatorId": device.to_string() });
        refused(backend.post(APPROVAL, body).await, 422, "wrong_state");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_authenticator_is_nobodys() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    let bobs = with_uaf(&world, "bob").await;
    let none = "019a8f3c-7b00-7c4e-9d1a-2b3c4d5e6f70".to_owned();
    for id in [bobs.to_string(), none] {
        let body = json!({ "username": "ann", "authenticatorId": id });
        let answer = backend.post(APPROVAL, body).await;
        assert_eq!(answer.body["message"], "There is no such authenticator.");
        refused(answer, 404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_device_of_the_user_may_answer_where_any_is_asked() {
    let world = World::new().await;
    let backend = caller(&world);
    let device = world.enrol("ann").await;
    plant(&world, "ann", uaf()).await;
    let body = json!({ "username": "ann", "authenticatorId": "*", "message": "Pay?" });
    let asked = approve(&backend, body).await;
    let challenge = device.challenges().await.unwrap().remove(0);
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
    let now = status(&backend, &asked).await;
    assert_eq!(now["status"], "succeeded");
    let told = introspect(&backend, &now["token"]).await;
    assert_eq!((&told["active"], &told["status"]), (&json!(true), &json!("succeeded")));
    assert!(told["authenticatorId"].is_string());
    let user = backend.get("/api/v1/users?username=ann").await.ok();
    assert!(user["lastLoginDateSuccess"].is_string() && user["lastLoginDateFailure"].is_null(), "{user}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_not_asked_does_not_answer() {
    let world = World::new().await;
    let backend = caller(&world);
    let device = world.enrol("ann").await;
    plant(&world, "ann", uaf()).await;
    let asked = approve(&backend, json!({ "username": "ann" })).await;
    for challenge in device.challenges().await.unwrap() {
        device.answer(&challenge, Answer::Option(0), None).await.unwrap_err();
    }
    assert_eq!(status(&backend, &asked).await["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_is_no_success() {
    let world = World::new().await;
    let backend = caller(&world);
    let device = world.enrol("ann").await;
    plant(&world, "ann", uaf()).await;
    let asked = approve(&backend, json!({ "username": "ann", "authenticatorId": "*" })).await;
    let challenge = device.challenges().await.unwrap().remove(0);
    device.answer(&challenge, Answer::Option(1), None).await.unwrap();
    assert_eq!(status(&backend, &asked).await["status"], "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_asked_for_an_assertion() {
    let world = World::new().await;
    let backend = caller(&world);
    enroll(&backend, json!({ "username": "ann" })).await;
    plant(&world, "ann", fido2()).await;
    let last = plant(&world, "ann", fido2()).await;
    let options = |asked: &Value| asked["credentialRequestOptions"].clone();
    let one = options(&approve(&backend, json!({ "username": "ann", "channel": "fido2" })).await);
    assert_eq!(one["rpId"], "localhost");
    assert_eq!((&one["userVerification"], &one["timeout"]), (&json!("required"), &json!(300_000)));
    assert_eq!(one["allowCredentials"].as_array().unwrap().len(), 1);
    let named = json!({ "username": "ann", "channel": "fido2", "authenticatorId": last.to_string() });
    let named = options(&approve(&backend, named).await);
    assert_eq!(named["allowCredentials"], one["allowCredentials"], "the last one is the default");
    assert_ne!(named["challenge"], one["challenge"]);
    let any = json!({ "username": "ann", "channel": "fido2", "authenticatorId": "*" });
    let any = options(&approve(&backend, any).await);
    assert_eq!(any["allowCredentials"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_too_often() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    with_phone(&world, "ann").await;
    for channel in ["push", "app", "sms", "push", "sms"] {
        approve(&backend, json!({ "username": "ann", "channel": channel })).await;
    }
    for channel in ["push", "app", "sms"] {
        let answer = backend.post(APPROVAL, json!({ "username": "ann", "channel": channel })).await;
        assert_eq!(answer.headers["retry-after"], "300");
        refused(answer, 429, "too_many");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sms_disturbs_as_a_push_does_and_a_link_does_not() {
    let world = World::new().await;
    world
        .change_app_space(|app_space| app_space.policy = Policy { pushes_max: 2, ..Policy::default() })
        .await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    with_phone(&world, "ann").await;
    for channel in ["push", "sms"] {
        approve(&backend, json!({ "username": "ann", "channel": channel })).await;
    }
    for channel in ["push", "sms"] {
        let body = json!({ "username": "ann", "channel": channel });
        refused(backend.post(APPROVAL, body).await, 429, "too_many");
    }
    approve(&backend, json!({ "username": "ann", "channel": "app" })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_again_is_the_same_approval() {
    let world = World::new().await;
    with_uaf(&world, "ann").await;
    plant(&world, "ann", fido2()).await;
    for (number, body) in [
        json!({ "username": "ann" }),
        json!({ "username": "ann", "channel": "app" }),
        json!({ "username": "ann", "channel": "fido2" }),
        json!({ "channel": "app" }),
    ]
    .into_iter()
    .enumerate()
    {
        let backend = caller(&world).with_header("idempotency-key", &format!("key-{number}"));
        let (first, mut again) = (approve(&backend, body.clone()).await, approve(&backend, body).await);
        again["statusToken"] = first["statusToken"].clone();
        assert_eq!(again, first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_is_not_asked() {
    let world = World::new().await;
    let backend = caller(&world);
    with_uaf(&world, "ann").await;
    backend.patch("/api/account/suspend", json!({ "accountId": "ann" })).await.ok();
    refused(backend.post(APPROVAL, json!({ "username": "ann" })).await, 422, "wrong_state");
}
