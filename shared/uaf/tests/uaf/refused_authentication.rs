//! Refusals of authentication assertions, by status code.

use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::policy::Policy;
use countersign_uaf::refusal::Refusal;
use countersign_uaf::transaction::Transaction;

use crate::client::{Authenticator, Fields, fc_params, respond, set};
use crate::server::{Server, aaid, reason};

/// A server with one registered authenticator, whose counter has grown since.
fn registered() -> (Server, Authenticator) {
    let mut server = Server::new();
    let mut phone = Authenticator::new(1, 0x100);
    phone.counter = 5;
    let request = server.ask_registration();
    let params = fc_params(&request);
    server.registered(&respond(&request, &params, &[phone.register(&params)])).unwrap();
    phone.counter = 6;
    (server, phone)
}

fn outcome(server: &mut Server, make: impl FnOnce(&str) -> Vec<u8>) -> (Refusal, u16) {
    let request = server.ask_authentication();
    let params = fc_params(&request);
    reason(server.authenticated(&respond(&request, &params, &[make(&params)])))
}

/// Authenticates with signed data that were changed before they were signed.
fn changed(change: impl FnOnce(&mut Fields)) -> (Refusal, u16) {
    let (mut server, phone) = registered();
    outcome(&mut server, |params| {
        let mut data = phone.signed_data(params, None);
        change(&mut data);
        phone.sign(&data)
    })
}

#[test]
fn an_unknown_model_is_1480_and_an_unknown_key_1481() {
    assert_eq!(changed(|data| set(data, 0x2e0b, b"00AB#0001")), (Refusal::UnknownAaid, 1480));
    assert_eq!(changed(|data| set(data, 0x2e09, &[9; 32])), (Refusal::UnknownKey, 1481));
}

#[test]
fn a_key_of_another_user_is_1481() {
    let (mut server, phone) = registered();
    server.user = Some("bob");
    server.keys.clear();
    assert_eq!(outcome(&mut server, |params| phone.authenticate(params, None)), (Refusal::UnknownKey, 1481));
}

#[test]
fn a_counter_that_does_not_grow_is_1492() {
    for counter in [0, 4, 5] {
        let (mut server, mut phone) = registered();
        phone.counter = counter;
        let refused = outcome(&mut server, |params| phone.authenticate(params, None));
        assert_eq!(refused, (Refusal::Counter, 1492), "{counter}");
        assert_eq!(server.keys[0].sign_counter, 5);
    }
}

#[test]
fn one_answer_counts_once() {
    let (mut server, phone) = registered();
    let request = server.ask_authentication();
    let params = fc_params(&request);
    let assertion = phone.authenticate(&params, None);
    let response = respond(&request, &params, &[assertion.clone(), assertion]);
    let outcome = server.authenticated(&response).unwrap();
    assert_eq!((outcome.keys.len(), outcome.skipped[0].refusal), (1, Refusal::DuplicateKey));
    assert_eq!(reason(server.authenticated(&response)), (Refusal::Challenge, 1491));
    // The same assertion in answer to a new question.
    let request = server.ask_authentication();
    let new = fc_params(&request);
    let replayed = respond(&request, &new, &[phone.authenticate(&params, None)]);
    assert_eq!(reason(server.authenticated(&replayed)), (Refusal::FinalChallenge, 1498));
}

