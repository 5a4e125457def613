//! The receiver against events as the service sends them, and as others would.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use countersign_crypto::answer::{Answer, AnswerClaims};
use countersign_crypto::digest::Digest;
use countersign_crypto::jwk::Algorithm;
use countersign_crypto::keyring::SigningKeys;
use countersign_crypto::receipt::{self, Receipt};
use countersign_crypto::signing_key::SigningKey;
use countersign_crypto::system::SystemRandom;
use countersign_crypto::webhook::{WebhookSecret, sign_v1, sign_v1a, signature_header};
use countersign_domain::secret::Secret;
use countersign_domain::time::{Clock, Span, Timestamp};
use hyper::{HeaderMap, header::HeaderName};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::keys::{Keys, Published};
use super::receiver::{Outcome, Receiver};
use super::server::{Until, serve};
use crate::tiny_server::TinyServer;

const GUID: &str = "0190d6a5-0000-7000-8000-000000000001";
const NOW: Timestamp = Timestamp::from_secs(1_795_341_600);

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// A receiver and what it printed.
struct Listening {
    receiver: Receiver,
    clock: Arc<Hands>,
    printed: Arc<Mutex<Vec<String>>>,
}

impl Listening {
    fn new(secrets: Vec<WebhookSecret>, jwks_url: Option<&str>, failures: u32) -> Self {
        let clock = Arc::new(Hands(AtomicI64::new(NOW.millis())));
        let printed = Arc::new(Mutex::new(Vec::new()));
        let print = Arc::clone(&printed);
        let keys = Keys { secrets, published: jwks_url.map(|url| Published::new(url).unwrap()) };
        let print = Box::new(move |text: &str| print.lock().unwrap().push(text.to_owned()));
        Self { receiver: Receiver::new(keys, clock.clone(), failures, print), clock, printed }
    }

    async fn receive(&self, headers: &HeaderMap, body: &[u8]) -> (Outcome, String) {
        let outcome = self.receiver.receive(headers, body).await;
        (outcome, self.printed.lock().unwrap().last().unwrap().clone())
    }
}

fn headers(id: &str, at: Timestamp, signatures: &[String]) -> HeaderMap {
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at.secs().to_string()),
        ("webhook-signature", signature_header(signatures)),
    ]
    .into_iter()
    .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
    .collect()
}

fn secret() -> WebhookSecret {
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap()
}

fn event() -> Vec<u8> {
    json!({"event": "challenge.cancelled", "guid": GUID, "status": "Cancelled", "buttonSelected": null,
        "transactionId": "tx-1", "evidence": null})
    .to_string()
    .into_bytes()
}

#[tokio::test]
async fn an_event_with_a_good_secret_is_taken_and_told() {
    let listening = Listening::new(vec![WebhookSecret::generate(&SystemRandom), secret()], None, 0);
    let body = event();
    let headers = headers("evt_1", NOW, &[sign_v1(&secret(), "evt_1", NOW, &body)]);
    let (outcome, text) = listening.receive(&headers, &body).await;
    assert_eq!(outcome.status(), 204);
    assert_eq!(
        text,
        format!(
            "2026-11-22T10:00:00.000Z  204  challenge.cancelled  evt_1\n  \
             signatures  v1 verified; v1a not tried\n  \
             challenge   {GUID}  status Cancelled  transaction tx-1\n  receipt     none"
        )
    );
    let (outcome, text) = listening.receive(&headers, &body).await;
    assert_eq!(outcome, Outcome::Good, "at least once may mean twice");
    assert!(text.contains("evt_1  (again)"), "{text}");
}

