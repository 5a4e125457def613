//! What a client takes and what it refuses, with requests made by hand.

use countersign_authenticator::uaf::{Authenticator, Client, ClientError, KeyName, MODEL};
use proptest::prelude::*;
use serde_json::{Value, json};

const FACET: &str = "android:apk-key-hash:2jmj7l5rSw0yVb_vlWAYkK_YBwk";
const SERVICE: &str = "https://auth.example";
const APP_ID: &str = "https://auth.example/_app/uaf/1.1/facets";
/// 32 bytes.
const CHALLENGE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn header(op: &str) -> Value {
    json!({ "upv": { "major": 1, "minor": 1 }, "op": op, "appID": APP_ID, "serverData": "sealed" })
}

fn registration() -> Value {
    let policy = json!({ "accepted": [[{ "aaid": [MODEL] }]] });
    json!([{ "header": header("Reg"), "challenge": CHALLENGE, "username": "ann", "policy": policy }])
}

fn authentication(transaction: Value) -> Value {
    let policy = json!({ "accepted": [[{ "aaid": [MODEL] }]] });
    json!([{ "header": header("Auth"), "challenge": CHALLENGE, "transaction": transaction, "policy": policy }])
}

fn deregistration(authenticators: Value) -> Value {
    json!([{ "header": header("Dereg"), "authenticators": authenticators }])
}

fn text(content: &str) -> Value {
    json!([{ "contentType": "text/plain", "content": content }])
}

fn client() -> Client {
    Client::new(FACET).of_service(SERVICE)
}

fn yes(_: &str) -> bool {
    true
}

fn registered() -> ([Authenticator; 1], KeyName) {
    let mut authenticators = [Authenticator::new()];
    let answered = client().answer(&registration().to_string(), &mut authenticators, &yes).unwrap();
    (authenticators, answered.keys[0].clone())
}

fn asked(request: &Value) -> Result<(), ClientError> {
    let (mut authenticators, _) = registered();
    client().answer(&request.to_string(), &mut authenticators, &yes).map(drop)
}

#[test]
fn an_answer_repeats_the_header_and_names_the_app() {
    let mut authenticators = [Authenticator::new()];
    let mut request = registration();
    request[0]["header"]["exts"] = json!([{ "id": "x", "data": "y", "fail_if_unknown": false }]);
    let answered = client().answer(&request.to_string(), &mut authenticators, &yes).unwrap();
    let response: Value = serde_json::from_str(&answered.uaf_response.unwrap()).unwrap();
    assert_eq!(response[0]["header"], header("Reg"), "without the extension");
    assert_eq!(response[0]["assertions"][0]["assertionScheme"], "UAFV1TLV");
    let key = &authenticators[0].keys()[0];
    assert_eq!((key.app_id(), key.username(), key.sign_counter()), (APP_ID, "ann", 0));
    assert_eq!(answered.keys, [KeyName { aaid: MODEL.into(), key_id: key.key_id() }]);
    assert_eq!(answered.shown, None);
}

#[test]
fn the_latest_version_that_is_spoken_is_answered() {
    let of = |minor: u16, challenge: &str| {
        let mut entry = registration()[0].clone();
        entry["header"]["upv"]["minor"] = json!(minor);
        entry["challenge"] = json!(challenge);
        entry
    };
    let request = json!([of(0, "malformed"), of(1, CHALLENGE), of(2, "malformed")]);
    assert_eq!(asked(&request), Ok(()));
    assert_eq!(asked(&json!([of(0, CHALLENGE)])), Ok(()));
    assert_eq!(asked(&json!([of(2, CHALLENGE)])), Err(ClientError::Version));
    assert_eq!(asked(&json!([])), Err(ClientError::Version));
    assert!(matches!(asked(&json!([of(1, CHALLENGE), of(1, CHALLENGE)])), Err(ClientError::Malformed(_))));
}

#[test]
fn malformed_requests_are_refused() {
    let wrong = [
        ("/0/header/upv", json!("1.1")),
        ("/0/header/op", json!("reg")),
        ("/0/header/appID", json!(1)),
        ("/0/header/appID", json!("x".repeat(513))),
        ("/0/header/serverData", json!("x".repeat(1537))),
        ("/0/challenge", json!(null)),
        ("/0/challenge", json!("AAAA")),
        ("/0/challenge", json!("A".repeat(88))),
        ("/0/challenge", json!("not base64url!")),
        ("/0/username", json!(null)),
        ("/0/username", json!("")),
        ("/0/username", json!("x".repeat(129))),
        ("/0/policy", json!({})),
        ("/0/policy/accepted", json!([])),
        ("/0/policy/accepted", json!([[]])),
        ("/0/policy/accepted", json!([[{ "aaid": MODEL }]])),
        ("/0", json!([])),
    ];
    for (path, value) in wrong {
        let mut request = registration();
        *request.pointer_mut(path).unwrap() = value.clone();
        assert!(matches!(asked(&request), Err(ClientError::Malformed(_))), "{path} {value}");
    }
    assert!(matches!(asked(&registration()[0]), Err(ClientError::Malformed(_))), "no array");
    let mut request = registration();
    request[0]["header"]["exts"] = json!([{ "id": "x", "data": "", "fail_if_unknown": true }]);
    assert_eq!(asked(&request), Err(ClientError::Extension));
    for names in [json!([]), json!([{ "aaid": "", "keyID": "x" }]), json!([{ "aaid": MODEL }])] {
        assert!(matches!(asked(&deregistration(names)), Err(ClientError::Malformed(_))));
    }
}

