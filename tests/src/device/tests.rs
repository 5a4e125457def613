//! The client against a tiny server: what it sends verifies, and what it gets is checked.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use countersign_crypto::digest::Digest;
use countersign_crypto::jwk::{Algorithm, PublicJwk};
use countersign_crypto::jws::Unverified;
use countersign_crypto::system::SystemRandom;
use countersign_crypto::{answer, enrolment, proof as crypto_proof};
use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::device::Platform;
use countersign_domain::secret::Secret;
use countersign_domain::time::{Clock, Span, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::enrol::{Description, Enrolment};
use super::error::{CallError, ErrorCode};
use super::keys::DeviceKeys;
use super::link::Link;
use super::login;
use super::manage::TelemetryEvent;
use super::service::Service;
use super::{Device, Identity};
use crate::tiny_server::{Seen, TinyServer};

const GUID: &str = "0190d6a5-0000-7000-8000-000000000001";
const USER: &str = "0190d6a5-0000-7000-8000-000000000002";
const CHALLENGE: &str = "0190d6a5-0000-7000-8000-000000000003";
const START: Timestamp = Timestamp::from_secs(1_795_341_600);

/// A clock that stands where a test puts it.
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

fn service(server: &TinyServer) -> Service {
    let clock = Arc::new(Hands(AtomicI64::new(START.millis())));
    Service::new(server.url.parse().unwrap(), clock, Span::millis(0)).unwrap()
}

fn device(server: &TinyServer, algorithm: Algorithm) -> Device {
    let identity = Identity {
        device_guid: GUID.parse().unwrap(),
        privakey_id: USER.parse().unwrap(),
        app_space_guid: GUID.parse().unwrap(),
        app_space_name: "Bank".into(),
    };
    Device::new(service(server), identity, DeviceKeys::generate(algorithm, &SystemRandom).unwrap())
}

fn document() -> String {
    json!({
        "challenge": CHALLENGE, "appSpace": GUID, "requestOrigin": GUID, "requestOriginName": "Bank",
        "content": {"title": "Pay", "keys": [{"key": "To", "value": "ACME"}]},
        "buttons": [{"title": "Approve", "strongAuth": true}, {"title": "Reject", "strongAuth": false}],
        "showCode": false, "askedAt": "2026-11-22T10:00:00.000Z", "expiresAt": "2026-11-22T10:05:00.000Z",
    })
    .to_string()
}

fn challenge() -> Value {
    let document = document();
    json!({
        "guid": CHALLENGE, "status": "pending", "digest": Digest::of(document.as_bytes()),
        "document": document, "nonce": "once", "expiresAt": "2026-11-22T10:05:00.000Z",
    })
}

fn answered() -> Value {
    json!({"guid": CHALLENGE, "status": "answered", "receipt": "a.b.c"})
}

/// The claims of the proof of `seen`, verified and checked as the service does it.
fn proven(seen: &Seen, url: &str, key: &PublicJwk, now: Timestamp) -> crypto_proof::ProofClaims {
    let proof = Unverified::parse(seen.proof.as_deref().unwrap()).unwrap();
    assert_eq!(proof.kid(), Some(GUID));
    let claims = crypto_proof::verify(&proof, key).unwrap();
    let path = seen.path.split('?').next().unwrap();
    crypto_proof::check(&claims, &seen.method, &format!("{url}{path}"), &seen.body, now, Span::secs(60))
        .unwrap();
    assert_eq!(claims.sub, USER);
    claims
}

#[tokio::test]
async fn every_call_has_a_proof_of_its_own_that_verifies() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let server = TinyServer::start(|_| (202, json!({"accepted": 1, "challenges": []}))).await;
        let device = device(&server, algorithm);
        device.challenges().await.unwrap();
        let event = TelemetryEvent { kind: "NOTIFICATION_CLICKED".into(), ..TelemetryEvent::default() };
        assert_eq!(device.report_telemetry(&[event]).await.unwrap(), 1);
        device.remove().await.unwrap();
        let seen = server.seen();
        let calls: Vec<_> = seen.iter().map(|seen| (seen.method.as_str(), seen.path.as_str())).collect();
        assert_eq!(
            calls,
            [
                ("GET", "/device/v1/challenges"),
                ("POST", "/device/v1/telemetry"),
                ("DELETE", "/device/v1/device")
            ]
        );
        assert_eq!(seen[1].json(), json!({"events": [{"type": "NOTIFICATION_CLICKED"}]}));
        let key = device.keys().auth.public();
        let ids: HashSet<_> = seen.iter().map(|seen| proven(seen, &server.url, key, START).jti).collect();
        assert_eq!(ids.len(), 3, "no jti comes twice");
    }
}

