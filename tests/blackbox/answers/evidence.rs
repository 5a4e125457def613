//! What proves an answer: the receipt, and what the device signed, with nobody asked.

use countersign_crypto::answer::{Answer as Claimed, AnswerClaims};
use countersign_crypto::digest::Digest;
use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::jws::Unverified;
use countersign_crypto::receipt::{self, Receipt};
use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::time::{Clock, Span};
use countersign_tests::device::challenges::TYP;
use countersign_tests::device::keys::KeyRole;
use serde_json::Value;

use super::Question;

/// The receipt, verified with the published keys, and the answer that it is for.
async fn decide(question: &Question, role: KeyRole, answer: Answer) -> (Receipt, String) {
    question.world.turn(Span::secs(7));
    let jws = question.sign(role, &question.claims(answer));
    let answered = question.send(&jws).await.unwrap();
    let jwks = question.world.backend().get("/.well-known/jwks.json").await.ok().to_string();
    assert_eq!(question.outcome().await["evidence"]["receipt"], answered.receipt);
    (receipt::verify(&jwks, &answered.receipt).unwrap(), jws)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_states_the_whole_outcome() {
    let question = Question::new().await;
    let asked_at = question.world.clock.now();
    let (receipt, jws) = decide(&question, KeyRole::Strong, Answer::Option(0)).await;
    let identity = question.device.identity();
    let expected = Receipt {
        iss: question.world.base_url.clone(),
        aud: question.world.backend().origin.guid,
        jti: receipt.jti.clone(),
        iat: question.world.clock.now().secs(),
        challenge: question.challenge.guid.to_string(),
        document_digest: question.challenge.digest,
        outcome: "answered".into(),
        answer: Claimed::Button(0),
        decline_reason: None,
        asked_at,
        answered_at: question.world.clock.now(),
        user: identity.privakey_id.to_string(),
        device: identity.device_guid.to_string(),
        device_key_thumbprint: question.device.keys().strong.public().thumbprint(),
        device_signature: jws,
    };
    assert_eq!(receipt, expected);
    assert!(!receipt.jti.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_of_a_decline_states_the_reason() {
    let question = Question::new().await;
    let (receipt, jws) = decide(&question, KeyRole::Auth, Answer::Decline(DeclineReason::NotMe)).await;
    assert_eq!((receipt.outcome.as_str(), receipt.answer), ("declined", Claimed::Decline));
    assert_eq!(receipt.decline_reason.as_deref(), Some("not_me"));
    assert_eq!(receipt.device_key_thumbprint, question.device.keys().auth.public().thumbprint());
    assert_eq!(receipt.device_signature, jws);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evidence_verifies_offline_and_long_after() {
    let question = Question::new().await;
    let (receipt, jws) = decide(&question, KeyRole::Strong, Answer::Option(0)).await;
    question.device.remove().await.unwrap();
    question.world.turn(Span::days(30));
    let Value::Object(evidence) = question.outcome().await["evidence"].take() else { panic!("evidence") };
    assert_eq!(evidence["answer"], jws);
    let key = PublicJwk::parse(&evidence["key"].to_string()).unwrap();
    assert_eq!(evidence["keyThumbprint"], key.thumbprint().to_string());
    let claims: AnswerClaims = Unverified::parse(&jws).unwrap().claims(&key, TYP).unwrap();
    let document = evidence["document"].as_str().unwrap();
    assert_eq!(claims.digest, Digest::of(document.as_bytes()));
    assert_eq!(document, question.challenge.document);
    assert_eq!(claims.challenge, question.challenge.guid.to_string());
    assert_eq!(claims.answer, Claimed::Button(0));
    assert_eq!(evidence["deviceGuid"], receipt.device);
}