#[tokio::test]
async fn what_is_not_signed_is_refused_and_its_body_not_told() {
    let listening = Listening::new(vec![secret()], None, 0);
    let body = event();
    let good = sign_v1(&secret(), "evt_1", NOW, &body);
    let other = sign_v1(&WebhookSecret::generate(&SystemRandom), "evt_1", NOW, &body);
    let mut tampered = body.clone();
    tampered[2] ^= 1;
    let old = NOW - Span::secs(301);
    for (headers, body) in [
        (headers("evt_1", NOW, std::slice::from_ref(&good)), &tampered),
        (headers("evt_2", NOW, std::slice::from_ref(&good)), &body),
        (headers("evt_1", NOW + Span::secs(1), std::slice::from_ref(&good)), &body),
        (headers("evt_1", NOW, &[other]), &body),
        (headers("evt_1", NOW, &["v1,".to_owned()]), &body),
        (headers("evt_1", NOW, &[]), &body),
        (headers("evt_1", old, &[sign_v1(&secret(), "evt_1", old, &body)]), &body),
        (HeaderMap::new(), &body),
    ] {
        let (outcome, text) = listening.receive(&headers, body).await;
        assert_eq!(outcome.status(), 401, "{headers:?}");
        assert!(!text.contains("cancelled") && !text.contains(GUID), "{text}");
    }
    let mut twice = headers("evt_1", NOW, std::slice::from_ref(&good));
    twice.append("webhook-id", "evt_2".parse().unwrap());
    assert_eq!(listening.receive(&twice, &body).await.0, Outcome::Bad);
}

#[tokio::test]
async fn an_event_that_is_replayed_later_is_too_old() {
    let listening = Listening::new(vec![secret()], None, 0);
    let body = event();
    let headers = headers("evt_1", NOW, &[sign_v1(&secret(), "evt_1", NOW, &body)]);
    listening.clock.0.store((NOW + Span::minutes(5)).millis(), Ordering::Relaxed);
    assert_eq!(listening.receive(&headers, &body).await.0, Outcome::Good);
    listening.clock.0.store((NOW + Span::secs(301)).millis(), Ordering::Relaxed);
    let (outcome, text) = listening.receive(&headers, &body).await;
    assert_eq!(outcome, Outcome::Bad);
    assert!(text.contains("too far from now"), "{text}");
}

#[tokio::test]
async fn a_signed_body_that_is_no_event_is_refused() {
    let listening = Listening::new(vec![secret()], None, 0);
    let signed = headers("evt_1", NOW, &[sign_v1(&secret(), "evt_1", NOW, b"[]")]);
    assert_eq!(listening.receive(&signed, b"[]").await.0, Outcome::Bad);
}

/// The service's keys and a device's answer with its receipt.
struct Service {
    keys: SigningKeys,
    device: SigningKey,
}

impl Service {
    fn new() -> Self {
        Self {
            keys: SigningKeys::generate(&SystemRandom, NOW).unwrap(),
            device: SigningKey::generate(Algorithm::Es256, &SystemRandom).unwrap(),
        }
    }

    fn answer(&self, answer: Answer) -> String {
        let claims = AnswerClaims {
            challenge: GUID.into(),
            digest: Digest::of(b"document"),
            answer,
            decline_reason: None,
            code: None,
            iat: NOW.secs(),
            nonce: Secret::new("once".to_owned()),
        };
        claims.sign(&self.device, GUID).unwrap()
    }

    fn receipt(&self) -> Receipt {
        Receipt {
            iss: "https://auth.example.com".into(),
            aud: GUID.into(),
            jti: "r-1".into(),
            iat: NOW.secs(),
            challenge: GUID.into(),
            document_digest: Digest::of(b"document"),
            outcome: "answered".into(),
            answer: Answer::Button(0),
            decline_reason: None,
            asked_at: NOW,
            answered_at: NOW,
            user: GUID.into(),
            device: GUID.into(),
            device_key_thumbprint: self.device.public().thumbprint(),
            device_signature: self.answer(Answer::Button(0)),
        }
    }

