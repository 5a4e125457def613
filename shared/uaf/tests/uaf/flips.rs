//! Every byte of a valid assertion counts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::certificates::chain;
use crate::client::{Attester, Authenticator, fc_params, respond};
use crate::server::{Server, statement};

/// One combination of each scheme and form; the certified attestation is tried by itself.
const ALGORITHMS: [(u16, u16); 8] =
    [(1, 0x100), (2, 0x101), (3, 0x102), (4, 0x103), (5, 0x100), (6, 0x101), (8, 0x102), (9, 0x103)];

fn flipped(assertion: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
    (0..assertion.len()).flat_map(move |at| {
        [0x01, 0x20, 0x80].map(|bit| {
            let mut bad = assertion.to_vec();
            bad[at] ^= bit;
            (at, bad)
        })
    })
}

fn registration_counts_every_byte(mut server: Server, phone: &Authenticator) {
    let request = server.ask_registration();
    let params = fc_params(&request);
    let good = phone.register(&params);
    for (at, bad) in flipped(&good) {
        let outcome = server.registered(&respond(&request, &params, &[bad]));
        assert!(outcome.is_err(), "{} byte {at}", phone.algorithm);
    }
    assert!(server.registered(&respond(&request, &params, &[good])).is_ok());
}

#[test]
fn in_a_registration_by_the_key_itself() {
    for (algorithm, encoding) in ALGORITHMS {
        registration_counts_every_byte(Server::new(), &Authenticator::new(algorithm, encoding));
    }
}

#[test]
fn in_a_registration_by_a_certified_key() {
    let certificates = chain(2040);
    let mut metadata = statement();
    metadata["attestationTypes"] = json!([15879]);
    metadata["attestationRootCertificates"] = json!([STANDARD.encode(&certificates.root)]);
    let mut phone = Authenticator::new(1, 0x100);
    let chain = vec![certificates.leaf.clone(), certificates.intermediate.clone()];
    phone.attester = Attester::Full { pair: certificates.pair(), chain };
    registration_counts_every_byte(Server::with(metadata), &phone);
}

#[test]
fn in_an_authentication() {
    for (algorithm, encoding) in ALGORITHMS {
        let mut server = Server::new();
        let mut phone = Authenticator::new(algorithm, encoding);
        let request = server.ask_registration();
        let params = fc_params(&request);
        server.registered(&respond(&request, &params, &[phone.register(&params)])).unwrap();
        phone.counter += 1;
        let request = server.ask_authentication();
        let params = fc_params(&request);
        let good = phone.authenticate(&params, None);
        for (at, bad) in flipped(&good) {
            let outcome = server.authenticated(&respond(&request, &params, &[bad]));
            assert!(outcome.is_err(), "{algorithm} byte {at}");
        }
        assert!(server.authenticated(&respond(&request, &params, &[good])).is_ok());
    }
}
