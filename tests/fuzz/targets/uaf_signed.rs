//! What an authenticator signs well, whatever it states: it holds exactly where the rules say so.

#![no_main]

use std::cell::OnceCell;

use countersign_authenticator::p256;
use countersign_authenticator::uaf::{KeyData, MODEL, SignedData, basic_surrogate, tlv};
use countersign_crypto::digest::sha256;
use countersign_crypto::encoding::base64url;
use countersign_fuzz::uaf;
use countersign_uaf::messages::Response;
use countersign_uaf::metadata::Statement;
use countersign_uaf::registration::RegisteredKey;
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde_json::Value;

/// What is stated. What is missing is as it should be.
#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Stated {
    aaid: String,
    version: u16,
    mode: u8,
    algorithm: u16,
    key_encoding: u16,
    nonce: String,
    confirmed: Option<String>,
    other_key: bool,
    sign_counter: u32,
    /// The counter that the server has of the key.
    known_counter: u32,
    revoked: bool,
}

impl Default for Stated {
    fn default() -> Self {
        Self {
            aaid: MODEL.to_owned(),
            version: 1,
            mode: 1,
            algorithm: 1,
            key_encoding: 0x100,
            nonce: "01234567".to_owned(),
            confirmed: None,
            other_key: false,
            sign_counter: 0,
            known_counter: 0,
            revoked: false,
        }
    }
}

struct Signer {
    private: p256::Key,
    key: RegisteredKey,
    metadata: Vec<Statement>,
    registration: Response,
    authentication: Response,
}

thread_local! {
    static SIGNER: OnceCell<Signer> = const { OnceCell::new() };
}

fn signer() -> Signer {
    let kept: Value = serde_json::from_str(uaf::AUTHENTICATOR).expect("the sample is JSON");
    let private = Deserialize::deserialize(&kept["keys"][0]["privateKey"]).expect("the sample has a key");
    Signer {
        private,
        key: uaf::registered_key(),
        metadata: uaf::metadata(),
        registration: uaf::valid(uaf::REGISTRATION),
        authentication: uaf::valid(uaf::AUTHENTICATION),
    }
}

fuzz_target!(|json: &str| {
    let Ok(stated) = serde_json::from_str::<Stated>(json) else { return };
    if stated.aaid.len() > 1000 || stated.nonce.len() > 1000 {
        return;
    }
    SIGNER.with(|signer_of_thread| {
        let signer = signer_of_thread.get_or_init(signer);
        registration(signer, &stated);
        authentication(signer, &stated);
    });
});

impl Signer {
    fn key_id(&self, stated: &Stated) -> Vec<u8> {
        if stated.other_key { vec![0; 32] } else { self.key.key_id.as_bytes().to_vec() }
    }
}

fn registration(signer: &Signer, stated: &Stated) {
    let mut response = signer.registration.clone();
    let data = KeyData {
        aaid: stated.aaid.clone(),
        version: stated.version,
        mode: stated.mode,
        algorithm: stated.algorithm,
        key_encoding: stated.key_encoding,
        final_challenge_hash: sha256(response.fc_params.as_bytes()).to_vec(),
        key_id: signer.key_id(stated),
        sign_counter: stated.sign_counter,
        registration_counter: stated.known_counter,
        public_key: signer.private.public(),
    };
    let krd = data.encode();
    let assertion = basic_surrogate(&krd, &signer.private.sign_raw(&krd));
    response.assertions[0].assertion = base64url(&assertion);

    let right = stated.aaid.eq_ignore_ascii_case(MODEL)
        && stated.version >= 1
        && stated.mode == 1
        && stated.algorithm == 1
        && stated.key_encoding == 0x100;
    let outcome = uaf::verify_registration(&response, &signer.metadata);
    assert_eq!(outcome.is_ok(), right, "{outcome:?}");
    if let Ok(registered) = outcome {
        let key = &registered.keys[0].key;
        assert_eq!(key.key_id.as_bytes()[..], data.key_id);
        assert_eq!(key.public_key, data.public_key);
        assert_eq!(
            (key.sign_counter, key.registration_counter, key.authenticator_version, key.revoked),
            (stated.sign_counter, stated.known_counter, stated.version, false)
        );
    }
}

fn authentication(signer: &Signer, stated: &Stated) {
    let mut response = signer.authentication.clone();
    let data = SignedData {
        aaid: stated.aaid.clone(),
        version: stated.version,
        mode: stated.mode,
        algorithm: stated.algorithm,
        nonce: stated.nonce.clone().into_bytes(),
        final_challenge_hash: sha256(response.fc_params.as_bytes()).to_vec(),
        transaction_hash: stated
            .confirmed
            .as_ref()
            .map_or(Vec::new(), |text| sha256(text.as_bytes()).to_vec()),
        key_id: signer.key_id(stated),
        sign_counter: stated.sign_counter,
    };
    let signed = data.encode();
    let signature = tlv::element(tlv::SIGNATURE, &signer.private.sign_raw(&signed));
    let assertion = tlv::element(tlv::AUTH_ASSERTION, &[signed, signature].concat());
    response.assertions[0].assertion = base64url(&assertion);

    let key =
        RegisteredKey { sign_counter: stated.known_counter, revoked: stated.revoked, ..signer.key.clone() };
    let counts =
        stated.sign_counter > stated.known_counter || (stated.sign_counter, stated.known_counter) == (0, 0);
    let right = stated.aaid.eq_ignore_ascii_case(MODEL)
        && stated.version >= 1
        && stated.mode == 2
        && stated.algorithm == 1
        && stated.nonce.len() >= 8
        && stated.confirmed.as_deref() == Some(uaf::TEXT)
        && !stated.other_key
        && !stated.revoked
        && counts;
    let outcome = uaf::verify_authentication(&response, &key);
    assert_eq!(outcome.is_ok(), right, "{outcome:?}");
    if let Ok(authenticated) = outcome {
        let by = &authenticated.keys[0];
        assert_eq!(
            (by.previous_counter, by.sign_counter, by.confirmed),
            (stated.known_counter, stated.sign_counter, Some(0))
        );
    }
}
