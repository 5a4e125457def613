//! Refusals that concern the whole message.

use countersign_uaf::channel_binding::{ChannelBinding, ChannelBindingRule};
use countersign_uaf::messages::Version;
use countersign_uaf::refusal::Refusal;
use serde_json::{Value, json};

use crate::client::{Authenticator, fc_params, fc_params_with, respond};
use crate::server::{Server, reason};

/// A registration whose final challenge parameters and message are changed before it is sent.
fn outcome(server: &mut Server, params: Value, change: impl FnOnce(&mut Value)) -> (Refusal, u16) {
    let request = server.ask_registration();
    let params = fc_params_with(&request, params);
    let phone = Authenticator::new(1, 0x100);
    let mut response = respond(&request, &params, &[phone.register(&params)]);
    change(&mut response);
    reason(server.registered(&response))
}

fn changed(path: &str, value: Value) -> (Refusal, u16) {
    outcome(&mut Server::new(), json!({}), |response| *response.pointer_mut(path).unwrap() = value)
}

#[test]
fn the_header_must_be_the_one_that_was_given_along() {
    assert_eq!(changed("/0/header/upv/minor", json!(2)), (Refusal::Version, 1400));
    assert_eq!(changed("/0/header/upv/minor", json!(0)), (Refusal::Version, 1400));
    assert_eq!(changed("/0/header/upv/minor", json!("1")), (Refusal::Malformed, 1498));
    assert_eq!(changed("/0/header/op", json!("Auth")), (Refusal::Operation, 1400));
    assert_eq!(changed("/0/header/op", json!("Dereg")), (Refusal::Operation, 1400));
    assert_eq!(changed("/0/header/serverData", json!("AAAA")), (Refusal::ServerData, 1400));
    assert_eq!(changed("/0/header/serverData", json!("A".repeat(2000))), (Refusal::ServerData, 1400));
    assert_eq!(changed("/0/header/serverData", json!(null)), (Refusal::ServerData, 1400));
    assert_eq!(changed("/0/header/appID", json!("https://other.example")), (Refusal::AppId, 1498));
    assert_eq!(changed("/0/assertions", json!([])), (Refusal::Malformed, 1498));
    let many = json!(vec![json!({ "assertionScheme": "UAFV1TLV", "assertion": "" }); 17]);
    assert_eq!(changed("/0/assertions", many), (Refusal::Malformed, 1498));
}

#[test]
fn an_extension_that_must_be_understood_is_refused_any_other_overlooked() {
    let extension = |must: bool| json!([{ "id": "x", "data": "", "fail_if_unknown": must }]);
    let with = |place: &'static str, value: Value| {
        let mut server = Server::new();
        let request = server.ask_registration();
        let params = fc_params(&request);
        let mut response = respond(&request, &params, &[Authenticator::new(1, 0x100).register(&params)]);
        response.pointer_mut(place).unwrap()["exts"] = value;
        server.registered(&response)
    };
    for place in ["/0/header", "/0/assertions/0"] {
        assert!(with(place, extension(false)).is_ok(), "{place}");
        assert_eq!(reason(with(place, extension(true))), (Refusal::ClientCapability, 1497), "{place}");
        let nameless = json!([{ "id": "", "data": "", "fail_if_unknown": false }]);
        assert_eq!(reason(with(place, nameless)), (Refusal::Malformed, 1498), "{place}");
    }
}

#[test]
fn the_final_challenge_parameters_must_be_those_of_this_question() {
    let with = |params: Value| outcome(&mut Server::new(), params, |_| ());
    assert_eq!(with(json!({ "appID": "https://other.example" })), (Refusal::AppId, 1498));
    assert_eq!(with(json!({ "facetID": "android:apk-key-hash:other" })), (Refusal::Facet, 1498));
    assert_eq!(with(json!({ "challenge": "AAAAAAAAAAA" })), (Refusal::Challenge, 1491));
    assert_eq!(with(json!({ "challenge": 1 })), (Refusal::Malformed, 1498));
    assert_eq!(changed("/0/fcParams", json!("e30")), (Refusal::Malformed, 1498));
}

#[test]
fn the_channel_must_be_the_one_that_the_server_knows() {
    let mut server = Server::new();
    let known = ChannelBinding { server_end_point: Some("abc".to_owned()), ..ChannelBinding::default() };
    server.binding = ChannelBindingRule { known, required: true };
    let refused = (Refusal::ChannelBinding, 1490);
    assert_eq!(outcome(&mut server, json!({}), |_| ()), refused);
    let other = json!({ "channelBinding": { "serverEndPoint": "abd" } });
    assert_eq!(outcome(&mut server, other, |_| ()), refused);
    let request = server.ask_registration();
    let params = fc_params_with(&request, json!({ "channelBinding": { "serverEndPoint": "abc" } }));
    let response = respond(&request, &params, &[Authenticator::new(1, 0x100).register(&params)]);
    assert!(server.registered(&response).is_ok());
}

#[test]
fn a_challenge_is_answered_once_in_time_by_the_one_who_was_asked() {
    let mut server = Server::new();
    let request = server.ask_registration();
    let params = fc_params(&request);
    let response = respond(&request, &params, &[Authenticator::new(1, 0x100).register(&params)]);
    server.now += 120_000;
    assert_eq!(reason(server.registered(&response)), (Refusal::Challenge, 1491));
    server.now -= 1;
    server.user = Some("bob");
    assert_eq!(reason(server.registered(&response)), (Refusal::ServerData, 1400));
    server.user = Some("alice");
    server.mac_key = 2;
    assert_eq!(reason(server.registered(&response)), (Refusal::ServerData, 1400));
    server.mac_key = 1;
    assert!(server.registered(&response).is_ok());
    server.keys.clear();
    assert_eq!(reason(server.registered(&response)), (Refusal::Challenge, 1491));
}

#[test]
fn the_server_data_of_one_operation_is_none_of_another() {
    let mut server = Server::new();
    let phone = Authenticator::new(1, 0x100);
    let request = server.ask_authentication();
    let params = fc_params(&request);
    let mut response = respond(&request, &params, &[phone.register(&params)]);
    response[0]["header"]["op"] = json!("Reg");
    assert_eq!(reason(server.registered(&response)), (Refusal::ServerData, 1400));
}

#[test]
fn a_version_that_is_served_is_taken_for_facets_too() {
    let mut server = Server::new();
    server.versions = vec![Version::V1_0];
    let refused =
        outcome(&mut server, json!({}), |response| response[0]["header"]["upv"]["minor"] = json!(0));
    assert_eq!(refused, (Refusal::Facet, 1498));
}