#[tokio::test]
async fn the_query_is_not_in_the_proof() {
    let server = TinyServer::start(|_| (200, json!({}))).await;
    let device = device(&server, Algorithm::EdDsa);
    device.call(&Method::GET, "/device/v1/challenges?page=2", super::no_body).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].path, "/device/v1/challenges?page=2");
    proven(&seen[0], &server.url, device.keys().auth.public(), START);
}

#[tokio::test]
async fn enrolment_proves_both_keys() {
    let server = TinyServer::start(|seen| match seen.path.as_str() {
        "/device/v1/enrolments/lookup" => (
            200,
            json!({"nonce": "n-1", "appSpaceGuid": GUID, "appSpaceName": "Bank", "privakeyId": USER,
                "accountId": "ann", "expiresAt": "2026-11-22T10:10:00.000Z"}),
        ),
        _ => (
            201,
            json!({"deviceGuid": GUID, "privakeyId": USER, "appSpaceGuid": GUID, "appSpaceName": "Bank"}),
        ),
    })
    .await;
    let text = format!(
        "demo://st=token&appSpaceGuid={GUID}&appSpaceName=Bank&privakeyId={USER}&displayName=Ann&serviceUrl={}",
        server.url
    );
    let Link::Bind(link) = Link::parse(&text).unwrap() else { panic!("{text}") };
    let service = service(&server);
    let enrolment = Enrolment::begin(&service, &link).await.unwrap();
    assert_eq!(enrolment.lookup().account_id, "ann");
    let keys = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap();
    let description = Description {
        name: "Ann's phone".into(),
        platform: Platform::Android,
        push_token: Some("push".into()),
    };
    let identity = enrolment.finish(&keys, &description).await.unwrap();
    assert_eq!(identity.device_guid.to_string(), GUID);

    let seen = server.seen();
    assert_eq!(seen[0].json(), json!({"token": "token"}));
    let body = seen[1].json();
    assert_eq!(body["name"], "Ann's phone");
    assert_eq!(body["platform"], "android");
    assert_eq!(body["pushToken"], "push");
    let key = |field: &str| PublicJwk::parse(&body[field].to_string()).unwrap();
    let (auth, strong) = (key("authKey"), key("strongKey"));
    let expected = enrolment::Expected {
        nonce: "n-1",
        audience: &server.url,
        auth_key: &auth,
        strong_key: Some(&strong),
        now: START,
        tolerance: Span::secs(60),
    };
    for (field, key) in [("authProof", &auth), ("strongProof", &strong)] {
        enrolment::verify(body[field].as_str().unwrap(), key, &expected).unwrap();
    }
}

