//! What must work.

use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::messages::{Authenticator as Forgotten, DeregistrationRequest, Version, write};
use countersign_uaf::metadata::AttestationType;
use countersign_uaf::policy::Policy;
use countersign_uaf::refusal::{Refusal, Skipped};
use countersign_uaf::transaction::Transaction;
use serde_json::json;

use crate::certificates::chain;
use crate::client::{Attester, Authenticator, fc_params, respond, shown};
use crate::server::{APP_ID, Server, aaid, statement};

const COMBINATIONS: [(u16, u16); 16] = [
    (1, 0x100),
    (1, 0x101),
    (2, 0x100),
    (2, 0x101),
    (3, 0x102),
    (3, 0x103),
    (4, 0x102),
    (4, 0x103),
    (5, 0x100),
    (5, 0x101),
    (6, 0x100),
    (6, 0x101),
    (8, 0x102),
    (8, 0x103),
    (9, 0x102),
    (9, 0x103),
];

#[test]
fn every_algorithm_registers_authenticates_and_confirms() {
    for (algorithm, encoding) in COMBINATIONS {
        let mut server = Server::new();
        let mut phone = Authenticator::new(algorithm, encoding);
        let request = server.ask_registration();
        let params = fc_params(&request);
        let outcome = server.registered(&respond(&request, &params, &[phone.register(&params)])).unwrap();
        assert_eq!(outcome.keys[0].attestation, AttestationType::BasicSurrogate, "{algorithm} {encoding:x}");

        phone.counter += 1;
        let request = server.ask_authentication();
        let params = fc_params(&request);
        let outcome =
            server.authenticated(&respond(&request, &params, &[phone.authenticate(&params, None)])).unwrap();
        assert_eq!((outcome.keys[0].previous_counter, outcome.keys[0].sign_counter), (1, 2));
        assert_eq!(outcome.keys[0].confirmed, None);

        phone.counter += 1;
        server.transactions = vec![Transaction::text("Pay 120 EUR to ACME?").unwrap()];
        let request = server.ask_authentication();
        let params = fc_params(&request);
        let content = shown(&request);
        assert_eq!(content, b"Pay 120 EUR to ACME?");
        let assertion = phone.authenticate(&params, Some(&content));
        let outcome = server.authenticated(&respond(&request, &params, &[assertion])).unwrap();
        assert_eq!(outcome.keys[0].confirmed, Some(0), "{algorithm} {encoding:x}");
    }
}

#[test]
fn a_certified_attestation_leads_to_a_root_of_the_metadata() {
    use base64::Engine;
    let certificates = chain(2040);
    let mut metadata = statement();
    metadata["attestationTypes"] = json!([15879]);
    let list = |der: &[u8]| json!([base64::engine::general_purpose::STANDARD.encode(der)]);
    let mut given = vec![vec![certificates.leaf.clone(), certificates.intermediate.clone()]];
    // The root may be sent along.
    given.push([&given[0][..], std::slice::from_ref(&certificates.root)].concat());
    for chain in given {
        metadata["attestationRootCertificates"] = list(&certificates.root);
        register_full(metadata.clone(), &certificates, chain);
    }
    // An intermediate authority, or the attestation certificate itself, may be what is listed.
    metadata["attestationRootCertificates"] = list(&certificates.intermediate);
    register_full(metadata.clone(), &certificates, vec![certificates.leaf.clone()]);
    metadata["attestationRootCertificates"] = list(&certificates.leaf);
    register_full(metadata, &certificates, vec![certificates.leaf.clone()]);
}

fn register_full(
    metadata: serde_json::Value,
    certificates: &crate::certificates::Chain,
    chain: Vec<Vec<u8>>,
) {
    let mut server = Server::with(metadata);
    let mut phone = Authenticator::new(1, 0x100);
    phone.attester = Attester::Full { pair: certificates.pair(), chain };
    let request = server.ask_registration();
    let params = fc_params(&request);
    let outcome = server.registered(&respond(&request, &params, &[phone.register(&params)])).unwrap();
    assert_eq!(outcome.keys[0].attestation, AttestationType::BasicFull);
}

