//! The app against a tiny server: what it sends is as the protocol says, and what it gets is checked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_authenticator::uaf::{ClientError, Tamper};
use countersign_crypto::jwe::EncryptionKey;
use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::jws::Unverified;
use countersign_crypto::proof;
use countersign_crypto::system::SystemRandom;
use countersign_domain::answer::DeclineReason;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span, Timestamp};
use serde_json::{Value, json};

use super::app::{Description, Question, UafApp};
use super::call::{AUTHENTICATION, Authority, REGISTRATION_REQUEST};
use super::canned::{APP_SPACE, DEVICE, MESSAGE, OPERATION, USER, data, digest_text, link, service, well};
use super::error::UafError;
use super::link::{AppLink, Purpose};
use super::target::Push;
use super::wallet::Wallet;
use crate::device::error::CallError;
use crate::device::service::Service;
use crate::tiny_server::{Seen, TinyServer};

const NOW: Timestamp = Timestamp::from_secs(1_795_341_600);

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }
}

fn app(server: &TinyServer, wallet: Wallet) -> UafApp {
    let service = Service::new(server.url.parse().unwrap(), Arc::new(Still), Span::millis(0)).unwrap();
    let description =
        Description { name: "Mine".into(), platform: Platform::Android, device_id: "installation-1".into() };
    UafApp::new(service, description, wallet)
}

fn app_link(server: &TinyServer, purpose: &str) -> AppLink {
    AppLink::parse(&link(&server.url, purpose)).unwrap()
}

/// With a key, and with a dispatch target.
async fn registered(server: &TinyServer) -> UafApp {
    let mut app = app(server, Wallet::default());
    let done = app.register(&app_link(server, "registration")).await.unwrap();
    app.create_target(&done.device_token.value, &Push::default()).await.unwrap();
    app
}

/// The signature of a call, checked as the service does.
fn signed(server: &TinyServer, seen: &Seen, now: Timestamp) -> proof::ProofClaims {
    let made = server.seen().into_iter().find(|seen| seen.path.ends_with("/targets/")).unwrap();
    let key: PublicJwk = serde_json::from_value(made.json()["signatureKey"].clone()).unwrap();
    let jws = Unverified::parse(seen.signature.as_deref().unwrap()).unwrap();
    assert_eq!(jws.kid(), Some(DEVICE));
    let claims = proof::verify(&jws, &key).unwrap();
    let url = format!("{}{}", server.url, seen.path);
    proof::check(&claims, &seen.method, &url, &seen.body, now, proof::TOLERANCE).unwrap();
    assert_eq!(claims.sub, USER);
    claims
}

#[tokio::test]
async fn a_registration_gives_the_service_a_key_and_a_target() {
    let server = service(|_, _| None).await;
    let mut app = app(&server, Wallet::default());
    let done = app.register(&app_link(&server, "registration")).await.unwrap();
    assert_eq!((done.username.as_str(), done.device.as_str()), ("ann", DEVICE));
    let push = Push { target: Some("push-1".into()), dispatcher: Some("fcm".into()) };
    assert!(app.lacks_target(&done.device_token.value));
    assert_eq!(app.create_target(&done.device_token.value, &push).await.unwrap(), DEVICE);
    assert!(!app.lacks_target(&done.device_token.value));

    let seen = server.seen();
    let paths: Vec<_> = seen.iter().map(|seen| seen.path.as_str()).collect();
    let facets = format!("/_app/uaf/1.1/facets?appSpace={APP_SPACE}");
    assert_eq!(
        paths,
        [
            "/_app/token/redeem/registration",
            &facets,
            "/_app/uaf/1.1/registration/",
            "/_app/token/dispatch/targets/"
        ]
    );
    assert_eq!(seen[0].content_type.as_deref(), Some("application/json"));
    assert_eq!(seen[2].content_type.as_deref(), Some("application/fido+uaf;charset=UTF-8"));
    let context: Value = serde_json::from_str(seen[2].json()["context"].as_str().unwrap()).unwrap();
    assert_eq!(context, json!({ "deviceName": "Mine", "platform": "android" }));
    let response: Value = serde_json::from_str(seen[2].json()["uafResponse"].as_str().unwrap()).unwrap();
    assert_eq!(response[0]["header"]["op"], "Reg");
    assert_eq!(seen[3].authorization, Some(format!("Bearer {}", done.device_token.value)));
    let target = seen[3].json();
    assert_eq!(
        [&target["username"], &target["deviceId"], &target["name"], &target["target"], &target["dispatcher"]],
        ["ann", "installation-1", "Mine", "push-1", "fcm"]
    );
    assert!(target["signatureKey"]["d"].is_null() && target["encryptionKey"]["d"].is_null());

    let account = app.account().unwrap();
    assert_eq!((account.app_space.as_str(), account.user.as_str()), (APP_SPACE, USER));
    let kept = serde_json::to_value(app.wallet()).unwrap();
    let shown = format!("{app:?}");
    for path in ["/accounts/0/target/signatureKey/d", "/accounts/0/target/encryptionKey"] {
        assert!(!shown.contains(kept.pointer(path).unwrap().as_str().unwrap()), "{path}");
    }
    let app = self::app(&server, serde_json::from_value(kept).unwrap());
    app.pending().await.unwrap();
    signed(&server, server.seen().last().unwrap(), NOW);
}