#[test]
fn another_application_is_not_answered() {
    for app_id in [
        "https://auth.example.evil/_app/uaf/1.1/facets",
        "https://evil.example/",
        "http://auth.example/_app/uaf/1.1/facets",
        "",
        FACET,
    ] {
        let mut request = registration();
        request[0]["header"]["appID"] = json!(app_id);
        assert_eq!(asked(&request), Err(ClientError::AppId), "{app_id}");
    }
    let mut nameless = registration();
    nameless[0]["header"].as_object_mut().unwrap().remove("appID");
    let mut authenticators = [Authenticator::new()];
    Client::new(FACET).answer(&nameless.to_string(), &mut authenticators, &yes).unwrap();
    assert_eq!(authenticators[0].keys()[0].app_id(), FACET, "without an id it is the app itself");
}

#[test]
fn an_app_that_the_application_does_not_trust_is_not_served() {
    let document = |minor: u16, id: &str| {
        json!({ "trustedFacets": [{ "version": { "major": 1, "minor": minor }, "ids": [id] }] }).to_string()
    };
    let answer = |document: &str| {
        let client = client().with_facets(document).unwrap();
        client.answer(&registration().to_string(), &mut [Authenticator::new()], &yes).map(drop)
    };
    assert_eq!(answer(&document(1, FACET)), Ok(()));
    assert_eq!(answer(&document(0, FACET)), Err(ClientError::UntrustedFacet));
    assert_eq!(answer(&document(1, "https://auth.example")), Err(ClientError::UntrustedFacet));
    assert!(client().with_facets("[]").is_err());
}

#[test]
fn a_text_is_shown_and_signed_only_when_it_is_confirmed() {
    let (mut authenticators, _) = registered();
    // "Pay 120 EUR?"
    let request = authentication(text("UGF5IDEyMCBFVVI_")).to_string();
    let asked = std::cell::RefCell::new(Vec::new());
    let say = |answer: bool, text: &str| {
        asked.borrow_mut().push(text.to_owned());
        answer
    };
    let refused = client().answer(&request, &mut authenticators, &|text| say(false, text));
    assert_eq!(refused, Err(ClientError::Declined));
    assert_eq!(authenticators[0].keys()[0].sign_counter(), 0, "nothing was signed");
    let answered = client().answer(&request, &mut authenticators, &|text| say(true, text)).unwrap();
    assert_eq!(answered.shown.as_deref(), Some("Pay 120 EUR?"));
    assert_eq!(asked.into_inner(), ["Pay 120 EUR?"; 2]);
    assert_eq!(authenticators[0].keys()[0].sign_counter(), 1);

    let no_text = json!([{ "contentType": "image/png", "content": "iVBORw" }]);
    let two_forms = json!([no_text[0], text("UGF5IDEyMCBFVVI_")[0]]);
    let answered =
        client().answer(&authentication(two_forms).to_string(), &mut authenticators, &yes).unwrap();
    assert_eq!(answered.shown.as_deref(), Some("Pay 120 EUR?"));
    // A picture; nothing; an escape; an a with dots; 201 characters.
    for content in [no_text, text(""), text("Gw"), text("w6Q"), text(&"QUFB".repeat(67))] {
        let request = authentication(content).to_string();
        let refused = client().answer(&request, &mut authenticators, &|_| panic!("it cannot be shown"));
        assert_eq!(refused, Err(ClientError::CannotShow));
    }
}