#[tokio::test]
async fn a_login_begins_with_the_thumbprint_of_the_auth_key() {
    let server = TinyServer::start(|_| {
        let reply =
            json!({"authorizationUrl": "https://idp.example/a?b=c", "expiresAt": "2026-11-22T10:10:00.000Z"});
        (201, reply)
    })
    .await;
    let keys = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap();
    let app_space = GUID.parse().unwrap();
    let begun = login::begin(&service(&server), app_space, &keys, Some("demo")).await.unwrap();
    assert_eq!(begun.authorization_url.as_str(), "https://idp.example/a?b=c");
    assert_eq!(begun.expires_at, "2026-11-22T10:10:00.000Z");
    assert!(!format!("{begun:?}").contains("b=c"), "the state is not shown");
    login::begin(&service(&server), app_space, &keys, None).await.unwrap();

    let seen = server.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/api/idp/bind"));
    assert_eq!(seen[0].proof, None, "there is no device yet");
    let thumbprint = keys.auth.thumbprint();
    let bare = json!({"appSpaceGuid": GUID, "authKeyThumbprint": thumbprint});
    assert_eq!(seen[1].json(), bare);
    let mut with_protocol = bare;
    with_protocol["appProtocol"] = "demo".into();
    assert_eq!(seen[0].json(), with_protocol);
}

#[tokio::test]
async fn a_login_that_would_open_something_else_than_a_web_page_is_refused() {
    let server = TinyServer::start(|_| {
        let reply =
            json!({"authorizationUrl": "file:///etc/passwd", "expiresAt": "2026-11-22T10:10:00.000Z"});
        (201, reply)
    })
    .await;
    let keys = DeviceKeys::generate(Algorithm::EdDsa, &SystemRandom).unwrap();
    let result = login::begin(&service(&server), GUID.parse().unwrap(), &keys, None).await;
    assert!(matches!(result, Err(CallError::NotTheProtocol(_))), "{result:?}");
}

#[tokio::test]
async fn a_link_for_another_user_than_its_token_is_refused() {
    let server = TinyServer::start(|_| {
        let lookup = json!({"nonce": "n", "appSpaceGuid": GUID, "appSpaceName": "Bank", "privakeyId": GUID,
            "accountId": "ann", "expiresAt": "2026-11-22T10:10:00.000Z"});
        (200, lookup)
    })
    .await;
    let text = format!(
        "demo://st=t&appSpaceGuid={GUID}&appSpaceName=Bank&privakeyId={USER}&displayName=Ann&serviceUrl={}",
        server.url
    );
    let Link::Bind(link) = Link::parse(&text).unwrap() else { panic!("{text}") };
    let result = Enrolment::begin(&service(&server), &link).await.map(drop);
    assert!(matches!(result, Err(CallError::NotTheProtocol(_))), "{result:?}");
}

#[tokio::test]
async fn a_strong_answer_is_signed_by_the_strong_key_and_others_by_the_auth_key() {
    let server = TinyServer::start(|seen| match seen.method.as_str() {
        "GET" => (200, challenge()),
        _ => (200, answered()),
    })
    .await;
    let device = device(&server, Algorithm::Es256);
    let challenge = device.challenge(CHALLENGE.parse().unwrap()).await.unwrap();
    assert_eq!(challenge.shown.buttons.len(), 2);
    assert_eq!(
        device.answer(&challenge, Answer::Option(0), Some("123456")).await.unwrap().status,
        "answered"
    );
    device.answer(&challenge, Answer::Option(1), None).await.unwrap();
    device.answer(&challenge, Answer::Decline(DeclineReason::NotMe), None).await.unwrap();
    let missing = device.answer(&challenge, Answer::Option(2), None).await;
    assert!(matches!(missing, Err(CallError::NoSuchButton(2))), "{missing:?}");

    let document = document();
    let expected = answer::Expected {
        challenge: CHALLENGE,
        digest: Digest::of(document.as_bytes()),
        nonce: "once",
        now: START,
        tolerance: Span::secs(60),
    };
    let keys = device.keys();
    let sent: Vec<_> = server.seen().iter().skip(1).map(|seen| seen.json()["answer"].clone()).collect();
    let read = |index: usize, key: &PublicJwk| answer::verify(sent[index].as_str().unwrap(), key, &expected);
    let first = read(0, keys.strong.public()).unwrap();
    assert_eq!(first.answer, answer::Answer::Button(0));
    assert_eq!(first.code.unwrap().expose(), "123456");
    assert_eq!(read(1, keys.auth.public()).unwrap().answer, answer::Answer::Button(1));
    let last = read(2, keys.auth.public()).unwrap();
    assert_eq!((last.answer, last.decline_reason.as_deref()), (answer::Answer::Decline, Some("not_me")));
    assert_eq!(Unverified::parse(sent[0].as_str().unwrap()).unwrap().kid(), Some(GUID));
}

