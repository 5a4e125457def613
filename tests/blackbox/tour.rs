//! The main job, end to end: bind, enrol, ask, push, answer, callback, receipt.

use countersign_crypto::receipt;
use countersign_crypto::webhook::{WebhookHeaders, verify_v1, verify_v1a};
use countersign_domain::answer::Answer;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_asked_pushed_answered_and_reported() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    let asked = world.ask("ann").await;
    world.pump().await;

    let [pushed] = &world.standins().take_published()[..] else { panic!("one push") };
    assert!(pushed.payload.as_ref().unwrap().contains(asked["guid"].as_str().unwrap()));
    assert!(!pushed.message.contains("120 EUR"), "no content in a push");

    let [challenge] = &device.challenges().await.unwrap()[..] else { panic!("one challenge") };
    let answered = device.answer(challenge, Answer::Option(0), None).await.unwrap();
    assert_eq!(answered.status, "answered");
    assert!(device.challenges().await.unwrap().is_empty());
    world.pump().await;

    let [webhook] = &world.receiver.got()[..] else { panic!("one webhook") };
    assert_eq!(webhook.body["event"], "challenge.answered");
    assert_eq!(webhook.body["buttonSelected"], 0);
    let headers = WebhookHeaders {
        id: webhook.header("webhook-id"),
        timestamp: webhook.header("webhook-timestamp"),
        signature: webhook.header("webhook-signature"),
    };
    let backend = world.backend();
    let secret = backend.origin.webhook_secret.parse().unwrap();
    verify_v1(&secret, &headers, webhook.text.as_bytes(), world.clock.now()).unwrap();
    let signing = world.bundle.app().keys.signing().await.unwrap();
    verify_v1a(signing.current_ed25519().public(), &headers, webhook.text.as_bytes(), world.clock.now())
        .unwrap();

    let mut request = world.request(&asked["guid"]).await;
    let jwks = backend.get("/.well-known/jwks.json").await.ok().to_string();
    let receipt = receipt::verify(&jwks, request["evidence"]["receipt"].as_str().unwrap()).unwrap();
    assert_eq!(receipt.challenge, asked["guid"].as_str().unwrap());
    assert_eq!(receipt.document_digest, challenge.digest);
    assert_eq!(receipt.iss, world.base_url);
    request["event"] = "challenge.answered".into();
    assert_eq!(request, webhook.body, "the callback carries the whole request");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_happens_twice_when_the_stream_is_read_again() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.ask("ann").await;
    let challenge = device.challenges().await.unwrap().remove(0);
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
    world.pump().await;
    world.pump().await;
    world.turn(Span::minutes(3));
    world.minute().await;
    assert_eq!(world.receiver.got().len(), 1);
}
