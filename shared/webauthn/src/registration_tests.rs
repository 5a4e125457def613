use aws_lc_rs::signature::KeyPair;
use coset::cbor::Value;
use serde_json::json;

use super::*;
use crate::challenge::Challenge;
use crate::samples::{self, EXTENSIONS, Key, Saying, cbor, text_map};
use crate::selection::UserVerification;

const CREATE: &str = "webauthn.create";

fn verify(response: &RegistrationResponse) -> Result<NewCredential, Refused> {
    verify_registration(&samples::relying_party(), samples::expected(&samples::challenge()), response)
}

/// The outcome of a registration by ES256 in which one thing is bent.
fn bent(bend: impl FnOnce(&mut Saying)) -> Result<NewCredential, Refused> {
    let mut saying = Saying::of(CREATE);
    bend(&mut saying);
    verify(&saying.registration(&Key::es256()))
}

fn client_data(member: &str, value: serde_json::Value) -> Result<NewCredential, Refused> {
    bent(|saying| saying.client_data[member] = value)
}

fn self_signed(algorithm: i64, key: &Key, signed: &[u8]) -> (&'static str, Value) {
    let signature = Value::Bytes(key.sign(signed));
    ("packed", text_map([("alg", Value::from(algorithm)), ("sig", signature)]))
}

#[test]
fn a_credential_of_each_algorithm_is_registered() {
    for (key, kty, alg) in
        [(Key::es256(), "EC", "ES256"), (Key::eddsa(), "OKP", "EdDSA"), (Key::rs256(), "RSA", "RS256")]
    {
        let new = samples::registered(&key);
        assert_eq!(new.stored.credential_id.as_bytes(), samples::CREDENTIAL);
        assert_eq!((new.stored.sign_count, new.aaguid), (1, [7; 16]));
        assert_eq!(
            (new.stored.user_verified, new.stored.backup_eligible, new.stored.backup_state),
            (true, true, false)
        );
        assert_eq!(new.attestation, Attestation::None);
        assert_eq!(serde_json::to_value(new.jwk()).unwrap()["kty"], kty);
        assert_eq!(new.jwk().algorithm().name(), alg);
    }
}

#[test]
fn extensions_and_unknown_members_are_no_hindrance() {
    assert!(client_data("extraData", json!({"crossOrigin": true})).is_ok());
    let extended = bent(|saying| {
        saying.flags |= EXTENSIONS;
        saying.rest = cbor(&text_map([("credProtect", Value::from(2))]));
    });
    assert!(extended.is_ok());
    assert!(bent(|saying| saying.client_data["origin"] = json!(samples::APP)).is_ok());
}

#[test]
fn malformed_client_data_is_refused() {
    for data in [json!(null), json!([]), json!("x"), json!({}), json!({"type": CREATE, "challenge": "AAAA"})]
    {
        assert_eq!(bent(|saying| saying.client_data = data), Err(Refused::ClientData));
    }
    let listed =
        |saying: &Saying| json!([CREATE, saying.client_data["challenge"], saying.client_data["origin"]]);
    assert_eq!(bent(|saying| saying.client_data = listed(saying)), Err(Refused::ClientData));
    assert_eq!(client_data("type", json!(1)), Err(Refused::ClientData));
    assert_eq!(client_data("challenge", json!("AAECAwQFBgcICQoLDA0ODw==")), Err(Refused::ClientData));
    assert_eq!(client_data("crossOrigin", json!("no")), Err(Refused::ClientData));
}

