//! The proof of every call.

use countersign_crypto::encoding::base64url;
use countersign_domain::answer::Answer as Decision;
use countersign_domain::time::{Clock, Span};
use countersign_tests::device::Device;
use countersign_tests::device::manage::{DEVICE_PATH, STRONG_FAILURES_PATH};
use countersign_tests::device::proof::{ProofClaims, TYP};
use countersign_tests::device::service::PROOF_HEADER;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{every_call, status};
use crate::backend::Answer;
use crate::device_calls::{call_with, send};
use crate::world::World;

/// A proof of the call that asks for the device's status.
fn status_proof(device: &Device) -> ProofClaims {
    device.proof_claims(&Method::GET, DEVICE_PATH, b"")
}

/// Asks for the device's status with this proof.
async fn show(device: &Device, proof: Option<&str>) -> Answer {
    send(device, Method::GET, DEVICE_PATH, Vec::new(), proof).await
}

/// Asks for the device's status with these headers.
async fn show_with(device: &Device, headers: HeaderMap) -> u16 {
    let http = Client::builder().no_proxy().build().unwrap();
    let url = device.service().url().join(DEVICE_PATH);
    http.get(url).headers(headers).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_another_call_is_refused() {
    let world = World::new().await;
    let (device, bob) = (world.enrol("ann").await, world.enrol("bob").await);
    let bobs = bob.identity().privakey_id.to_string();
    let changes: [&dyn Fn(&mut ProofClaims); 11] = [
        &|claims| claims.htm = "POST".into(),
        &|claims| claims.htm = "patch".into(),
        &|claims| claims.htu = claims.htu.replace(DEVICE_PATH, "/device/v1/challenges"),
        &|claims| claims.htu = claims.htu.replace("http://", "https://"),
        &|claims| claims.htu = format!("https://elsewhere.example{DEVICE_PATH}"),
        &|claims| claims.htu.push('/'),
        &|claims| claims.htu.push_str("?a=b"),
        &|claims| claims.bh = "".into(),
        &|claims| claims.bh = countersign_crypto::digest::Digest::of(b"{}").to_string(),
        &|claims| claims.sub = bobs.clone(),
        &|claims| claims.sub = "ann".into(),
    ];
    for change in changes {
        let body = json!({ "name": "Other" });
        call_with(&device, Method::PATCH, DEVICE_PATH, &body, change).await.refused(401, "unauthorized");
    }
    assert_eq!(device.status().await.unwrap().name, "ann's phone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_is_not_this_device_s_is_refused() {
    let world = World::new().await;
    let (device, sibling) = (world.enrol("ann").await, world.enrol("ann").await);
    let (claims, keys) = (status_proof(&device), device.keys());
    let guid = device.identity().device_guid.to_string();
    let other = sibling.identity().device_guid.to_string();
    let unknown = "01931f3e-0000-7000-8000-000000000000";
    let payload = serde_json::to_vec(&claims).unwrap();
    let header = |alg: &str| json!({ "alg": alg, "typ": TYP, "kid": guid });
    let good = device.sign_proof(&claims).unwrap();
    let none = base64url(header("none").to_string().as_bytes());
    let mut critical = header("ES256");
    critical["crit"] = json!(["exp"]);
    let mut no_jti = serde_json::to_value(&claims).unwrap();
    no_jti.as_object_mut().unwrap().remove("jti");
    for proof in [
        keys.auth.sign(TYP, Some(&other), &claims).unwrap(),
        keys.auth.sign(TYP, Some(unknown), &claims).unwrap(),
        keys.auth.sign(TYP, Some("x"), &claims).unwrap(),
        keys.auth.sign(TYP, None, &claims).unwrap(),
        sibling.keys().auth.sign(TYP, Some(&guid), &claims).unwrap(),
        keys.strong.sign(TYP, Some(&guid), &claims).unwrap(),
        keys.auth.sign("countersign-enrolment+jwt", Some(&guid), &claims).unwrap(),
        keys.auth.sign("JWT", Some(&guid), &claims).unwrap(),
        keys.auth.sign_raw(&header("HS256"), &payload).unwrap(),
        keys.auth.sign_raw(&header("EdDSA"), &payload).unwrap(),
        keys.auth.sign_raw(&critical, &payload).unwrap(),
        keys.auth.sign_raw(&header("ES256"), b"{}").unwrap(),
        device.sign_proof(&no_jti).unwrap(),
        format!("{none}.{}.", base64url(&payload)),
        good.rsplit_once('.').unwrap().0.to_owned() + ".",
        format!("{good}A"),
        format!("{good},{good}"),
        "garbage".into(),
    ] {
        show(&device, Some(&proof)).await.refused(401, "unauthorized");
    }
    show(&device, Some(&good)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_needs_one_proof() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for (method, path, body) in every_call() {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        send(&device, method, &path, body, None).await.refused(401, "unauthorized");
    }
    let good = || HeaderValue::from_str(&device.sign_proof(&status_proof(&device)).unwrap()).unwrap();
    let mut doubled = HeaderMap::new();
    doubled.append(PROOF_HEADER, good());
    assert_eq!(show_with(&device, doubled.clone()).await, 200);
    doubled.append(PROOF_HEADER, good());
    assert_eq!(show_with(&device, doubled).await, 401);
    for text in ["", "é", "Bearer x"] {
        let value = HeaderValue::from_bytes(text.as_bytes()).unwrap();
        let headers = HeaderMap::from_iter([(PROOF_HEADER.parse().unwrap(), value)]);
        assert_eq!(show_with(&device, headers).await, 401, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_names_the_call_without_its_query() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    // No call has a query that means something; this one is refused for its challenge only.
    let path = "/device/v1/challenges/01931f3e-0000-7000-8000-000000000000?a=b&c=%20";
    call_with(&device, Method::GET, path, &Value::Null, |_| ()).await.refused(404, "not_found");
    let whole = |claims: &mut ProofClaims| claims.htu.push_str("?a=b&c=%20");
    call_with(&device, Method::GET, path, &Value::Null, whole).await.refused(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_may_be_a_minute_off_and_no_more() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for off in [-60, 60] {
        let shift = |claims: &mut ProofClaims| claims.iat += off;
        call_with(&device, Method::GET, DEVICE_PATH, &Value::Null, shift).await.ok();
    }
    for off in [-61, 61, -1_000_000, 10_000_000_000] {
        let shift = |claims: &mut ProofClaims| claims.iat += off;
        let answer = call_with(&device, Method::GET, DEVICE_PATH, &Value::Null, shift).await;
        assert_eq!(answer.body["serverTime"], world.clock.now().rfc3339());
        answer.refused(401, "clock_skew");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_with_a_wrong_clock_sets_itself_right() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for off in [Span::hours(3), Span::millis(-61_000)] {
        world.ask("ann").await;
        device.service().learn_time(world.clock.now() + off);
        let challenge = device.challenges().await.unwrap().remove(0);
        assert_eq!(device.service().offset(), Span::millis(0));
        device.service().learn_time(world.clock.now() + off);
        let answered = device.answer(&challenge, Decision::Option(0), None).await.unwrap();
        assert_eq!(answered.status, "answered");
        assert_eq!(device.service().offset(), Span::millis(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_changes_something_only_once() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let changing = every_call().into_iter().filter(|(method, path, _)| {
        *method != Method::GET
            && *method != Method::DELETE
            && !path.contains("challenges")
            && !path.contains("claims")
    });
    for (method, path, body) in changing {
        let body = body.to_string().into_bytes();
        let claims = device.proof_claims(&method, &path, &body);
        let proof = device.sign_proof(&claims).unwrap();
        let first = send(&device, method.clone(), &path, body.clone(), Some(&proof)).await;
        assert!(matches!(first.status, 200 | 202), "{path} {}", first.body);
        let again = send(&device, method.clone(), &path, body.clone(), Some(&proof)).await;
        assert_eq!(again.refused(401, "replayed"), None, "{path}");
        let later = ProofClaims { iat: claims.iat + 1, ..claims };
        let proof = device.sign_proof(&later).unwrap();
        let again = send(&device, method, &path, body, Some(&proof)).await;
        assert_eq!(again.refused(401, "replayed"), None, "{path}: the same jti signed anew");
    }
    assert_eq!(device.status().await.unwrap().strong_attempts_left, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_the_future_is_not_forgotten_before_it_is_too_old() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let mut claims = device.proof_claims(&Method::POST, STRONG_FAILURES_PATH, b"{}");
    claims.iat += 60;
    let proof = device.sign_proof(&claims).unwrap();
    let report = || send(&device, Method::POST, STRONG_FAILURES_PATH, b"{}".to_vec(), Some(&proof));
    report().await.ok();
    world.turn(Span::secs(120));
    report().await.refused(401, "replayed");
    world.turn(Span::secs(1));
    report().await.refused(401, "clock_skew");
    assert_eq!(device.status().await.unwrap().strong_attempts_left, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_do_not_share_their_jtis() {
    let world = World::new().await;
    for device in [world.enrol("ann").await, world.enrol("ann").await] {
        let name = |claims: &mut ProofClaims| claims.jti = "the same of both".into();
        call_with(&device, Method::POST, STRONG_FAILURES_PATH, &json!({}), name).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_may_be_shown_twice_where_nothing_changes() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let proof = device.sign_proof(&status_proof(&device)).unwrap();
    let first = show(&device, Some(&proof)).await.ok();
    assert_eq!(show(&device, Some(&proof)).await.ok(), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jti_has_16_to_128_characters() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for (length, good) in [(0, false), (15, false), (16, true), (128, true), (129, false)] {
        let name = |claims: &mut ProofClaims| claims.jti = "j".repeat(length);
        let answer = call_with(&device, Method::GET, DEVICE_PATH, &Value::Null, name).await;
        if good {
            answer.ok();
        } else {
            answer.refused(401, "unauthorized");
        }
    }
    status(&device).await.ok();
}