    fn event(&self, receipt: &Receipt) -> Value {
        json!({
            "event": "challenge.answered", "guid": GUID, "status": "Processed", "statusId": 2, "buttonSelected": 0,
            "documentDigest": Digest::of(b"document"),
            "evidence": {
                "deviceGuid": GUID, "keyThumbprint": receipt.device_key_thumbprint, "key": self.device.public(),
                "answer": receipt.device_signature, "receipt": receipt::issue(&self.keys, receipt).unwrap(),
            },
        })
    }

    fn signed(&self, id: &str, body: &[u8]) -> HeaderMap {
        headers(id, NOW, &[sign_v1a(self.keys.current_ed25519(), id, NOW, body).unwrap()])
    }
}

#[tokio::test]
async fn a_receipt_is_verified_with_the_published_keys() {
    let service = Service::new();
    let jwks = service.keys.jwks();
    let server = TinyServer::start(move |_| (200, jwks.clone())).await;
    let listening = Listening::new(vec![], Some(&server.url), 0);
    let event = service.event(&service.receipt());
    let mut key_as_text = event.clone();
    key_as_text["evidence"]["key"] = event["evidence"]["key"].to_string().into();
    for event in [event, key_as_text] {
        let body = event.to_string().into_bytes();
        let (outcome, text) = listening.receive(&service.signed("evt_1", &body), &body).await;
        assert_eq!(outcome, Outcome::Good, "{text}");
        assert!(text.contains("v1 not tried; v1a verified"), "{text}");
        assert!(text.contains("receipt     verified"), "{text}");
        assert!(text.contains("button 0"), "{text}");
    }
    assert_eq!(server.seen().len(), 1, "the key set is fetched once");
}

#[tokio::test]
async fn evidence_that_does_not_hold_is_refused_though_the_event_is_signed() {
    let service = Service::new();
    let jwks = service.keys.jwks();
    let server = TinyServer::start(move |_| (200, jwks.clone())).await;
    let listening = Listening::new(vec![], Some(&server.url), 0);
    let other_device = SigningKey::generate(Algorithm::Es256, &SystemRandom).unwrap();
    let receipt = |change: &dyn Fn(&mut Receipt)| {
        let mut receipt = service.receipt();
        change(&mut receipt);
        service.event(&receipt)
    };
    let event = |field: &str, value: Value| {
        let mut event = service.event(&service.receipt());
        *event.pointer_mut(field).unwrap() = value;
        event
    };
    let foreign = Service::new();
    let foreign_receipt = receipt::issue(&foreign.keys, &service.receipt()).unwrap();
    let wrong_type = service.keys.sign_jws("status+jwt", &service.receipt()).unwrap();
    for (event, why) in [
        (receipt(&|r| r.challenge = "another".into()), "another challenge"),
        (receipt(&|r| r.document_digest = Digest::of(b"other")), "another document"),
        (event("/documentDigest", Value::Null), "another document"),
        (event("/guid", "another".into()), "another challenge"),
        (event("/evidence/deviceGuid", "another".into()), "another device"),
        (event("/evidence/answer", "a.b.c".into()), "another answer"),
        (event("/evidence/keyThumbprint", "x".into()), "another key"),
        (event("/evidence/key", json!(other_device.public())), "not the one of the receipt"),
        (event("/evidence/key", Value::Null), "missing"),
        (event("/evidence/receipt", foreign_receipt.into()), "a key that is not known"),
        (event("/evidence/receipt", wrong_type.into()), "another type"),
        (event("/evidence/receipt", "x".into()), "not a compact JWS"),
        (receipt(&|r| r.answer = Answer::Button(1)), "something else"),
        (receipt(&|r| r.device_signature = service.answer(Answer::Decline)), "something else"),
    ] {
        let body = event.to_string().into_bytes();
        let (outcome, text) = listening.receive(&service.signed("evt_1", &body), &body).await;
        assert_eq!(outcome, Outcome::Bad, "{text}");
        assert!(text.contains("BAD: ") && text.contains(why), "{why}: {text}");
    }
}

