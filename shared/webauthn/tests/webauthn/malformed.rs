//! Whatever is sent, the crate answers with a refusal.

use countersign_crypto::encoding::base64url;
use countersign_webauthn::{
    AuthenticationResponse, Challenge, CredentialId, Evidence, Expected, RegistrationResponse, RelyingParty,
    Selection, StoredCredential, UserVerification, verify_authentication, verify_registration,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// SHA-256 of `example.org`, as the published vectors have it.
const RP_ID_HASH: [u8; 32] = [
    0xbf, 0xab, 0xc3, 0x74, 0x32, 0x95, 0x8b, 0x06, 0x33, 0x60, 0xd3, 0xad, 0x64, 0x61, 0xc9, 0xc4, 0x73,
    0x5a, 0xe7, 0xf8, 0xed, 0xd4, 0x65, 0x92, 0xa5, 0xe0, 0xf0, 0x14, 0x52, 0xb2, 0xe4, 0xb5,
];

fn relying_party() -> RelyingParty {
    RelyingParty {
        id: "example.org".to_owned(),
        name: "Example".to_owned(),
        origins: vec!["https://example.org".to_owned()],
    }
}

fn challenge() -> Challenge {
    Challenge::new(vec![0; 16]).unwrap()
}

fn client_data(ceremony: &str) -> Vec<u8> {
    let data = json!({"type": ceremony, "challenge": base64url(&[0; 16]), "origin": "https://example.org"});
    serde_json::to_vec(&data).unwrap()
}

fn stored() -> StoredCredential {
    serde_json::from_value(json!({
        "credential_id": "AA",
        "public_key": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "sign_count": 0,
        "user_verified": true,
        "backup_eligible": false,
        "backup_state": false,
    }))
    .unwrap()
}

fn register(client_data: &[u8], attestation_object: &[u8]) -> bool {
    let credential = json!({
        "type": "public-key",
        "id": "AA",
        "response": {
            "clientDataJSON": base64url(client_data),
            "attestationObject": base64url(attestation_object),
        },
    });
    let Ok(response) = RegistrationResponse::parse(&credential) else { return false };
    let _ = response.claimed_challenge();
    let challenge = challenge();
    let expected = Expected { challenge: &challenge, user_verification: UserVerification::Discouraged };
    verify_registration(&relying_party(), expected, &response).is_ok()
}

fn authenticate(client_data: &[u8], authenticator_data: &[u8], signature: &[u8]) -> bool {
    let credential = json!({
        "type": "public-key",
        "id": "AA",
        "response": {
            "clientDataJSON": base64url(client_data),
            "authenticatorData": base64url(authenticator_data),
            "signature": base64url(signature),
        },
    });
    let Ok(response) = AuthenticationResponse::parse(&credential) else { return false };
    let challenge = challenge();
    let expected = Expected { challenge: &challenge, user_verification: UserVerification::Discouraged };
    verify_authentication(&relying_party(), expected, b"ada", &response, &stored()).is_ok()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zA-Z0-9_=-]{0,24}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("type"),
        Just("id"),
        Just("rawId"),
        Just("response"),
        Just("clientDataJSON"),
        Just("signature"),
        Just("userHandle"),
        Just("residentKey"),
        Just("userVerification"),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

/// `{"fmt": format, "attStmt": statement, "authData": data}`.
fn attestation_object(format: &str, statement: &[u8], data: &[u8]) -> Vec<u8> {
    let mut object = vec![0xa3, 0x63];
    object.extend(b"fmt");
    object.push(0x60 | u8::try_from(format.len()).unwrap());
    object.extend(format.as_bytes());
    object.push(0x67);
    object.extend(b"attStmt");
    object.extend(statement);
    object.push(0x68);
    object.extend(b"authData");
    object.push(0x59);
    object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    object.extend(data);
    object
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_json_is_no_credential_and_no_panic(value in any_json()) {
        let _ = RegistrationResponse::parse(&value);
        let _ = AuthenticationResponse::parse(&value);
        let _ = Selection::parse(&value);
        let _ = serde_json::from_value::<StoredCredential>(value.clone());
        let _ = serde_json::from_value::<CredentialId>(value);
    }

    #[test]
    fn any_bytes_in_the_place_of_the_right_ones_are_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..512),
    ) {
        prop_assert!(!register(&bytes, &bytes));
        prop_assert!(!register(&client_data("webauthn.create"), &bytes));
        prop_assert!(!authenticate(&bytes, &bytes, &bytes));
        prop_assert!(!authenticate(&client_data("webauthn.get"), &bytes, &bytes));
    }

    #[test]
    fn any_credential_and_key_in_authenticator_data_are_refused(
        flags in any::<u8>(),
        id in 0_u16..4,
        rest in prop::collection::vec(any::<u8>(), 0..256),
        statement in prop::collection::vec(any::<u8>(), 1..64),
    ) {
        let mut data = RP_ID_HASH.to_vec();
        data.extend([flags | 0x41, 0, 0, 0, 0]);
        data.extend([0; 16]);
        data.extend(id.to_be_bytes());
        data.extend(&rest);
        for (format, statement) in [("none", [0xa0].as_slice()), ("packed", &statement)] {
            prop_assert!(!register(&client_data("webauthn.create"), &attestation_object(format, statement, &data)));
        }
        prop_assert!(!authenticate(&client_data("webauthn.get"), &data, &rest));
    }

    #[test]
    fn any_evidence_is_no_ones(texts in prop::array::uniform3("[a-zA-Z0-9_=-]{0,64}")) {
        let [authenticator_data, client_data_json, signature] = texts;
        let evidence = Evidence { authenticator_data, client_data_json, signature };
        prop_assert!(!evidence.is_signed_by(&stored().public_key));
    }
}
