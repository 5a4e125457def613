//! Refusals of registration assertions, by status code.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::policy::Policy;
use countersign_uaf::refusal::Refusal;
use serde_json::{Value, json};

use crate::certificates::chain;
use crate::client::{Attester, Authenticator, Fields, fc_params, nest, respond, set, tlv};
use crate::server::{Server, aaid, reason, statement};

/// Registers with an assertion made by `make` from the final challenge parameters.
fn outcome(mut server: Server, make: impl FnOnce(&str) -> Vec<u8>) -> (Refusal, u16) {
    let request = server.ask_registration();
    let params = fc_params(&request);
    reason(server.registered(&respond(&request, &params, &[make(&params)])))
}

/// Registers with a KRD that was changed before it was signed.
fn changed(change: impl FnOnce(&mut Fields)) -> (Refusal, u16) {
    outcome(Server::new(), |params| {
        let phone = Authenticator::new(1, 0x100);
        let mut krd = phone.krd(params);
        change(&mut krd);
        phone.attest(&krd)
    })
}

fn with_statement(member: &str, value: Value) -> (Refusal, u16) {
    let mut metadata = statement();
    metadata[member] = value;
    outcome(Server::with(metadata), |params| Authenticator::new(1, 0x100).register(params))
}

#[test]
fn an_unknown_model_is_1480() {
    assert_eq!(changed(|krd| set(krd, 0x2e0b, b"00AB#C0DF")), (Refusal::UnknownAaid, 1480));
}

#[test]
fn an_authenticator_that_is_not_acceptable_is_1492() {
    assert_eq!(with_statement("assertionScheme", json!("OTHER")), (Refusal::Scheme, 1492));
    assert_eq!(with_statement("authenticatorVersion", json!(4)), (Refusal::AuthenticatorVersion, 1492));

    let mut server = Server::new();
    let other = MatchCriteria::models(vec!["00AB#0001".parse().unwrap()]);
    server.policy = Policy::new(vec![vec![other]], Vec::new()).unwrap();
    let register = |params: &str| Authenticator::new(1, 0x100).register(params);
    assert_eq!(outcome(server, register), (Refusal::Policy, 1492));

    let mut server = Server::new();
    let models = || MatchCriteria::models(vec![aaid()]);
    server.policy = Policy::new(vec![vec![models()]], vec![models()]).unwrap();
    assert_eq!(outcome(server, register), (Refusal::Policy, 1492));

    let mut server = Server::new();
    let request = server.ask_registration();
    let params = fc_params(&request);
    let mut response = respond(&request, &params, &[register(&params)]);
    response[0]["assertions"][0]["assertionScheme"] = json!("UAFV2TLV");
    assert_eq!(reason(server.registered(&response)), (Refusal::Scheme, 1492));
}

#[test]
fn a_revoked_model_is_1493() {
    assert_eq!(with_statement("revoked", json!(true)), (Refusal::Revoked, 1493));
}

#[test]
fn a_key_that_is_not_acceptable_is_1494() {
    assert_eq!(changed(|krd| set(krd, 0x2e0c, &[4; 65])), (Refusal::Key, 1494));
    assert_eq!(changed(|krd| set(krd, 0x2e0c, &[])), (Refusal::Key, 1494));
    assert_eq!(changed(|krd| krd[5].1.push(0)), (Refusal::Key, 1494));
    // Another encoding than the one that is stated.
    let der = Authenticator::new(1, 0x101);
    assert_eq!(changed(|krd| set(krd, 0x2e0c, &der.pair.public(0x101))), (Refusal::Key, 1494));
}

#[test]
fn a_second_registration_of_a_key_is_1494() {
    let mut server = Server::new();
    let phone = Authenticator::new(1, 0x100);
    let request = server.ask_registration();
    let params = fc_params(&request);
    let assertion = phone.register(&params);
    let outcome = server.registered(&respond(&request, &params, &[assertion.clone(), assertion])).unwrap();
    assert_eq!((outcome.keys.len(), outcome.skipped[0].refusal), (1, Refusal::DuplicateKey));
    let request = server.ask_registration();
    let params = fc_params(&request);
    let again = server.registered(&respond(&request, &params, &[phone.register(&params)]));
    assert_eq!(reason(again), (Refusal::DuplicateKey, 1494));
}