#[test]
fn keys_are_chosen_as_the_policy_says() {
    let (mut authenticators, first) = registered();
    let mut again = registration();
    again[0]["policy"]["disallowed"] = json!([{ "aaid": [MODEL], "keyIDs": [first.key_id] }]);
    let refused = client().answer(&again.to_string(), &mut authenticators, &yes);
    assert_eq!(refused, Err(ClientError::NoSuitableAuthenticator), "it is registered already");
    let mut other = registration();
    other[0]["username"] = json!("bob");
    let second = client().answer(&other.to_string(), &mut authenticators, &yes).unwrap().keys[0].clone();

    let mut with = |policy: Value, client: Client| {
        let mut request = authentication(json!([]));
        request[0]["policy"] = policy;
        let answered = client.answer(&request.to_string(), &mut authenticators, &yes);
        answered.map(|answered| answered.keys[0].key_id.clone())
    };
    let any = json!({ "accepted": [[{ "aaid": [MODEL] }]] });
    assert_eq!(with(any.clone(), client()), Ok(second.key_id.clone()), "the newest");
    assert_eq!(with(any.clone(), client().for_user("ann")), Ok(first.key_id.clone()));
    assert_eq!(with(any, client().for_user("eve")), Err(ClientError::NoSuitableAuthenticator));
    let pinned = json!({ "accepted": [[{ "aaid": [MODEL], "keyIDs": [first.key_id] }]] });
    assert_eq!(with(pinned, client()), Ok(first.key_id.clone()));
    let without =
        json!({ "accepted": [[{ "aaid": [MODEL] }]], "disallowed": [{ "keyIDs": [second.key_id] }] });
    assert_eq!(with(without, client()), Ok(first.key_id.clone()));
    let criterion = |member: &str, value: Value| {
        let mut criterion = json!({ "authenticationAlgorithms": [1, 2], "assertionSchemes": ["UAFV1TLV"] });
        criterion[member] = value;
        json!({ "accepted": [[criterion]] })
    };
    for (member, good, bad) in [
        ("vendorID", json!(["ce5a"]), json!(["CE5B"])),
        ("userVerification", json!(6), json!(2)),
        ("keyProtection", json!(3), json!(2)),
        ("matcherProtection", json!(1), json!(4)),
        ("attachmentHint", json!(1), json!(2)),
        ("tcDisplay", json!(1), json!(8)),
        ("authenticationAlgorithms", json!([1]), json!([2])),
        ("assertionSchemes", json!(["UAFV1TLV"]), json!(["V2"])),
        ("attestationTypes", json!([0x3e07, 0x3e08]), json!([0x3e07])),
        ("authenticatorVersion", json!(1), json!(2)),
    ] {
        assert!(with(criterion(member, good), client()).is_ok(), "{member}");
        assert_eq!(
            with(criterion(member, bad), client()),
            Err(ClientError::NoSuitableAuthenticator),
            "{member}"
        );
    }
    let two = json!({ "accepted": [[{ "aaid": [MODEL] }, { "aaid": [MODEL] }]] });
    assert_eq!(with(two, client()), Err(ClientError::NoSuitableAuthenticator), "there is but one");
}

#[test]
fn forgetting_names_one_key_those_of_a_model_or_all() {
    for (names, left) in [
        (json!([{ "aaid": "", "keyID": "" }]), 0),
        (json!([{ "aaid": MODEL, "keyID": "" }]), 0),
        (json!([{ "aaid": "CE5A#0002", "keyID": "" }]), 1),
        (json!([{ "aaid": MODEL, "keyID": "AAAA" }]), 1),
    ] {
        let (mut authenticators, key) = registered();
        let answered =
            client().answer(&deregistration(names).to_string(), &mut authenticators, &yes).unwrap();
        assert_eq!((answered.uaf_response, authenticators[0].keys().len()), (None, left));
        assert_eq!(answered.keys.len(), 1 - left);
        assert_eq!(authenticators[0].forget(&key), left == 1);
    }
    let (mut authenticators, key) = registered();
    let mut request = deregistration(json!([{ "aaid": key.aaid, "keyID": key.key_id }]));
    request[0]["header"]["appID"] = json!("https://auth.example/other");
    let answered = client().answer(&request.to_string(), &mut authenticators, &yes).unwrap();
    assert_eq!((answered.keys.len(), authenticators[0].keys().len()), (0, 1), "it is of another application");
}

#[test]
fn an_authenticator_is_kept_whole_and_not_shown() {
    let (authenticators, key) = registered();
    let kept = serde_json::to_value(&authenticators).unwrap();
    let private = kept[0]["keys"][0]["privateKey"].as_str().unwrap().to_owned();
    assert!(!format!("{authenticators:?}").contains(&private));
    let mut read: [Authenticator; 1] = serde_json::from_value(kept).unwrap();
    let answered = client().answer(&authentication(json!([])).to_string(), &mut read, &yes).unwrap();
    assert_eq!(answered.keys, [key]);
}

proptest! {
    #[test]
    fn any_text_is_answered_or_refused(text in ".{0,200}") {
        prop_assert!(client().answer(&text, &mut [Authenticator::new()], &yes).is_err());
    }

    #[test]
    fn any_value_anywhere_is_answered_or_refused(
        place in 0usize..9,
        value in prop_oneof![Just(json!(null)), Just(json!(-1)), Just(json!([{}])), Just(json!({ "a": [1] })), Just(json!("x"))],
    ) {
        let paths = ["/0/header/exts", "/0/header", "/0/header/upv/minor", "/0/challenge", "/0/username", "/0/policy",
            "/0/policy/accepted", "/0/policy/accepted/0", "/0/policy/accepted/0/0/aaid"];
        let mut request = registration();
        request[0]["header"]["exts"] = json!([]);
        *request.pointer_mut(paths[place]).unwrap() = value;
        let _ = client().answer(&request.to_string(), &mut [Authenticator::new()], &yes);
    }
}
