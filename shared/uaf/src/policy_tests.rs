use serde_json::{Value, json};

use super::*;
use crate::aaid::KeyId;
use crate::metadata::Statement;

fn statement(aaid: &str) -> Statement {
    serde_json::from_value(json!({
        "aaid": aaid, "authenticatorVersion": 2, "assertionScheme": "UAFV1TLV", "authenticationAlgorithm": 1,
        "publicKeyAlgAndEncoding": 256, "attestationTypes": [15879],
        "userVerificationDetails": [[{ "userVerification": 2 }], [{ "userVerification": 4 }, { "userVerification": 16 }]],
        "keyProtection": 6, "matcherProtection": 2, "attachmentHint": 1, "tcDisplay": 1,
    }))
    .unwrap()
}

fn key_id(byte: u8) -> KeyId {
    KeyId::from_bytes(&[byte; 32]).unwrap()
}

fn criterion(json: Value) -> MatchCriteria {
    serde_json::from_value(json).unwrap()
}

fn matches(mut members: Value) -> bool {
    let statement = statement("00AB#0001");
    let candidate = Candidate { statement: &statement, key_id: key_id(1), version: 3 };
    if members.get("aaid").is_none() {
        let base = json!({ "authenticationAlgorithms": [1], "assertionSchemes": ["UAFV1TLV"] });
        for (name, value) in base.as_object().unwrap() {
            members.as_object_mut().unwrap().entry(name).or_insert(value.clone());
        }
    }
    let criterion = criterion(members);
    criterion.check().unwrap();
    criterion.matches(&candidate)
}

#[test]
fn every_member_of_a_criterion_counts() {
    let cases = [
        (json!({ "aaid": ["00AB#0001"] }), json!({ "aaid": ["00AB#0002"] })),
        (json!({ "aaid": ["00AB#0002", "00ab#0001"] }), json!({ "aaid": ["00AC#0001"] })),
        (
            json!({ "aaid": ["00AB#0001"], "keyIDs": [key_id(1)] }),
            json!({ "aaid": ["00AB#0001"], "keyIDs": [key_id(2)] }),
        ),
        (
            json!({ "aaid": ["00AB#0001"], "authenticatorVersion": 3 }),
            json!({ "aaid": ["00AB#0001"], "authenticatorVersion": 4 }),
        ),
        (
            json!({ "aaid": ["00AB#0001"], "attachmentHint": 3 }),
            json!({ "aaid": ["00AB#0001"], "attachmentHint": 2 }),
        ),
        (json!({ "vendorID": ["00ab"] }), json!({ "vendorID": ["00AC"] })),
        (json!({ "userVerification": 3 }), json!({ "userVerification": 1 })),
        (json!({ "userVerification": 0x414 }), json!({ "userVerification": 0x412 })),
        (json!({ "userVerification": 2 }), json!({ "userVerification": 4 })),
        (json!({ "keyProtection": 4 }), json!({ "keyProtection": 1 })),
        (json!({ "matcherProtection": 2 }), json!({ "matcherProtection": 4 })),
        (json!({ "tcDisplay": 1 }), json!({ "tcDisplay": 2 })),
        (json!({ "authenticationAlgorithms": [5, 1] }), json!({ "authenticationAlgorithms": [2] })),
        (json!({ "assertionSchemes": ["UAFV1TLV"] }), json!({ "assertionSchemes": ["OTHER"] })),
        (json!({ "attestationTypes": [15879] }), json!({ "attestationTypes": [15880] })),
        (
            json!({ "exts": [{ "id": "x", "data": "", "fail_if_unknown": false }] }),
            json!({ "exts": [{ "id": "x", "data": "", "fail_if_unknown": true }] }),
        ),
    ];
    for (good, bad) in cases {
        assert!(matches(good.clone()), "{good}");
        assert!(!matches(bad.clone()), "{bad}");
    }
}

#[test]
fn members_that_do_not_go_together_are_refused() {
    for bad in [
        json!({}),
        json!({ "authenticationAlgorithms": [1] }),
        json!({ "assertionSchemes": ["UAFV1TLV"] }),
        json!({ "vendorID": ["00AB"] }),
        json!({ "keyIDs": [key_id(1)] }),
        json!({ "aaid": ["00AB#0001"], "vendorID": ["00AB"] }),
        json!({ "aaid": ["00AB#0001"], "userVerification": 2 }),
        json!({ "aaid": ["00AB#0001"], "keyProtection": 2 }),
        json!({ "aaid": ["00AB#0001"], "matcherProtection": 2 }),
        json!({ "aaid": ["00AB#0001"], "tcDisplay": 1 }),
        json!({ "aaid": ["00AB#0001"], "authenticationAlgorithms": [1] }),
        json!({ "aaid": ["00AB#0001"], "assertionSchemes": ["UAFV1TLV"] }),
        json!({ "aaid": ["00AB#0001"], "attestationTypes": [15879] }),
    ] {
        let policy = json!({ "accepted": [[bad]] });
        assert!(serde_json::from_value::<Policy>(policy.clone()).is_err(), "{policy}");
    }
    assert!(Policy::new(Vec::new(), Vec::new()).is_err());
    assert!(Policy::new(vec![Vec::new()], Vec::new()).is_err());
    let models = || criterion(json!({ "aaid": ["00AB#0001"] }));
    let alone = criterion(json!({ "keyIDs": [key_id(1)] }));
    assert!(Policy::new(vec![vec![models()]], vec![alone]).is_ok());
    assert!(Policy::new(vec![vec![models()]], vec![MatchCriteria::default()]).is_err());
}

#[test]
fn a_policy_is_written_as_it_is_read() {
    let json = json!({
        "accepted": [[{ "aaid": ["00AB#0001"], "keyIDs": [key_id(1)] }],
            [{ "authenticationAlgorithms": [1], "assertionSchemes": ["UAFV1TLV"], "userVerification": 1023 }]],
        "disallowed": [{ "aaid": ["00AB#0002"] }],
    });
    let policy: Policy = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&policy).unwrap(), json);
    assert_eq!((policy.accepted().len(), policy.disallowed().len()), (2, 1));
}

#[test]
fn the_first_alternative_that_is_met_by_different_authenticators_counts() {
    let (one, two) = (statement("00AB#0001"), statement("00AB#0002"));
    let candidate = |statement, byte| Candidate { statement, key_id: key_id(byte), version: 3 };
    let model = |aaids: &[&str]| criterion(json!({ "aaid": aaids }));
    let policy = Policy::new(
        vec![
            // The first criterion is met by both, the second by one only: the order must not matter.
            vec![model(&["00AB#0001", "00AB#0002"]), model(&["00AB#0001"])],
            vec![model(&["00AB#0001"])],
        ],
        vec![MatchCriteria::key("00AB#0002".parse().unwrap(), key_id(9))],
    )
    .unwrap();
    let (first, second) = (candidate(&one, 1), candidate(&two, 2));
    assert_eq!(policy.satisfied(&[first, second]), Some(0));
    assert_eq!(policy.satisfied(&[second, first]), Some(0));
    assert_eq!(policy.satisfied(&[first]), Some(1));
    assert_eq!(policy.satisfied(&[second]), None);
    assert_eq!(policy.satisfied(&[]), None);
    assert!(policy.allows(&second));
    assert!(!policy.allows(&candidate(&two, 9)));
    assert!(!policy.allows(&candidate(&statement("00AB#0003"), 1)));
}
