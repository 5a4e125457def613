//! Assertions byte for byte as the client in Python writes them (`tests/interop/uaf/tlv.py`): the two were written apart.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_authenticator::uaf::{KeyData, SignedData, basic_surrogate, tlv};
use serde_json::Value;

const SAMPLES: &str = include_str!("../../../../tests/interop/uaf/assertions.json");

fn samples() -> Value {
    serde_json::from_str(SAMPLES).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

fn number<T: TryFrom<u64, Error: std::fmt::Debug>>(value: &Value) -> T {
    value.as_u64().unwrap().try_into().unwrap()
}

#[test]
fn key_data() {
    let samples = samples();
    let sample = &samples["keyData"];
    let data = KeyData {
        aaid: sample["aaid"].as_str().unwrap().to_owned(),
        version: number(&sample["version"]),
        mode: number(&sample["mode"]),
        algorithm: number(&sample["algorithm"]),
        key_encoding: number(&sample["keyEncoding"]),
        final_challenge_hash: bytes(&sample["finalChallengeHash"]),
        key_id: bytes(&sample["keyId"]),
        sign_counter: number(&sample["signCounter"]),
        registration_counter: number(&sample["registrationCounter"]),
        public_key: bytes(&sample["publicKey"]),
    };
    assert_eq!(data.encode(), bytes(&sample["encoded"]));
    let assertion = basic_surrogate(&data.encode(), &bytes(&samples["signature"]));
    assert_eq!(assertion, bytes(&sample["assertion"]));
}

#[test]
fn signed_data() {
    let samples = samples();
    for sample in samples["signedData"].as_array().unwrap() {
        let data = SignedData {
            aaid: sample["aaid"].as_str().unwrap().to_owned(),
            version: number(&sample["version"]),
            mode: number(&sample["mode"]),
            algorithm: number(&sample["algorithm"]),
            nonce: bytes(&sample["nonce"]),
            final_challenge_hash: bytes(&sample["finalChallengeHash"]),
            transaction_hash: bytes(&sample["transactionHash"]),
            key_id: bytes(&sample["keyId"]),
            sign_counter: number(&sample["signCounter"]),
        };
        let signed = data.encode();
        assert_eq!(signed, bytes(&sample["encoded"]));
        let signature = tlv::element(tlv::SIGNATURE, &bytes(&samples["signature"]));
        let assertion = tlv::element(tlv::AUTH_ASSERTION, &[signed, signature].concat());
        assert_eq!(assertion, bytes(&sample["assertion"]));
    }
}