#[tokio::test]
async fn a_challenge_that_contradicts_itself_is_not_shown() {
    let tampered = |change: fn(&mut Value)| {
        let mut challenge = challenge();
        change(&mut challenge);
        challenge
    };
    for bad in [
        tampered(|c| c["document"] = c["document"].as_str().unwrap().replace("ACME", "EVIL").into()),
        tampered(|c| c["digest"] = Digest::of(b"other").to_string().into()),
        tampered(|c| c["digest"] = "".into()),
        tampered(|c| c["guid"] = GUID.into()),
        tampered(|c| {
            c["document"] = "{}".into();
            c["digest"] = Digest::of(b"{}").to_string().into();
        }),
    ] {
        let server = TinyServer::start(move |seen| match seen.path.as_str() {
            "/device/v1/challenges" => (200, json!({"challenges": [challenge(), bad]})),
            _ => (200, bad.clone()),
        })
        .await;
        let device = device(&server, Algorithm::EdDsa);
        let list = device.challenges().await;
        assert!(matches!(list, Err(CallError::NotGenuine(_))), "{list:?}");
        let fetched = device.challenge(CHALLENGE.parse().unwrap()).await;
        assert!(matches!(fetched, Err(CallError::NotGenuine(_))), "{fetched:?}");
        let claimed = device.claim(&Secret::new("token".to_owned())).await;
        assert!(matches!(claimed, Err(CallError::NotGenuine(_))), "{claimed:?}");
    }
}

#[tokio::test]
async fn a_decided_challenge_cannot_be_answered() {
    let server = TinyServer::start(|_| {
        let mut decided = challenge();
        decided["status"] = "answered".into();
        decided.as_object_mut().unwrap().remove("nonce");
        (200, decided)
    })
    .await;
    let device = device(&server, Algorithm::EdDsa);
    let challenge = device.challenge(CHALLENGE.parse().unwrap()).await.unwrap();
    let result = device.answer(&challenge, Answer::Option(0), None).await;
    assert!(matches!(result, Err(CallError::NotOpen)), "{result:?}");
    assert_eq!(server.seen().len(), 1, "nothing was sent");
}

fn skew(server_time: Timestamp) -> (u16, Value) {
    (
        401,
        json!({"error": "clock_skew", "message": "Your clock is off.", "serverTime": server_time.rfc3339()}),
    )
}

#[tokio::test]
async fn a_skewed_clock_is_corrected_once_and_everything_signed_anew() {
    let ahead = START + Span::hours(3);
    let tries = AtomicUsize::new(0);
    let server =
        TinyServer::start(move |seen| match (seen.method.as_str(), tries.fetch_add(1, Ordering::Relaxed)) {
            ("GET", _) => (200, challenge()),
            (_, 1) => skew(ahead),
            _ => (200, answered()),
        })
        .await;
    let device = device(&server, Algorithm::Es256);
    let challenge = device.challenge(CHALLENGE.parse().unwrap()).await.unwrap();
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
    assert_eq!(device.service().offset(), Span::hours(3));

    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    let key = device.keys().auth.public();
    let first = proven(&seen[1], &server.url, key, START);
    let second = proven(&seen[2], &server.url, key, ahead);
    assert_ne!(first.jti, second.jti);
    let jws = seen[2].json()["answer"].as_str().unwrap().to_owned();
    let claims: answer::AnswerClaims =
        Unverified::parse(&jws).unwrap().claims(device.keys().strong.public(), answer::TYP).unwrap();
    assert_eq!(claims.iat, ahead.secs(), "the answer too");
}

