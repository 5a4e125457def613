//! `users/enroll`: what comes back, and for whom.

use countersign_domain::app_space::Policy;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::id::AppSpaceId;
use countersign_domain::time::Clock;
use countersign_domain::time::Span;
use countersign_store::{Write, keys};
use serde_json::{Value, json};

use super::{ENROLL, caller, dispatched, enroll, fido2, path, plant, refused, status, uaf};
use crate::identity_provider::provider;
use crate::qr;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_hands_the_enrolment_to_the_app() {
    let world = World::new().await;
    let backend = caller(&world);
    for body in [json!({ "username": "ann" }), json!({ "username": "ann", "channel": "push" })] {
        let answer = backend.post(ENROLL, body).await;
        let location = answer.headers["location"].to_str().unwrap().to_owned();
        let enrolled = answer.created();
        assert_eq!(location, format!("{}{}", world.base_url, path("users", &enrolled["userId"])));
        assert_eq!((&enrolled["username"], &enrolled["authenticators"]), (&json!("ann"), &json!([])));
        let begun = &enrolled["enrollment"];
        assert!(begun["appLinkUri"].as_str().unwrap().starts_with(&format!("{}/open?", world.base_url)));
        let payload = dispatched(begun);
        assert_eq!(payload["nma_data_content_type"], "application/json");
        assert_eq!(payload["nma_data_version"], "1");
        let data = &payload["nma_data"];
        assert_eq!(data["correlationId"], begun["transactionId"]);
        assert_eq!(data["redeem_url"], format!("{}/_app/token/redeem/registration", world.base_url));
        assert_eq!(data["token"].as_str().unwrap().len(), 36);
        let shown = qr::read(begun["qrCode"]["dataUri"].as_str().unwrap());
        assert_eq!(shown, begun["appLinkUri"].as_str().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_begins_as_the_app_space_says() {
    let world = World::new().await;
    change_settings(&world, |settings| settings.app_link = Some("https://app.example.com/open".into())).await;
    let enrolled = enroll(&caller(&world), json!({ "username": "ann" })).await;
    let link = enrolled["enrollment"]["appLinkUri"].as_str().unwrap();
    assert!(link.starts_with("https://app.example.com/open?dispatchTokenResponse="), "{link}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_made_once_and_then_known_by_name_and_id() {
    let world = World::new().await;
    let backend = caller(&world);
    let first = enroll(&backend, json!({ "username": "ann" })).await;
    let user = backend.get(&path("users", &first["userId"])).await.ok();
    assert_eq!(user["status"], "new");
    let device = plant(&world, "ann", uaf()).await;
    for body in [json!({ "username": "ann" }), json!({ "userId": first["userId"] })] {
        let again = enroll(&backend, body).await;
        assert_eq!((&again["userId"], &again["username"]), (&first["userId"], &json!("ann")));
        assert_eq!(again["authenticators"][0]["authenticatorId"], device.to_string());
        assert_ne!(again["enrollment"]["transactionId"], first["enrollment"]["transactionId"]);
    }
    // The Request Origin API knows the same user.
    let account = backend.get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(account["privakeyId"], first["userId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_it_is_for_is_said_once_and_well() {
    let world = World::new().await;
    let backend = caller(&world);
    let enrolled = enroll(&backend, json!({ "username": "ann" })).await;
    for (body, field) in [
        (json!({}), "username"),
        (json!({ "username": "ann", "userId": enrolled["userId"] }), "userId"),
        (json!({ "username": "ann smith" }), "username"),
        (json!({ "username": "" }), "username"),
        (json!({ "username": "a".repeat(301) }), "username"),
        (json!({ "userId": "ann" }), "userId"),
        (json!({ "username": "ann", "channel": "pigeon" }), "channel"),
    ] {
        let field = Some(field.to_owned());
        assert_eq!(refused(backend.post(ENROLL, body.clone()).await, 400, "invalid_field"), field, "{body}");
    }
    let nobody = json!({ "userId": "019a8f3c-7b00-7c4e-9d1a-2b3c4d5e6f70" });
    refused(backend.post(ENROLL, nobody).await, 404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_gets_nothing_and_a_deleted_name_is_free() {
    let world = World::new().await;
    let backend = caller(&world);
    let first = enroll(&backend, json!({ "username": "ann" })).await;
    backend.patch("/api/account/suspend", json!({ "accountId": "ann" })).await.ok();
    for body in [json!({ "username": "ann" }), json!({ "userId": first["userId"] })] {
        refused(backend.post(ENROLL, body).await, 422, "wrong_state");
    }
    backend.delete(&path("users", &first["userId"])).await.expect(204);
    refused(backend.post(ENROLL, json!({ "userId": first["userId"] })).await, 404, "not_found");
    let second = enroll(&backend, json!({ "username": "ann" })).await;
    assert_ne!(second["userId"], first["userId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_has_no_more_authenticators_than_the_policy_says() {
    let world = World::new().await;
    world
        .change_app_space(|app_space| app_space.policy = Policy { devices_max: 2, ..Policy::default() })
        .await;
    let backend = caller(&world);
    enroll(&backend, json!({ "username": "ann" })).await;
    plant(&world, "ann", uaf()).await;
    plant(&world, "ann", fido2()).await;
    for channel in ["app", "push", "fido2"] {
        let body = json!({ "username": "ann", "channel": channel });
        refused(backend.post(ENROLL, body).await, 422, "wrong_state");
    }
    // Neither is an authenticator.
    enroll(&backend, json!({ "username": "ann", "channel": "recovery" })).await;
    enroll(&backend, json!({ "username": "ann", "channel": "sms", "phone": "+41791234567" })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_users_log_in_elsewhere_nothing_is_enrolled() {
    let world = World::new().await;
    provider::set(&world, provider::openid_connect(&world)).await;
    refused(caller(&world).post(ENROLL, json!({ "username": "ann" })).await, 422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_again_is_the_same_enrolment() {
    let world = World::new().await;
    for (number, body) in [
        json!({ "username": "ann" }),
        json!({ "username": "bob", "channel": "recovery" }),
        json!({ "username": "eve", "channel": "fido2", "displayName": "Eve" }),
        json!({ "username": "joe", "channel": "sms", "phone": "+41791234567" }),
    ]
    .into_iter()
    .enumerate()
    {
        let backend = caller(&world).with_header("idempotency-key", &format!("key-{number}"));
        let (first, again) = (enroll(&backend, body.clone()).await, enroll(&backend, body).await);
        let mut expected = first.clone();
        // A status token is signed anew, and says the same.
        if let Some(token) = expected["enrollment"].get_mut("statusToken") {
            *token = again["enrollment"]["statusToken"].clone();
        }
        assert_eq!(again, expected);
        let other = json!({ "username": "somebody" });
        refused(backend.post(ENROLL, other).await, 422, "wrong_state");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_asked_for_a_credential() {
    let world = World::new().await;
    let backend = caller(&world);
    enroll(&backend, json!({ "username": "ann" })).await;
    plant(&world, "ann", fido2()).await;
    let body = json!({ "username": "ann", "channel": "fido2", "displayName": "Ann",
        "fido2Options": { "authenticatorSelection": { "userVerification": "preferred", "residentKey": "required" } } });
    let enrolled = enroll(&backend, body).await;
    let options = &enrolled["enrollment"]["credentialCreationOptions"];
    assert_eq!(options["rp"], json!({ "id": "localhost", "name": "Demo Bank" }));
    assert_eq!((&options["user"]["name"], &options["user"]["displayName"]), (&json!("ann"), &json!("Ann")));
    assert_eq!(options["challenge"].as_str().unwrap().len(), 43);
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(options["timeout"], 600_000);
    assert_eq!(options["authenticatorSelection"]["userVerification"], "preferred");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");

    let silent = enroll(&backend, json!({ "username": "bob", "channel": "fido2" })).await;
    let options = &silent["enrollment"]["credentialCreationOptions"];
    assert_eq!(options["user"]["displayName"], "bob");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_cannot_be_asked_is_refused() {
    let world = World::new().await;
    let backend = caller(&world);
    let with = |more: Value| {
        let mut body = json!({ "username": "ann", "channel": "fido2" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (more, field) in [
        (json!({ "displayName": "é".repeat(33) }), "displayName"),
        (json!({ "displayName": "" }), "displayName"),
        (
            json!({ "fido2Options": { "authenticatorSelection": { "userVerification": "maybe" } } }),
            "fido2Options.authenticatorSelection.userVerification",
        ),
    ] {
        let named = refused(backend.post(ENROLL, with(more)).await, 400, "invalid_field");
        assert_eq!(named.as_deref(), Some(field));
    }
    change_settings(&world, |settings| settings.relying_party = None).await;
    refused(backend.post(ENROLL, with(json!({}))).await, 422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_goes_by_sms_only_as_it_must_be() {
    let world = World::new().await;
    let backend = caller(&world);
    for (more, field) in [
        (json!({}), "phone"),
        (json!({ "phone": "0791234567" }), "phone"),
        (json!({ "phone": "+41791234567", "message": "Hello" }), "message"),
        (json!({ "phone": "+41791234567", "message": "{{CODE}} 😀" }), "message"),
    ] {
        let mut body = json!({ "username": "ann", "channel": "sms" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let named = refused(backend.post(ENROLL, body).await, 400, "invalid_field");
        assert_eq!(named.as_deref(), Some(field));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_codes_to_one_name_are_enough_for_a_while() {
    let world = World::new().await;
    let backend = caller(&world);
    let body = json!({ "username": "ann", "channel": "sms", "phone": "+41791234567" });
    let first = enroll(&backend, body.clone()).await;
    for _ in 1..5 {
        enroll(&backend, body.clone()).await;
    }
    refused(backend.post(ENROLL, body.clone()).await, 429, "too_many");
    let by_id = json!({ "userId": first["userId"], "channel": "sms", "phone": "+41791234568" });
    refused(backend.post(ENROLL, by_id).await, 429, "too_many");
    enroll(&backend, json!({ "username": "bob", "channel": "sms", "phone": "+41791234567" })).await;
    world.turn(Span::minutes(10));
    enroll(&backend, body).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_that_nobody_finished_has_failed() {
    let world = World::new().await;
    let backend = caller(&world);
    let enrolled = enroll(&backend, json!({ "username": "ann" })).await;
    let begun = &enrolled["enrollment"];
    assert_eq!(status(&backend, begun).await["status"], "pending");
    world.turn(Span::minutes(10));
    let now = status(&backend, begun).await;
    assert_eq!((&now["status"], &now["username"]), (&json!("failed"), &json!("ann")));
    assert_eq!(now["lastUpdatedAt"], world.clock.now().rfc3339());
}

/// The demo's settings of this API with changes.
async fn change_settings(world: &World, change: impl FnOnce(&mut CloudSettings)) {
    let (store, now) = (&world.bundle.app().store, world.clock.now());
    let id: AppSpaceId = world.bundle.demo.app_space.guid.parse().unwrap();
    let old = store.get::<CloudSettings>(keys::cloud_settings(id.tenant()), now).await.unwrap().unwrap();
    let mut new = old.value.clone();
    change(&mut new);
    store.write(Write::new().replace("settings", &old, &new).unwrap()).await.unwrap();
}
