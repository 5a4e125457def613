//! Each change makes the answer wrong in the one way that is meant: the server's side names it.

use countersign_authenticator::uaf::{Authenticator, Tamper, metadata_statement};
use countersign_uaf::channel_binding::{ChannelBinding, ChannelBindingRule};
use serde_json::{Value, json};

use crate::round_trip::{client, yes};
use crate::server::Server;

fn binding() -> ChannelBindingRule {
    let known = ChannelBinding { tls_unique: Some("AAAA".into()), ..ChannelBinding::default() };
    ChannelBindingRule { known, required: false }
}

#[test]
fn registrations() {
    let cases: Vec<(Tamper, u16)> = vec![
        (Tamper::default().params(|params| params.facet_id = "https://evil.example".into()), 1498),
        (Tamper::default().params(|params| params.app_id = "https://evil.example".into()), 1498),
        (Tamper::default().params(|params| params.challenge = "AAAAAAAAAAAAAAAAAAAAAA".into()), 1491),
        (Tamper::default().params(|params| params.channel_binding = json!({ "tlsUnique": "BBBB" })), 1490),
        (Tamper::default().key_data(|data| data.aaid = "CE5A#FFFF".into()), 1480),
        (Tamper::default().key_data(|data| data.algorithm = 2), 1495),
        (Tamper::default().key_data(|data| data.key_encoding = 0x101), 1495),
        (Tamper::default().key_data(|data| data.key_id.truncate(31)), 1498),
        (Tamper::default().key_data(|data| data.mode = 2), 1498),
        (Tamper::default().key_data(|data| data.version = 0), 1492),
        (Tamper::default().key_data(|data| data.final_challenge_hash[0] ^= 1), 1498),
        (Tamper::default().key_data(|data| data.public_key[64] ^= 1), 1494),
        (Tamper::default().signature(|signature| signature[0] ^= 1), 1496),
        (Tamper::default().assertion(|bytes| bytes.truncate(50)), 1498),
        (Tamper::default().assertion(|bytes| bytes.push(0)), 1498),
        (
            Tamper::default()
                .response(|message| message[0]["assertions"][0]["assertionScheme"] = json!("V2")),
            1492,
        ),
        (Tamper::default().response(|message| message[0]["header"]["serverData"] = json!("AAAA")), 1400),
        (Tamper::default().response(|message| message[0]["header"]["op"] = json!("Auth")), 1400),
        (Tamper::default().response(|message| *message = json!({})), 1498),
    ];
    let mut server = Server::new(&[metadata_statement()]);
    server.binding = binding();
    for (at, (tamper, status)) in cases.iter().enumerate() {
        let (client, mut authenticators) = (client(&server), [Authenticator::new()]);
        let request = server.ask_registration();
        let answered = client.answer_badly(&request, &mut authenticators, &yes, tamper).unwrap();
        let refused = server.registered(&answered.uaf_response.unwrap()).unwrap_err();
        assert_eq!(refused.status().code(), *status, "case {at}: {refused}");
        let answered = client.answer(&request, &mut authenticators, &yes).unwrap();
        server.registered(&answered.uaf_response.unwrap()).unwrap();
    }
}

#[test]
fn a_key_registers_once_and_an_answer_counts_once() {
    let mut server = Server::new(&[metadata_statement()]);
    let (client, mut authenticators) = (client(&server), [Authenticator::new()]);
    let answered = client.answer(&server.ask_registration(), &mut authenticators, &yes).unwrap();
    let response = answered.uaf_response.unwrap();
    server.registered(&response).unwrap();
    assert_eq!(server.registered(&response).unwrap_err().status().code(), 1491, "a replay");
    let answered = client.answer(&server.ask_authentication(None), &mut authenticators, &yes).unwrap();
    let response = answered.uaf_response.unwrap();
    server.authenticated(&response).unwrap();
    assert_eq!(server.authenticated(&response).unwrap_err().status().code(), 1491, "a replay");

    let made = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let note = std::sync::Arc::clone(&made);
    let noting = Tamper::default().key_data(move |data| note.lock().unwrap().clone_from(&data.key_id));
    let request = server.ask_registration();
    let answered = client.answer_badly(&request, &mut authenticators, &yes, &noting).unwrap();
    server.registered(&answered.uaf_response.unwrap()).unwrap();
    let again = Tamper::default().key_data(move |data| data.key_id.clone_from(&made.lock().unwrap()));
    let request = server.ask_registration();
    let answered = client.answer_badly(&request, &mut authenticators, &yes, &again).unwrap();
    let refused = server.registered(&answered.uaf_response.unwrap()).unwrap_err();
    assert_eq!(refused.status().code(), 1494, "the same key id");
}

#[test]
fn authentications() {
    let mut server = Server::new(&[metadata_statement()]);
    server.binding = binding();
    let (client, mut authenticators) = (client(&server), [Authenticator::new()]);
    let answered = client.answer(&server.ask_registration(), &mut authenticators, &yes).unwrap();
    server.registered(&answered.uaf_response.unwrap()).unwrap();
    let cases: Vec<(Tamper, u16)> = vec![
        (Tamper::default().params(|params| params.facet_id = "https://evil.example".into()), 1498),
        (Tamper::default().params(|params| params.channel_binding = json!({ "tlsUnique": "BBBB" })), 1490),
        (Tamper::default().signed_data(|data| data.confirm(b"Pay 1 EUR to ACME?")), 1498),
        (Tamper::default().signed_data(|data| (data.mode, data.transaction_hash) = (1, Vec::new())), 1498),
        (Tamper::default().signed_data(|data| data.sign_counter = 0), 1492),
        (Tamper::default().signed_data(|data| data.aaid = "CE5A#FFFF".into()), 1480),
        (Tamper::default().signed_data(|data| data.key_id = vec![7; 32]), 1481),
        (Tamper::default().signed_data(|data| data.algorithm = 9), 1495),
        (Tamper::default().signed_data(|data| data.nonce.truncate(7)), 1498),
        (Tamper::default().signed_data(|data| data.final_challenge_hash[31] ^= 1), 1498),
        (Tamper::default().signature(|signature| signature[63] ^= 1), 1498),
        (Tamper::default().assertion(|bytes| bytes.truncate(bytes.len() - 1)), 1498),
        (Tamper::default().response(|message| message[0]["assertions"] = json!([])), 1498),
    ];
    for (at, (tamper, status)) in cases.iter().enumerate() {
        let request = server.ask_authentication(Some("Pay 120 EUR to ACME?"));
        let answered = client.answer_badly(&request, &mut authenticators, &yes, tamper).unwrap();
        let refused = server.authenticated(&answered.uaf_response.unwrap()).unwrap_err();
        assert_eq!(refused.status().code(), *status, "case {at}: {refused}");
        let answered = client.answer(&request, &mut authenticators, &yes).unwrap();
        server.authenticated(&answered.uaf_response.unwrap()).unwrap();
    }
    // A confirmation that nobody asked for.
    let uncalled = Tamper::default().signed_data(|data| data.confirm(b"Pay"));
    let request = server.ask_authentication(None);
    let answered = client.answer_badly(&request, &mut authenticators, &yes, &uncalled).unwrap();
    let response = answered.uaf_response.unwrap();
    assert_eq!(server.authenticated(&response).unwrap_err().status().code(), 1498);
    assert!(serde_json::from_str::<Value>(&response).is_ok());
}
