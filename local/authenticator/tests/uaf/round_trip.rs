//! What must work with the server's side.

use countersign_authenticator::p256;
use countersign_authenticator::uaf::{
    ATTESTED_MODEL, Authenticator, Client, MODEL, attested_statement, metadata_statement,
};
use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::messages::{self, Authenticator as Forgotten, DeregistrationRequest, Version};
use countersign_uaf::metadata::AttestationType;
use countersign_uaf::policy::Policy;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256};

use crate::server::{FACET, SERVICE, Server};

pub(crate) fn client(server: &Server) -> Client {
    Client::new(FACET).of_service(SERVICE).with_facets(&server.facets()).unwrap()
}

pub(crate) fn yes(_: &str) -> bool {
    true
}

/// An authenticator whose attestation key a root has certified, and that root.
fn attested() -> (Authenticator, Vec<u8>) {
    let key = || KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let (root_key, leaf_key) = (key(), key());
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&root_key).unwrap().der().to_vec();
    let leaf = CertificateParams::new(Vec::new()).unwrap();
    let leaf = leaf.signed_by(&leaf_key, &Issuer::new(params, root_key)).unwrap().der().to_vec();
    let key = p256::Key::from_pkcs8(&leaf_key.serialize_der()).unwrap();
    (Authenticator::attested(key, vec![leaf]), root)
}

#[test]
fn registration_authentication_and_confirmation_are_accepted() {
    let mut server = Server::new(&[metadata_statement()]);
    let (client, mut authenticators) = (client(&server), [Authenticator::new()]);
    let answered = client.answer(&server.ask_registration(), &mut authenticators, &yes).unwrap();
    let registered = server.registered(&answered.uaf_response.unwrap()).unwrap();
    assert_eq!(registered.keys[0].attestation, AttestationType::BasicSurrogate);
    let key = &registered.keys[0].key;
    assert_eq!(
        (key.aaid.to_string(), key.key_id.to_string()),
        (MODEL.into(), answered.keys[0].key_id.clone())
    );
    assert_eq!((key.sign_counter, key.registration_counter), (0, 1));

    for (text, confirmed, counter) in [(None, None, 1), (Some("Pay 120 EUR to ACME?"), Some(0), 2)] {
        let answered = client.answer(&server.ask_authentication(text), &mut authenticators, &yes).unwrap();
        assert_eq!(answered.shown.as_deref(), text);
        let outcome = server.authenticated(&answered.uaf_response.unwrap()).unwrap();
        assert_eq!((outcome.keys[0].confirmed, outcome.keys[0].sign_counter), (confirmed, counter));
    }
    let name = Forgotten::Key(key.aaid, key.key_id);
    let app_id = authenticators[0].keys()[0].app_id().to_owned();
    let request = messages::write(&DeregistrationRequest::new(Version::V1_1, &app_id, vec![name]));
    assert_eq!(client.answer(&request, &mut authenticators, &yes).unwrap().keys, answered.keys);
    assert!(authenticators[0].keys().is_empty());
}

#[test]
fn a_certified_attestation_is_accepted_by_its_root_only() {
    let (authenticator, root) = attested();
    let mut authenticators = [authenticator];
    let mut server = Server::new(&[attested_statement(&[root])]);
    let client = client(&server);
    let answered = client.answer(&server.ask_registration(), &mut authenticators, &yes).unwrap();
    let registered = server.registered(&answered.uaf_response.unwrap()).unwrap();
    assert_eq!(registered.keys[0].attestation, AttestationType::BasicFull);
    let answered = client.answer(&server.ask_authentication(None), &mut authenticators, &yes).unwrap();
    server.authenticated(&answered.uaf_response.unwrap()).unwrap();

    let mut server = Server::new(&[attested_statement(&[attested().1])]);
    let answered = client.answer(&server.ask_registration(), &mut authenticators, &yes).unwrap();
    assert_eq!(server.registered(&answered.uaf_response.unwrap()).unwrap_err().status().code(), 1496);
}

#[test]
fn two_authenticators_answer_a_policy_that_asks_for_both() {
    let (authenticator, root) = attested();
    let mut authenticators = [authenticator, Authenticator::new()];
    let mut server = Server::new(&[metadata_statement(), attested_statement(&[root])]);
    let model = |aaid: &str| MatchCriteria::models(vec![aaid.parse().unwrap()]);
    server.policy = Policy::new(vec![vec![model(MODEL), model(ATTESTED_MODEL)]], Vec::new()).unwrap();
    let client = client(&server);
    let answered = client.answer(&server.ask_registration(), &mut authenticators, &yes).unwrap();
    assert_eq!(server.registered(&answered.uaf_response.unwrap()).unwrap().keys.len(), 2);
    let answered = client.answer(&server.ask_authentication(None), &mut authenticators, &yes).unwrap();
    let models: Vec<_> = answered.keys.iter().map(|key| key.aaid.as_str()).collect();
    assert_eq!(models, [MODEL, ATTESTED_MODEL]);
    assert_eq!(server.authenticated(&answered.uaf_response.unwrap()).unwrap().keys.len(), 2);
}