#[test]
fn the_policy_and_the_metadata_hold_at_authentication_too() {
    let (mut server, phone) = registered();
    server.policy = Policy::new(
        vec![vec![MatchCriteria::key(aaid(), countersign_uaf::aaid::KeyId::from_bytes(&[9; 32]).unwrap())]],
        Vec::new(),
    )
    .unwrap();
    let authenticate = |params: &str| phone.authenticate(params, None);
    assert_eq!(outcome(&mut server, authenticate), (Refusal::Policy, 1492), "step-up pins another key");

    let (mut server, phone) = registered();
    server.metadata[0].authenticator_version = 4;
    let authenticate = |params: &str| phone.authenticate(params, None);
    assert_eq!(outcome(&mut server, authenticate), (Refusal::AuthenticatorVersion, 1492));
    server.metadata[0].authenticator_version = 3;
    server.metadata[0].authentication_algorithms.remove(0);
    assert_eq!(outcome(&mut server, authenticate), (Refusal::Algorithm, 1495));
    server.metadata[0].revoked = true;
    assert_eq!(outcome(&mut server, authenticate), (Refusal::Revoked, 1493));

    let (mut server, phone) = registered();
    server.keys[0].revoked = true;
    assert_eq!(outcome(&mut server, |params| phone.authenticate(params, None)), (Refusal::Revoked, 1493));
}

#[test]
fn a_signature_of_another_key_or_kind_is_refused() {
    let (mut server, phone) = registered();
    let other = Authenticator { counter: 6, ..Authenticator::new(1, 0x100) };
    assert_eq!(outcome(&mut server, |params| other.authenticate(params, None)), (Refusal::Signature, 1498));
    // The stated algorithm is another one that the model has too.
    let mut data = |number: u8| {
        outcome(&mut server, |params| {
            let mut data = phone.signed_data(params, None);
            set(&mut data, 0x2e0e, &[3, 0, 1, number, 0]);
            phone.sign(&data)
        })
    };
    assert_eq!(data(2), (Refusal::Signature, 1498));
    assert_eq!(data(3), (Refusal::Key, 1494));
    assert_eq!(data(7), (Refusal::Algorithm, 1495));
}

#[test]
fn what_is_confirmed_must_be_what_was_asked() {
    let refused = (Refusal::Transaction, 1498);
    let (mut server, phone) = registered();
    assert_eq!(
        outcome(&mut server, |params| phone.authenticate(params, Some(b"x"))),
        refused,
        "nothing was asked"
    );
    server.transactions = vec![Transaction::text("Pay 120 EUR?").unwrap()];
    let other = |params: &str| phone.authenticate(params, Some(b"Pay 1200 EUR?"));
    assert_eq!(outcome(&mut server, other), refused, "another text");
    let encoded = crate::client::b64(b"Pay 120 EUR?");
    let over_text = |params: &str| phone.authenticate(params, Some(encoded.as_bytes()));
    assert_eq!(outcome(&mut server, over_text), refused, "its base64url");
    assert_eq!(outcome(&mut server, |params| phone.authenticate(params, None)), refused, "not shown");
}

#[test]
fn content_that_is_malformed_is_1498() {
    let malformed = (Refusal::Malformed, 1498);
    for at in 0..7 {
        assert_eq!(changed(|data| drop(data.remove(at))), malformed, "field {at} missing");
        assert_eq!(changed(|data| data.push(data[at].clone())), malformed, "field {at} twice");
    }
    assert_eq!(changed(|data| data.push((0x2e0c, Vec::new()))), malformed);
    assert_eq!(changed(|data| set(data, 0x2e0f, &[1; 7])), malformed, "a short nonce");
    assert_eq!(changed(|data| set(data, 0x2e0d, &[0; 8])), malformed);
    assert_eq!(changed(|data| set(data, 0x2e10, &[0; 32])), malformed, "a transaction in mode 1");
    assert_eq!(
        changed(|data| set(data, 0x2e0e, &[3, 0, 2, 1, 0])),
        malformed,
        "mode 2 without a transaction"
    );
    for mode in [0, 3] {
        assert_eq!(changed(|data| set(data, 0x2e0e, &[3, 0, mode, 1, 0])), malformed, "mode {mode}");
    }
    assert_eq!(changed(|data| set(data, 0x2e09, &[1; 16])), malformed);
    assert_eq!(changed(|data| set(data, 0x2e0a, &[1; 32])), (Refusal::FinalChallenge, 1498));
}
