//! The software authenticator of WebAuthn, its answers read and verified step by step.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

mod round_trip;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_authenticator::webauthn::{AAGUID, Authenticator, CeremonyError, Tamper};
use serde_json::{Value, json};

const ORIGIN: &str = "https://login.bank.example";
/// 16 bytes.
const CHALLENGE: &str = "AAECAwQFBgcICQoLDA0ODw";

fn bytes(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

fn creation() -> Value {
    json!({
        "rp": { "id": "bank.example", "name": "Bank" },
        "user": { "id": "dXNlcg", "name": "ann", "displayName": "Ann" },
        "challenge": CHALLENGE,
        "pubKeyCredParams": [{ "type": "public-key", "alg": -257 }, { "type": "public-key", "alg": -7 }],
        "timeout": 60000, "attestation": "none",
        "authenticatorSelection": { "userVerification": "required" },
    })
}

fn request(allowed: &[&Value]) -> Value {
    let allowed: Vec<_> = allowed.iter().map(|id| json!({ "type": "public-key", "id": id })).collect();
    json!({ "rpId": "bank.example", "challenge": CHALLENGE, "allowCredentials": allowed })
}

/// What the client says it did.
fn client_data(credential: &Value) -> Value {
    serde_json::from_slice(&bytes(&credential["response"]["clientDataJSON"])).unwrap()
}

/// Whether the credential `used` was signed by the one that `made` says.
fn verifies(made: &Value, used: &Value) -> bool {
    let point = bytes(&made["response"]["publicKey"])[26..].to_vec();
    let client_data = bytes(&used["response"]["clientDataJSON"]);
    let hash = digest(&SHA256, &client_data);
    let signed = [&bytes(&used["response"]["authenticatorData"])[..], hash.as_ref()].concat();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
    key.verify(&signed, &bytes(&used["response"]["signature"])).is_ok()
}

#[test]
fn what_is_registered_is_what_signs() {
    let mut authenticator = Authenticator::new();
    let made = authenticator.create(&creation(), ORIGIN).unwrap();
    assert_eq!(
        client_data(&made),
        json!({ "type": "webauthn.create", "challenge": CHALLENGE, "origin": ORIGIN, "crossOrigin": false })
    );
    let data = bytes(&made["response"]["authenticatorData"]);
    assert_eq!(data[..32], *digest(&SHA256, b"bank.example").as_ref());
    assert_eq!((data[32], &data[33..37]), (0x45, &[0; 4][..]), "present, verified, attested; never used");
    assert_eq!(data[37..53], AAGUID);
    assert_eq!(data[53..55], [0, 32]);
    assert_eq!(data[55..87], bytes(&made["rawId"]));
    assert_eq!(data[97..129], bytes(&made["response"]["publicKey"])[27..59], "x of both forms of the key");
    assert!(bytes(&made["response"]["attestationObject"]).ends_with(&data));

    for uses in 1..=2 {
        let used = authenticator.get(&request(&[&made["id"]]), ORIGIN).unwrap();
        assert_eq!(client_data(&used)["type"], "webauthn.get");
        let data = bytes(&used["response"]["authenticatorData"]);
        assert_eq!((data.len(), data[32], data[36]), (37, 0x05, uses));
        assert_eq!((&used["id"], &used["response"]["userHandle"]), (&made["id"], &json!("dXNlcg")));
        assert!(verifies(&made, &used));
    }
    let kept = serde_json::to_string(&authenticator).unwrap();
    let mut read: Authenticator = serde_json::from_str(&kept).unwrap();
    let used = read.get(&request(&[]), ORIGIN).unwrap();
    assert!(verifies(&made, &used), "a discoverable credential needs no list");
    assert_eq!(read.credentials()[0].counter(), 3);
}

#[test]
fn only_what_is_changed_is_wrong() {
    let mut authenticator = Authenticator::new();
    let made = authenticator.create(&creation(), ORIGIN).unwrap();
    let mut get = |tamper: Tamper| authenticator.get_badly(&request(&[]), ORIGIN, &tamper).unwrap();
    let elsewhere = get(Tamper::default().client_data(|data| data["origin"] = json!("https://evil.example")));
    assert_eq!(client_data(&elsewhere)["origin"], "https://evil.example");
    assert!(verifies(&made, &elsewhere));
    let back = get(Tamper::default().authenticator_data(|data| (data.counter, data.flags) = (0, 1)));
    assert_eq!(bytes(&back["response"]["authenticatorData"])[32..], [1, 0, 0, 0, 0]);
    assert!(verifies(&made, &back));
    let unsigned = get(Tamper::default().signature(|signature| *signature.last_mut().unwrap() ^= 1));
    assert!(!verifies(&made, &unsigned));
    let renamed = get(Tamper::default().credential(|credential| credential["id"] = json!("AAAA")));
    assert_eq!(renamed["id"], "AAAA");
    let tamper = Tamper::default().authenticator_data(|data| data.credential = None);
    let empty = authenticator.create_badly(&creation(), ORIGIN, &tamper).unwrap();
    assert_eq!(bytes(&empty["response"]["authenticatorData"]).len(), 37);
}

#[test]
fn what_no_client_does_is_refused() {
    let mut authenticator = Authenticator::new();
    assert_eq!(authenticator.get(&request(&[]), ORIGIN), Err(CeremonyError::NoCredential));
    let made = authenticator.create(&creation(), ORIGIN).unwrap();
    assert_eq!(authenticator.create(&creation(), "https://evil.example"), Err(CeremonyError::Origin));
    assert_eq!(authenticator.get(&request(&[]), "https://evil.example"), Err(CeremonyError::Origin));
    assert_eq!(authenticator.get(&request(&[&json!("AAAA")]), ORIGIN), Err(CeremonyError::NoCredential));
    let mut excluding = creation();
    excluding["excludeCredentials"] = json!([{ "type": "public-key", "id": made["id"] }]);
    assert_eq!(authenticator.create(&excluding, ORIGIN), Err(CeremonyError::Excluded));
    for (path, value, error) in [
        ("/pubKeyCredParams", json!([{ "type": "public-key", "alg": -8 }]), CeremonyError::Algorithm),
        ("/challenge", json!("AAAA"), CeremonyError::Options),
        ("/challenge", json!("===="), CeremonyError::Options),
        ("/user/id", json!(""), CeremonyError::Options),
        ("/user/id", json!("A".repeat(88)), CeremonyError::Options),
        ("/user/name", json!(""), CeremonyError::Options),
        ("/rp", json!({ "name": "Bank" }), CeremonyError::Options),
        ("/rp/id", json!("other.example"), CeremonyError::Origin),
    ] {
        let mut options = creation();
        *options.pointer_mut(path).unwrap() = value;
        assert_eq!(authenticator.create(&options, ORIGIN), Err(error), "{path}");
    }
    assert_eq!(authenticator.credentials().len(), 1, "what was refused made nothing");
}