#[test]
fn a_member_of_the_client_data_that_is_there_twice_is_refused() {
    let saying = Saying::of(CREATE);
    let mut response = saying.registration(&Key::es256());
    let text = String::from_utf8(saying.client_data_json()).unwrap();
    response.client_data_json = text.replacen('{', r#"{"origin":"https://evil.example","#, 1).into_bytes();
    assert_eq!(verify(&response), Err(Refused::ClientData));
}

#[test]
fn the_other_ceremony_is_refused() {
    for other in ["webauthn.get", "webauthn.create ", "Webauthn.create", "payment.get", ""] {
        assert_eq!(client_data("type", json!(other)), Err(Refused::Type));
    }
}

#[test]
fn another_challenge_is_refused() {
    for other in ["", "AAECAwQFBgcICQoLDA0O", "AAECAwQFBgcICQoLDA0OAA", "AAECAwQFBgcICQoLDA0ODwA"] {
        assert_eq!(client_data("challenge", json!(other)), Err(Refused::Challenge), "{other}");
    }
}

#[test]
fn another_origin_is_refused() {
    for other in [
        "https://evil.example",
        "http://login.example.org",
        "https://login.example.org/",
        "https://login.example.org:8443",
        "https://example.org",
        "https://login.example.org.evil.example",
        "android:apk-key-hash:AAAA",
        "",
    ] {
        assert_eq!(client_data("origin", json!(other)), Err(Refused::Origin), "{other}");
    }
}

#[test]
fn a_frame_of_another_origin_is_refused() {
    assert_eq!(client_data("crossOrigin", json!(true)), Err(Refused::CrossOrigin));
    assert_eq!(client_data("topOrigin", json!("https://evil.example")), Err(Refused::CrossOrigin));
    assert!(client_data("crossOrigin", json!(null)).is_ok());
}

#[test]
fn another_relying_party_is_refused() {
    assert_eq!(bent(|saying| saying.rp_id = "evil.example"), Err(Refused::RpId));
}

#[test]
fn an_absent_user_is_refused() {
    assert_eq!(bent(|saying| saying.flags &= !1), Err(Refused::UserPresence));
}

#[test]
fn an_unverified_user_is_refused_only_where_verification_is_required() {
    let mut saying = Saying::of(CREATE);
    saying.flags &= !4;
    let response = saying.registration(&Key::es256());
    assert_eq!(verify(&response), Err(Refused::UserVerification));
    for user_verification in [UserVerification::Preferred, UserVerification::Discouraged] {
        let challenge = samples::challenge();
        let expected = Expected { challenge: &challenge, user_verification };
        let new = verify_registration(&samples::relying_party(), expected, &response).unwrap();
        assert!(!new.stored.user_verified);
    }
}

#[test]
fn backed_up_without_being_eligible_is_refused() {
    assert_eq!(bent(|saying| saying.flags = 0x15), Err(Refused::BackupState));
    assert!(bent(|saying| saying.flags = 0x1d).unwrap().stored.backup_state);
}

#[test]
fn an_algorithm_that_was_not_offered_is_refused() {
    // ES384, RS1, "Ed25519" and ES256K.
    for algorithm in [-35, -65535, -19, -47] {
        let key = Key::es256();
        let mut saying = Saying::of(CREATE);
        let mut cose = key.cose();
        cose[1].1 = Value::from(algorithm);
        saying.cose = Some(cose);
        assert_eq!(verify(&saying.registration(&key)), Err(Refused::Algorithm), "{algorithm}");
    }
}

#[test]
fn a_key_that_is_not_its_algorithms_is_refused() {
    let bad = |cose: Vec<(i64, Value)>| bent(|saying| saying.cose = Some(cose));
    let with = |key: &Key, label: i64, value: Option<Value>| {
        let mut cose = key.cose();
        cose.retain(|(known, _)| *known != label);
        cose.extend(value.map(|value| (label, value)));
        bad(cose)
    };
    let (ec, okp, rsa) = (Key::es256(), Key::eddsa(), Key::rs256());
    for (key, label) in [(&ec, -1), (&ec, -2), (&ec, -3), (&okp, -1), (&okp, -2), (&rsa, -1), (&rsa, -2)] {
        assert_eq!(with(key, label, None), Err(Refused::PublicKey), "{label} missing");
        assert_eq!(
            with(key, label, Some(Value::from("x"))),
            Err(Refused::PublicKey),
            "{label} of another type"
        );
        assert_eq!(with(key, label, Some(Value::Bytes(vec![]))), Err(Refused::PublicKey), "{label} empty");
    }
    for key in [&ec, &okp, &rsa] {
        assert_eq!(with(key, 1, None), Err(Refused::PublicKey), "no key type");
        assert_eq!(with(key, 1, Some(Value::from(4))), Err(Refused::PublicKey), "another key type");
        assert_eq!(with(key, 3, None), Err(Refused::PublicKey), "no algorithm");
        let mut twice = key.cose();
        twice.push(twice[1].clone());
        assert_eq!(bad(twice), Err(Refused::PublicKey), "a member twice");
    }
    // Another curve, a point that is not on it, a point of small order, weak RSA.
    assert_eq!(with(&ec, -1, Some(Value::from(2))), Err(Refused::PublicKey));
    assert_eq!(with(&ec, -3, Some(Value::Bytes(vec![1; 32]))), Err(Refused::PublicKey));
    assert_eq!(with(&ec, -3, Some(Value::Bool(true))), Err(Refused::PublicKey));
    assert_eq!(with(&okp, -1, Some(Value::from(4))), Err(Refused::PublicKey));
    assert_eq!(with(&okp, -2, Some(Value::Bytes(vec![0; 32]))), Err(Refused::PublicKey));
    assert_eq!(with(&rsa, -2, Some(Value::Bytes(vec![3]))), Err(Refused::PublicKey));
    assert_eq!(with(&rsa, -1, Some(Value::Bytes(vec![255; 128]))), Err(Refused::PublicKey));
}

#[test]
fn another_credential_id_than_the_attested_one_is_refused() {
    // The response keeps naming the sample's credential.
    assert_eq!(bent(|saying| saying.credential_id = b"other".to_vec()), Err(Refused::CredentialId));
}

#[test]
fn authenticator_data_of_another_layout_is_refused() {
    assert_eq!(bent(|saying| saying.rest = vec![0]), Err(Refused::AuthenticatorData), "something follows");
    assert_eq!(bent(|saying| saying.flags |= EXTENSIONS), Err(Refused::AuthenticatorData), "no extensions");
    let number = |saying: &mut Saying| {
        saying.flags |= EXTENSIONS;
        saying.rest = vec![1];
    };
    assert_eq!(bent(number), Err(Refused::AuthenticatorData), "extensions that are no map");
    for length in [0, 1024] {
        assert_eq!(
            bent(|saying| saying.credential_id = vec![1; length]),
            Err(Refused::AuthenticatorData),
            "{length}"
        );
    }
}

#[test]
fn cut_authenticator_data_is_refused() {
    let (saying, key) = (Saying::of(CREATE), Key::es256());
    let data = saying.authenticator_data(&key, samples::FLAGS | samples::ATTESTED);
    let object = |data: &[u8]| {
        cbor(&text_map([
            ("fmt", Value::from("none")),
            ("attStmt", text_map([])),
            ("authData", Value::Bytes(data.to_vec())),
        ]))
    };
    assert!(verify(&saying.registration_of(object(&data))).is_ok());
    for length in 0..data.len() {
        let cut = verify(&saying.registration_of(object(&data[..length])));
        assert_eq!(cut, Err(Refused::AuthenticatorData), "{length}");
    }
    // Nothing attested.
    let plain = saying.authenticator_data(&key, samples::FLAGS);
    assert_eq!(verify(&saying.registration_of(object(&plain))), Err(Refused::AuthenticatorData));
}

#[test]
fn a_malformed_attestation_object_is_refused() {
    let (saying, key) = (Saying::of(CREATE), Key::es256());
    let whole = saying.registration(&key).attestation_object;
    for length in 1..whole.len() {
        assert_eq!(
            verify(&saying.registration_of(whole[..length].to_vec())),
            Err(Refused::AttestationObject)
        );
    }
    let followed = [whole.as_slice(), &[0]].concat();
    assert_eq!(verify(&saying.registration_of(followed)), Err(Refused::AttestationObject));

    let data = Value::Bytes(saying.authenticator_data(&key, samples::FLAGS | samples::ATTESTED));
    let (fmt, statement) = (Value::from("none"), text_map([]));
    for members in [
        text_map([("attStmt", statement.clone()), ("authData", data.clone())]),
        text_map([("fmt", fmt.clone()), ("authData", data.clone())]),
        text_map([("fmt", fmt.clone()), ("attStmt", statement.clone())]),
        text_map([("fmt", Value::from(1)), ("attStmt", statement.clone()), ("authData", data.clone())]),
        text_map([("fmt", fmt.clone()), ("attStmt", Value::Null), ("authData", data.clone())]),
        text_map([("fmt", fmt.clone()), ("attStmt", statement.clone()), ("authData", Value::from("x"))]),
        text_map([("fmt", fmt.clone()), ("fmt", fmt), ("attStmt", statement), ("authData", data)]),
        Value::Array(vec![]),
    ] {
        assert_eq!(verify(&saying.registration_of(cbor(&members))), Err(Refused::AttestationObject));
    }
}

#[test]
fn a_statement_signed_by_the_credential_itself_is_verified() {
    for (key, algorithm, other) in [(Key::es256(), -7, -8), (Key::eddsa(), -8, -7), (Key::rs256(), -257, -37)]
    {
        let saying = Saying::of(CREATE);
        let right = saying.attested(&key, |signed| self_signed(algorithm, &key, signed));
        assert_eq!(verify(&right).unwrap().attestation, Attestation::SelfSigned);

        let wrong = saying.attested(&key, |signed| self_signed(other, &key, signed));
        assert_eq!(verify(&wrong), Err(Refused::AttestationStatement), "another algorithm");
        let wrong = saying.attested(&key, |_| self_signed(algorithm, &key, b"something else"));
        assert_eq!(verify(&wrong), Err(Refused::AttestationStatement), "over something else");
        let wrong = saying.attested(&key, |signed| self_signed(algorithm, &Key::es256(), signed));
        assert_eq!(verify(&wrong), Err(Refused::AttestationStatement), "by another key");
    }
}

#[test]
fn a_statement_of_another_form_is_refused() {
    let (saying, key) = (Saying::of(CREATE), Key::es256());
    let signature = |signed: &[u8]| Value::Bytes(key.sign(signed));
    let refused = |statement: &dyn Fn(&[u8]) -> Value| {
        verify(&saying.attested(&key, |signed| ("packed", statement(signed)))).unwrap_err()
    };
    let alg = || Value::from(-7);
    for statement in [
        &(|_: &[u8]| text_map([])) as &dyn Fn(&[u8]) -> Value,
        &|_| text_map([("alg", alg())]),
        &|signed| text_map([("sig", signature(signed))]),
        &|signed| text_map([("alg", Value::from("ES256")), ("sig", signature(signed))]),
        &|signed| {
            text_map([("alg", alg()), ("sig", signature(signed)), ("ecdaaKeyId", Value::Bytes(vec![1]))])
        },
        &|signed| text_map([("alg", alg()), ("sig", signature(signed)), ("x5c", Value::Array(vec![]))]),
        &|signed| {
            text_map([
                ("alg", alg()),
                ("sig", signature(signed)),
                ("x5c", Value::Array(vec![Value::Bytes(vec![48, 0])])),
            ])
        },
    ] {
        assert_eq!(refused(statement), Refused::AttestationStatement);
    }
    let none = saying.attested(&key, |_| ("none", text_map([("alg", alg())])));
    assert_eq!(verify(&none), Err(Refused::AttestationStatement));
    for format in ["tpm", "android-key", "fido-u2f", "apple", "None", ""] {
        assert_eq!(
            verify(&saying.attested(&key, |_| (format, text_map([])))),
            Err(Refused::AttestationFormat)
        );
    }
}

#[test]
fn a_challenge_of_any_length_will_do() {
    for length in [16, 33, 64] {
        let challenge = Challenge::new(vec![9; length]).unwrap();
        let mut saying = Saying::of(CREATE);
        saying.client_data["challenge"] = json!(challenge.text());
        let response = saying.registration(&Key::es256());
        assert_eq!(response.claimed_challenge().as_ref(), Some(&challenge));
        let expected = samples::expected(&challenge);
        assert!(verify_registration(&samples::relying_party(), expected, &response).is_ok());
    }
}

#[test]
fn the_jwk_is_the_authenticators_own_key() {
    let key = Key::es256();
    let new = samples::registered(&key);
    let Key::Es256(pair) = &key else { panic!("it is") };
    assert_eq!(PublicJwk::p256(pair.public_key().as_ref()).as_ref(), Ok(new.jwk()));
}