#[test]
fn an_authenticator_that_never_counts_may_stay_at_zero() {
    let mut server = Server::new();
    let mut phone = Authenticator::new(1, 0x100);
    phone.counter = 0;
    let request = server.ask_registration();
    let params = fc_params(&request);
    server.registered(&respond(&request, &params, &[phone.register(&params)])).unwrap();
    for _ in 0..2 {
        let request = server.ask_authentication();
        let params = fc_params(&request);
        server.authenticated(&respond(&request, &params, &[phone.authenticate(&params, None)])).unwrap();
    }
}

#[test]
fn a_failing_assertion_is_skipped_and_the_next_one_tried() {
    let mut server = Server::new();
    let phone = Authenticator::new(1, 0x100);
    let request = server.ask_registration();
    let params = fc_params(&request);
    let good = phone.register(&params);
    let outcome = server.registered(&respond(&request, &params, &[vec![1, 2, 3], good])).unwrap();
    assert_eq!(outcome.skipped, [Skipped { index: 0, refusal: Refusal::Malformed }]);
    assert_eq!(outcome.keys[0].index, 1);
}

#[test]
fn an_alternative_of_two_criteria_needs_two_authenticators() {
    let mut server = Server::new();
    let one = Authenticator::new(1, 0x100);
    let mut two = Authenticator::new(5, 0x101);
    two.key_id = [2; 32];
    let key = |authenticator: &Authenticator| {
        MatchCriteria::key(aaid(), countersign_uaf::aaid::KeyId::from_bytes(&authenticator.key_id).unwrap())
    };
    server.policy = Policy::new(vec![vec![key(&one), key(&two)]], Vec::new()).unwrap();
    let request = server.ask_registration();
    let params = fc_params(&request);
    let (first, second) = (one.register(&params), two.register(&params));
    let alone = server.registered(&respond(&request, &params, std::slice::from_ref(&first)));
    assert_eq!(crate::server::reason(alone), (Refusal::Policy, 1492));
    let outcome = server.registered(&respond(&request, &params, &[second, first])).unwrap();
    assert_eq!((outcome.keys.len(), outcome.alternative), (2, 0));
}

#[test]
fn any_form_of_a_transaction_may_be_confirmed() {
    let mut server = Server::new();
    let mut phone = Authenticator::new(2, 0x101);
    let request = server.ask_registration();
    let params = fc_params(&request);
    server.registered(&respond(&request, &params, &[phone.register(&params)])).unwrap();
    phone.counter += 1;
    server.transactions = vec![Transaction::text("one").unwrap(), Transaction::text("other").unwrap()];
    let request = server.ask_authentication();
    let params = fc_params(&request);
    let assertion = phone.authenticate(&params, Some(b"other"));
    let outcome = server.authenticated(&respond(&request, &params, &[assertion])).unwrap();
    assert_eq!(outcome.keys[0].confirmed, Some(1));
}

#[test]
fn a_deregistration_request_names_the_stored_key() {
    let mut server = Server::new();
    let phone = Authenticator::new(1, 0x100);
    let request = server.ask_registration();
    let params = fc_params(&request);
    server.registered(&respond(&request, &params, &[phone.register(&params)])).unwrap();
    let key = &server.keys[0];
    let forget = Forgotten::Key(key.aaid, key.key_id);
    let text = write(&DeregistrationRequest::new(Version::V1_1, APP_ID, vec![forget]));
    let message: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        message,
        json!([{
            "header": { "upv": { "major": 1, "minor": 1 }, "op": "Dereg", "appID": APP_ID },
            "authenticators": [{ "aaid": phone.aaid, "keyID": crate::client::b64(&phone.key_id) }],
        }])
    );
}