#[tokio::test]
async fn rotated_keys_are_fetched_anew_but_not_at_every_bad_signature() {
    let (old, new) = (Service::new(), Service::new());
    let sets = [old.keys.jwks(), new.keys.jwks()];
    let fetched = AtomicUsize::new(0);
    let server =
        TinyServer::start(move |_| (200, sets[fetched.fetch_add(1, Ordering::Relaxed).min(1)].clone())).await;
    let listening = Listening::new(vec![], Some(&server.url), 0);
    let body = new.event(&new.receipt()).to_string().into_bytes();
    let signed = new.signed("evt_1", &body);
    for _ in 0..3 {
        assert_eq!(listening.receive(&signed, &body).await.0, Outcome::Bad);
    }
    assert_eq!(server.seen().len(), 1);
    listening.clock.0.store((NOW + Span::secs(5)).millis(), Ordering::Relaxed);
    assert_eq!(listening.receive(&signed, &body).await.0, Outcome::Good);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn without_the_key_set_a_shared_secret_is_enough_and_the_receipt_stays_unchecked() {
    let service = Service::new();
    let server = TinyServer::start(|_| (503, Value::Null)).await;
    let listening = Listening::new(vec![secret()], Some(&server.url), 0);
    let body = service.event(&service.receipt()).to_string().into_bytes();
    let headers = headers("evt_1", NOW, &[sign_v1(&secret(), "evt_1", NOW, &body)]);
    let (outcome, text) = listening.receive(&headers, &body).await;
    assert_eq!(outcome, Outcome::Good);
    assert!(text.contains("receipt     not checked"), "{text}");
}

async fn post(url: &str, headers: &HeaderMap, body: &[u8]) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.post(url).headers(headers.clone()).body(body.to_vec()).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn over_http_the_first_fail_as_asked_and_once_ends_after_the_first_good_one() {
    let listening = Listening::new(vec![secret()], None, 2);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/callback", listener.local_addr().unwrap());
    let body = event();
    let good = headers("evt_1", NOW, &[sign_v1(&secret(), "evt_1", NOW, &body)]);
    let serving = serve(listener, Arc::new(listening.receiver), Until::FirstGood, std::future::pending());
    let calling = async {
        let bad = post(&url, &HeaderMap::new(), &body).await;
        let huge = post(&url, &good, &vec![b'x'; 1024 * 1024 + 1]).await;
        [
            bad,
            huge,
            post(&url, &good, &body).await,
            post(&url, &good, &body).await,
            post(&url, &good, &body).await,
        ]
    };
    let (ended, statuses) = tokio::join!(serving, calling);
    assert_eq!(ended, Ok(()));
    assert_eq!(statuses, [401, 413, 500, 500, 204]);
    assert_eq!(listening.printed.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn it_stops_when_told_to() {
    let listening = Listening::new(vec![secret()], None, 0);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let stop = async {
        let _ = told.await;
    };
    let serving = serve(listener, Arc::new(listening.receiver), Until::Stopped, stop);
    let body = event();
    let good = headers("evt_1", NOW, &[sign_v1(&secret(), "evt_1", NOW, &body)]);
    let calling = async {
        let statuses = [post(&url, &good, &body).await, post(&url, &good, &body).await];
        tell.send(()).unwrap();
        statuses
    };
    let (ended, statuses) = tokio::join!(serving, calling);
    assert_eq!((ended, statuses), (Ok(()), [204, 204]));
}

proptest! {
    #[test]
    fn no_body_and_no_signature_makes_it_panic(body in ".{0,200}", signature in "[ -~]{0,80}") {
        let listening = Listening::new(vec![secret()], None, 0);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let unsigned = headers("evt_1", NOW, &[signature]);
        prop_assert_eq!(runtime.block_on(listening.receive(&unsigned, body.as_bytes())).0, Outcome::Bad);
        let signed = headers("evt_1", NOW, &[sign_v1(&secret(), "evt_1", NOW, body.as_bytes())]);
        runtime.block_on(listening.receive(&signed, body.as_bytes()));
    }
}