#[test]
fn an_algorithm_that_is_not_the_models_is_1495() {
    assert_eq!(with_statement("authenticationAlgorithm", json!(2)), (Refusal::Algorithm, 1495));
    assert_eq!(with_statement("publicKeyAlgAndEncoding", json!(257)), (Refusal::Algorithm, 1495));
    let info = |algorithm: u8, encoding: u8| [3, 0, 1, algorithm, 0, encoding, 1];
    assert_eq!(changed(|krd| set(krd, 0x2e0e, &info(7, 0))), (Refusal::Algorithm, 1495));
    assert_eq!(changed(|krd| set(krd, 0x2e0e, &info(1, 4))), (Refusal::Algorithm, 1495));
}

#[test]
fn an_attestation_that_does_not_hold_is_1496() {
    let refused = (Refusal::Attestation, 1496);
    // Signed by another key, by another algorithm, or over the value without its header.
    let krd_and = |attestation: fn(&Fields) -> Vec<u8>| {
        outcome(Server::new(), move |params| {
            let krd = Authenticator::new(1, 0x100).krd(params);
            tlv(0x3e01, &[nest(0x3e03, &krd), attestation(&krd)].concat())
        })
    };
    let other = |krd: &Fields| {
        let signature = Authenticator::new(1, 0x100).pair.sign(1, &nest(0x3e03, krd));
        nest(0x3e08, &vec![(0x2e06, signature)])
    };
    assert_eq!(krd_and(other), refused);
    assert_eq!(changed(|krd| set(krd, 0x2e0e, &[3, 0, 1, 2, 0, 0, 1])), refused);
    let headless = outcome(Server::new(), |params| {
        let phone = Authenticator::new(1, 0x100);
        let krd = nest(0x3e03, &phone.krd(params));
        let attestation = nest(0x3e08, &vec![(0x2e06, phone.pair.sign(1, &krd[4..]))]);
        tlv(0x3e01, &[krd, attestation].concat())
    });
    assert_eq!(headless, refused);
    assert_eq!(krd_and(|_| tlv(0x3e09, b"")), refused);
    // A kind that the metadata does not list.
    assert_eq!(with_statement("attestationTypes", json!([15879])), refused);
    // The registered key's own signature where the metadata has roots.
    assert_eq!(
        with_statement("attestationRootCertificates", json!([STANDARD.encode(chain(2040).root)])),
        refused
    );
}

/// Registers with a certified attestation.
fn full(
    roots: &[&[u8]],
    until: i32,
    given: impl FnOnce(&crate::certificates::Chain) -> Vec<Vec<u8>>,
) -> (Refusal, u16) {
    let certificates = chain(until);
    let mut metadata = statement();
    metadata["attestationTypes"] = json!([15879, 15880]);
    let listed = if roots.is_empty() { vec![certificates.root.as_slice()] } else { roots.to_vec() };
    metadata["attestationRootCertificates"] =
        listed.iter().map(|root| json!(STANDARD.encode(root))).collect();
    let mut phone = Authenticator::new(1, 0x100);
    phone.attester = Attester::Full { pair: certificates.pair(), chain: given(&certificates) };
    outcome(Server::with(metadata), |params| phone.register(params))
}

#[test]
fn a_certificate_path_that_does_not_hold_is_1496() {
    let refused = (Refusal::Attestation, 1496);
    let whole = |chain: &crate::certificates::Chain| vec![chain.leaf.clone(), chain.intermediate.clone()];
    let other = chain(2040);
    assert_eq!(full(&[&other.root], 2040, whole), refused);
    assert_eq!(full(&[], 2025, whole), refused, "expired");
    assert_eq!(full(&[], 2040, |chain| vec![chain.leaf.clone()]), refused, "a link is missing");
    assert_eq!(full(&[], 2040, |chain| vec![chain.intermediate.clone()]), refused, "an authority");
    let foreign = |chain: &crate::certificates::Chain| {
        vec![chain.leaf.clone(), chain.intermediate.clone(), other.intermediate.clone()]
    };
    assert_eq!(full(&[], 2040, foreign), refused, "one that the path does not need");
    let turned = |chain: &crate::certificates::Chain| vec![chain.intermediate.clone(), chain.leaf.clone()];
    assert_eq!(full(&[], 2040, turned), refused, "the wrong order");
    assert_eq!(full(&[], 2040, |_| vec![b"not DER".to_vec()]), refused);
    assert_eq!(full(&[], 2040, |chain| vec![chain.leaf.clone(); 7]), refused, "too many");
    assert_eq!(full(&[&other.leaf], 2040, |_| vec![other.leaf.clone()]), refused, "another's certificate");
    assert_eq!(full(&[], 2040, |_| Vec::new()), (Refusal::Malformed, 1498));
}