#[tokio::test]
async fn an_intent_token_registers_within_the_app() {
    let server = service(|_, _| None).await;
    let mut app = app(&server, Wallet::default());
    app.register_with_intent("intent", "ann").await.unwrap();
    let begun = &server.seen()[0];
    assert_eq!(begun.path, REGISTRATION_REQUEST);
    assert_eq!(begun.authorization.as_deref(), Some("Bearer intent"));
    assert_eq!(begun.json(), json!({ "op": "Reg", "context": r#"{"username":"ann"}"# }));
}

#[tokio::test]
async fn what_is_signed_is_what_was_shown() {
    let server = service(|_, _| None).await;
    let mut app = registered(&server).await;
    let shown = |question: &Question<'_>| {
        let digest = digest_text();
        *question == Question { message: Some(MESSAGE), signed: Some(&digest), username: Some("ann") }
    };
    let done = app.authenticate(&app_link(&server, "authentication"), &shown).await.unwrap();
    assert_eq!(done.shown, Some(digest_text()));
    assert_eq!(app.wallet().authenticators[0].keys()[0].sign_counter(), 1);

    let before = server.seen().len();
    let refused = app.authenticate(&app_link(&server, "authentication"), &|_| false).await;
    assert!(matches!(refused, Err(UafError::NotConfirmed)));
    assert_eq!(server.seen().len(), before + 1, "redeemed, and nothing answered");
}

#[tokio::test]
async fn a_message_that_is_not_signed_is_not_shown() {
    for message in [Some("Pay 1 EUR?"), None] {
        let server = service(move |url, seen| {
            let redeems = seen.path == "/_app/token/redeem/authentication";
            redeems.then(|| match message {
                Some(message) => {
                    let (status, mut asked) = well(url, seen);
                    asked["message"] = json!(message);
                    (status, asked)
                }
                // A message, and nothing to sign it in.
                None => {
                    let path = "/_app/uaf/1.1/request/authentication/".to_owned();
                    let (status, mut asked) = well(url, &Seen { path, ..seen.clone() });
                    asked["message"] = json!(MESSAGE);
                    (status, asked)
                }
            })
        })
        .await;
        let mut app = registered(&server).await;
        let link = app_link(&server, "authentication");
        let refused = app.authenticate(&link, &|_| panic!("it must not be shown")).await;
        assert!(matches!(refused, Err(UafError::NotGenuine)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_login_brings_the_token_for_the_backend() {
    let server = service(|_, _| None).await;
    let mut app = registered(&server).await;
    let done = app.login("ann", Some(APP_SPACE)).await.unwrap();
    assert_eq!(done.transaction_token.unwrap().typ().as_deref(), Some("transaction+jwt"));
    let seen = server.seen();
    let begun = seen.iter().find(|seen| seen.path.ends_with("/request/authentication/")).unwrap();
    let context: Value = serde_json::from_str(begun.json()["context"].as_str().unwrap()).unwrap();
    assert_eq!(context, json!({ "username": "ann", "appSpace": APP_SPACE }));
    assert_eq!(begun.authorization, None);
    assert_eq!(seen.last().unwrap().path, AUTHENTICATION);
    let facets = seen.iter().filter(|seen| seen.path.contains("facets")).count();
    assert_eq!(facets, 1, "they are fetched once");
}

#[tokio::test]
async fn signed_calls_verify_by_the_key_of_the_target() {
    let server = service(|_, _| None).await;
    let mut app = registered(&server).await;
    let pending = app.pending().await.unwrap();
    assert_eq!(
        (pending[0].transaction_id.as_str(), pending[0].message.as_deref()),
        (OPERATION, Some(MESSAGE))
    );
    app.authenticate(pending[0].link.as_ref().unwrap(), &|_| true).await.unwrap();
    app.decline(OPERATION, DeclineReason::NotMe).await.unwrap();
    assert_eq!(
        server.seen().last().unwrap().json(),
        json!({ "transactionId": OPERATION, "reason": "not_me" })
    );
    app.update_target(&json!({ "name": "Other" })).await.unwrap();
    assert_eq!(server.seen().last().unwrap().path, format!("/_app/token/dispatch/targets/{DEVICE}"));
    let gone = app.deregister().await.unwrap();
    assert_eq!((gone.len(), app.wallet().authenticators[0].keys().len()), (1, 0));
    assert!(matches!(app.pending().await, Err(UafError::NoAccount)));

    let mut used = std::collections::HashSet::new();
    for seen in server.seen().iter().filter(|seen| seen.signature.is_some()) {
        assert!(used.insert(signed(&server, seen, NOW).jti), "{} repeats a jti", seen.path);
    }
    assert_eq!(used.len(), 4);
}

#[tokio::test]
async fn without_a_target_a_device_token_serves() {
    let server = service(|_, _| None).await;
    let mut app = app(&server, Wallet::default());
    let done = app.register(&app_link(&server, "registration")).await.unwrap();
    assert!(matches!(app.deregister().await, Err(UafError::NoTarget)));
    app.deregister_with(&done.device_token.value).await.unwrap();
    assert!(app.wallet().accounts.is_empty());
    let mut app = registered(&server).await;
    app.delete_target().await.unwrap();
    assert!(matches!(app.pending().await, Err(UafError::NoTarget)));
}

#[tokio::test]
async fn a_wrong_clock_is_put_right_once() {
    let asked = AtomicUsize::new(0);
    let server = service(move |_, seen| {
        let first = seen.path.ends_with("/pending/") && asked.fetch_add(1, Ordering::Relaxed) == 0;
        let off = json!({ "statusCode": 1401, "serverTime": "2026-11-22T12:00:00.000Z" });
        first.then_some((401, off))
    })
    .await;
    let app = registered(&server).await;
    app.pending().await.unwrap();
    let later = "2026-11-22T12:00:00.000Z".parse().unwrap();
    signed(&server, server.seen().last().unwrap(), later);
}

#[tokio::test]
async fn a_key_that_the_service_does_not_take_is_forgotten() {
    for (status, body) in [
        (200, json!({ "statusCode": 1496, "description": "No." })),
        (200, json!({ "statusCode": 1200 })),
        (404, json!({ "statusCode": 1404 })),
    ] {
        let body_of = body.clone();
        let server = service(move |_, seen| {
            seen.path.ends_with("1.1/registration/").then(|| (status, body_of.clone()))
        })
        .await;
        let mut app = app(&server, Wallet::default());
        assert!(app.register(&app_link(&server, "registration")).await.is_err(), "{body}");
        assert!(app.wallet().accounts.is_empty() && app.wallet().authenticators[0].keys().is_empty());
    }
}

#[tokio::test]
async fn an_app_that_is_not_trusted_makes_no_key() {
    let server = service(|_, _| None).await;
    let mut app = app(&server, Wallet::default()).with_facet("https://evil.example");
    let refused = app.register(&app_link(&server, "registration")).await;
    assert!(matches!(refused, Err(UafError::Client(ClientError::UntrustedFacet))), "{refused:?}");

    let server = service(|_, seen| {
        let mut asked = well("http://127.0.0.1:1", seen);
        asked.1["statusCode"] = json!(1200);
        seen.path.contains("redeem").then_some(asked)
    })
    .await;
    let mut app = self::app(&server, Wallet::default());
    let refused = app.register(&app_link(&server, "registration")).await;
    assert!(matches!(refused, Err(UafError::Client(ClientError::AppId))), "{refused:?}");
}

#[tokio::test]
async fn an_operation_other_than_the_one_that_was_begun_is_not_answered() {
    let server = service(|url, seen| {
        let path = match seen.path.as_str() {
            "/_app/token/redeem/registration" => "/_app/token/redeem/authentication",
            "/_app/token/redeem/authentication" => "/_app/token/redeem/registration",
            _ => return None,
        };
        Some(well(url, &Seen { path: path.to_owned(), ..seen.clone() }))
    })
    .await;
    let mut app = app(&server, Wallet::default());
    for purpose in ["registration", "authentication"] {
        let link = app_link(&server, purpose);
        let refused = match purpose {
            "registration" => app.register(&link).await.map(drop),
            _ => app.authenticate(&link, &|_| true).await.map(drop),
        };
        assert!(matches!(refused, Err(UafError::Call(CallError::NotTheProtocol(_)))), "{refused:?}");
    }
    assert!(app.wallet().authenticators[0].keys().is_empty());
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn what_is_to_be_redeemed_elsewhere_is_not_followed() {
    for (operation, data) in [
        ("authentication", data("https://evil.example", "authentication")),
        ("authentication", json!({ "token": "x" })),
        ("other", json!({})),
    ] {
        let server = service(move |_, seen| {
            let listed = json!({ "transactionId": OPERATION, "operation": operation, "nma_data": data });
            seen.path.ends_with("/pending/").then(|| (200, json!({ "operations": [listed] })))
        })
        .await;
        let refused = registered(&server).await.pending().await;
        assert!(
            matches!(refused, Err(UafError::Call(CallError::NotGenuine(_) | CallError::NotTheProtocol(_)))),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_push_opens_with_the_key_that_the_service_was_given() {
    let server = service(|_, _| None).await;
    let app = registered(&server).await;
    let made = server.seen().into_iter().find(|seen| seen.path.ends_with("/targets/")).unwrap();
    let key = EncryptionKey::parse(&made.json()["encryptionKey"].to_string()).unwrap();
    let push = |data: Value| key.encrypt(data.to_string().as_bytes(), &SystemRandom).unwrap();
    let link = app.open_push(&push(data(&server.url, "authentication"))).unwrap();
    assert_eq!((link.purpose, link.transaction_id.as_str()), (Purpose::Authentication, OPERATION));
    let other = registered(&server).await;
    for refused in [
        app.open_push(&push(data("https://evil.example", "authentication"))),
        app.open_push(&push(json!({}))),
        app.open_push("a.b.c.d.e"),
        other.open_push(&push(data(&server.url, "authentication"))),
    ] {
        assert!(matches!(refused, Err(UafError::Call(CallError::NotGenuine(_)))), "{refused:?}");
    }
}

#[tokio::test]
async fn the_steps_can_be_taken_one_by_one() {
    let server = service(|_, _| None).await;
    let mut app = registered(&server).await;
    let asked = app.redeem(&app_link(&server, "authentication")).await.unwrap();
    let tamper = Tamper::default().params(|params| params.facet_id = "https://evil.example".into());
    let answered = app.answer(&asked, &tamper).await.unwrap();
    app.send_response(AUTHENTICATION, &answered.uaf_response.unwrap(), None).await.unwrap();
    let refused = app.request("/_app/uaf/1.1/nowhere/", Authority::Nobody, &json!({})).await.unwrap_err();
    assert_eq!((refused.status_code(), refused.refusal().unwrap().http), (Some(1404), 404));
}
