use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::aaid::{Aaid, KeyId};

fn response(minor: u16) -> Value {
    json!({
        "header": { "upv": { "major": 1, "minor": minor }, "op": "Auth", "appID": "https://a.example/facets", "serverData": "x" },
        "fcParams": "e30",
        "assertions": [{ "assertionScheme": "UAFV1TLV", "assertion": "AA" }],
    })
}

fn read(message: &Value) -> Result<Response, Refusal> {
    parse(message.to_string().as_bytes(), &[Version::V1_1, Version::V1_0])
}

#[test]
fn the_entry_of_the_preferred_version_is_taken() {
    for message in [json!([response(0), response(1)]), json!([response(1), response(0)])] {
        assert_eq!(read(&message).unwrap().header.upv, Version::V1_1);
    }
    assert_eq!(read(&json!([response(2), response(0)])).unwrap().header.upv, Version::V1_0);
    assert_eq!(read(&json!([response(2)])), Err(Refusal::Version));
    let only = parse::<Response>(json!([response(0)]).to_string().as_bytes(), &[Version::V1_1]);
    assert_eq!(only, Err(Refusal::Version));
}

#[test]
fn a_message_of_another_shape_is_refused() {
    assert_eq!(read(&json!([response(1), response(1)])), Err(Refusal::Malformed));
    assert_eq!(read(&json!([])), Err(Refusal::Malformed));
    assert_eq!(read(&response(1)), Err(Refusal::Malformed));
    assert!(read(&json!([response(1)])).is_ok());
    let wrong = [
        ("/header/upv/major", json!("1")),
        ("/header/upv/minor", json!(-1)),
        ("/header/upv/minor", json!(1.0)),
        ("/header/upv", json!([1, 1, 1])),
        ("/header/op", json!("auth")),
        ("/header/op", json!(1)),
        ("/header/appID", json!(1)),
        ("/header/serverData", json!({})),
        ("/fcParams", json!(null)),
        ("/fcParams", json!({})),
        ("/assertions", json!({})),
        ("/assertions/0", json!("AA")),
        ("/assertions/0/assertion", json!(["AA"])),
        ("/assertions/0/assertionScheme", json!(null)),
    ];
    for (path, value) in wrong {
        let mut message = json!([response(1)]);
        *message.pointer_mut(&format!("/0{path}")).unwrap() = value.clone();
        assert_eq!(read(&message), Err(Refusal::Malformed), "{path} {value}");
    }
    let twice =
        json!([response(1)]).to_string().replace("\"fcParams\":", "\"fcParams\":\"e30\",\"fcParams\":");
    assert_eq!(parse::<Response>(twice.as_bytes(), &[Version::V1_1]), Err(Refusal::Malformed));
    let long = format!("{}{}", " ".repeat(MAX_MESSAGE), json!([response(1)]));
    assert_eq!(parse::<Response>(long.as_bytes(), &[Version::V1_1]), Err(Refusal::Malformed));
}

#[test]
fn a_deregistration_names_all_keys_those_of_a_model_or_one() {
    let aaid: Aaid = "ABCD#0001".parse().unwrap();
    let other: Aaid = "ABCD#0002".parse().unwrap();
    let key = KeyId::from_bytes(&[1; 32]).unwrap();
    let request = DeregistrationRequest::new(
        Version::V1_1,
        "https://a.example/facets",
        vec![Authenticator::Everything, Authenticator::Model(aaid), Authenticator::Key(aaid, key)],
    );
    let text = write(&request);
    let names: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(names[0]["header"]["op"], "Dereg");
    assert_eq!(
        names[0]["authenticators"],
        json!([
            { "aaid": "", "keyID": "" },
            { "aaid": "ABCD#0001", "keyID": "" },
            { "aaid": "ABCD#0001", "keyID": key.to_string() },
        ])
    );
    assert_eq!(parse::<DeregistrationRequest>(text.as_bytes(), &[Version::V1_1]).unwrap(), request);

    let second = KeyId::from_bytes(&[2; 32]).unwrap();
    let covered =
        |entry: Authenticator| [(aaid, key), (aaid, second), (other, key)].map(|(a, k)| entry.covers(&a, &k));
    assert_eq!(covered(Authenticator::Everything), [true, true, true]);
    assert_eq!(covered(Authenticator::Model(aaid)), [true, true, false]);
    assert_eq!(covered(Authenticator::Key(aaid, key)), [true, false, false]);

    for entry in [
        json!({ "aaid": "", "keyID": key.to_string() }),
        json!({ "aaid": "ABCD", "keyID": "" }),
        json!({ "aaid": "" }),
    ] {
        assert!(serde_json::from_value::<Authenticator>(entry).is_err());
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
        prop_assert!(parse::<Response>(&bytes, &[Version::V1_1]).is_err());
    }
}