#[tokio::test]
async fn an_answer_whose_reply_is_lost_is_sent_again_as_it_was() {
    let posts = AtomicUsize::new(0);
    let server = TinyServer::start(move |seen| match seen.method.as_str() {
        "GET" => (200, challenge()),
        _ if posts.fetch_add(1, Ordering::Relaxed) == 0 => (0, Value::Null),
        _ => (200, answered()),
    })
    .await;
    let device = device(&server, Algorithm::Es256);
    let challenge = device.challenge(CHALLENGE.parse().unwrap()).await.unwrap();
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[1].body, seen[2].body, "ES256 would sign it differently");
    let key = device.keys().auth.public();
    let proofs = [&seen[1], &seen[2]].map(|seen| proven(seen, &server.url, key, START).jti);
    assert_ne!(proofs[0], proofs[1], "a jti counts once");
}

#[tokio::test]
async fn one_device_can_answer_in_several_tasks_at_once() {
    let server = TinyServer::start(|seen| match seen.method.as_str() {
        "GET" => (200, challenge()),
        _ => (200, answered()),
    })
    .await;
    let device = Arc::new(device(&server, Algorithm::Es256));
    let challenge = device.challenge(CHALLENGE.parse().unwrap()).await.unwrap();
    let answers: Vec<_> = (0..2)
        .map(|button| {
            let (device, challenge) = (Arc::clone(&device), challenge.clone());
            tokio::spawn(async move { device.answer(&challenge, Answer::Option(button), None).await })
        })
        .collect();
    for answer in answers {
        assert_eq!(answer.await.unwrap().unwrap().status, "answered");
    }
}

#[tokio::test]
async fn a_clock_that_stays_skewed_is_not_tried_for_ever() {
    let server = TinyServer::start(|_| skew(START + Span::hours(3))).await;
    let device = device(&server, Algorithm::EdDsa);
    let error = device.status().await.unwrap_err();
    assert_eq!(error.refusal().unwrap().code, ErrorCode::ClockSkew);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_refusal_says_all_that_the_service_said() {
    let server =
        TinyServer::start(|_| (409, json!({"error": "wrong_code", "message": "Wrong.", "attemptsLeft": 0})))
            .await;
    let error = device(&server, Algorithm::EdDsa).status().await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!((refusal.status, &refusal.code), (409, &ErrorCode::WrongCode));
    assert_eq!(refusal.attempts_left, Some(0));
    assert_eq!(refusal.retry_after, Some(Span::secs(7)));
}

#[tokio::test]
async fn anything_can_be_sent_with_any_proof() {
    let server = TinyServer::start(|_| (400, json!({"error": "malformed", "message": "No."}))).await;
    let device = device(&server, Algorithm::Es256);
    let mut claims = device.proof_claims(&Method::POST, "/device/v1/claims", b"{}");
    claims.iat = 0;
    let proof = device.sign_proof(&claims).unwrap();
    let reply = device
        .service()
        .send(&Method::POST, "/device/v1/claims", b"not json".to_vec(), Some(&proof))
        .await
        .unwrap();
    assert_eq!(reply.status, 400);
    let seen = server.seen();
    assert_eq!(seen[0].body, b"not json");
    assert_eq!(seen[0].proof.as_deref(), Some(proof.as_str()));
    let forged = device.keys().auth.sign_raw(&json!({"alg": "none", "typ": "x"}), b"anything").unwrap();
    assert!(Unverified::parse(&forged).is_err());
}

#[tokio::test]
async fn a_service_that_is_not_there_is_unreachable() {
    let server = TinyServer::start(|_| (200, json!({}))).await;
    let mut device = device(&server, Algorithm::EdDsa);
    // Port 1 (tcpmux) has no listener on a machine that runs tests.
    let clock = Arc::new(Hands(AtomicI64::new(START.millis())));
    device.service = Service::new("http://127.0.0.1:1".parse().unwrap(), clock, Span::millis(0)).unwrap();
    let result = device.status().await;
    assert!(matches!(result, Err(CallError::Unreachable(_))), "{result:?}");
}