#[test]
fn content_that_is_malformed_is_1498() {
    let malformed = (Refusal::Malformed, 1498);
    for at in 0..6 {
        assert_eq!(changed(|krd| drop(krd.remove(at))), malformed, "field {at} missing");
        assert_eq!(changed(|krd| krd.push(krd[at].clone())), malformed, "field {at} twice");
    }
    assert_eq!(changed(|krd| krd.push((0x2e99, Vec::new()))), malformed);
    assert_eq!(changed(|krd| set(krd, 0x2e0b, b"00AB-C0DE")), malformed);
    for length in [0, 31, 33] {
        assert_eq!(changed(|krd| set(krd, 0x2e09, &vec![1; length])), malformed, "key id of {length}");
        assert_eq!(changed(|krd| set(krd, 0x2e0a, &vec![1; length])), malformed, "hash of {length}");
    }
    assert_eq!(changed(|krd| set(krd, 0x2e0d, &[0; 4])), malformed);
    assert_eq!(changed(|krd| set(krd, 0x2e0e, &[3, 0, 1, 1, 0])), malformed);
    assert_eq!(changed(|krd| set(krd, 0x2e0e, &[3, 0, 2, 1, 0, 0, 1])), malformed, "mode 2");
    assert_eq!(changed(|krd| set(krd, 0x2e0a, &[1; 32])), (Refusal::FinalChallenge, 1498));
    let trailing =
        outcome(Server::new(), |params| [Authenticator::new(1, 0x100).register(params), vec![0]].concat());
    assert_eq!(trailing, malformed);
    let mut server = Server::new();
    let request = server.ask_registration();
    let params = fc_params(&request);
    let phone = Authenticator::new(1, 0x100);
    let signed = respond(&request, &params, &[phone.authenticate(&params, None)]);
    assert_eq!(reason(server.registered(&signed)), malformed, "an authentication");
    let mut padded = respond(&request, &params, &[phone.register(&params)]);
    let text = format!("{}=", padded[0]["assertions"][0]["assertion"].as_str().unwrap());
    padded[0]["assertions"][0]["assertion"] = json!(text);
    assert_eq!(reason(server.registered(&padded)), malformed, "padding");
}

#[test]
fn a_hash_over_the_decoded_parameters_is_refused() {
    let hash = |params: &str| crate::client::sha256(&crate::client::unb64(params));
    let refused = outcome(Server::new(), |params| {
        let phone = Authenticator::new(1, 0x100);
        let mut krd = phone.krd(params);
        set(&mut krd, 0x2e0a, &hash(params));
        phone.attest(&krd)
    });
    assert_eq!(refused, (Refusal::FinalChallenge, 1498));
}

#[test]
fn a_critical_extension_is_1498_and_any_other_overlooked() {
    let extension = nest_value(&[(0x2e13, b"x".to_vec()), (0x2e14, Vec::new())]);
    assert_eq!(changed(|krd| krd.push((0x3e11, extension.clone()))), (Refusal::CriticalExtension, 1498));
    assert_eq!(changed(|krd| krd.push((0x3e12, vec![1]))), (Refusal::Malformed, 1498));
    assert_eq!(changed(|krd| krd.push((0x3e12, tlv(0x2e13, b"x")))), (Refusal::Malformed, 1498));
    let mut server = Server::new();
    let request = server.ask_registration();
    let params = fc_params(&request);
    let phone = Authenticator::new(1, 0x100);
    let mut krd = phone.krd(&params);
    krd.push((0x3e12, extension));
    assert!(server.registered(&respond(&request, &params, &[phone.attest(&krd)])).is_ok());
}

fn nest_value(fields: &[(u16, Vec<u8>)]) -> Vec<u8> {
    fields.iter().flat_map(|(tag, value)| tlv(*tag, value)).collect()
}
