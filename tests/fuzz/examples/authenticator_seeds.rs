//! Makes the seeds and samples that authenticators have signed. Run it where a question of `src/uaf.rs` or a ceremony of
//! `src/web_authn.rs` changes: `cargo run --example authenticator_seeds`.

use std::fs::write;
use std::path::{Path, PathBuf};

use countersign_authenticator::uaf::{Authenticator, Client, attested_statement, metadata_statement};
use countersign_authenticator::{p256, webauthn};
use countersign_crypto::encoding::from_base64url;
use countersign_fuzz::{uaf, web_authn};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256};
use serde_json::Value;

fn main() {
    uaf_messages();
    web_authn_credentials();
}

fn uaf_messages() {
    let client =
        Client::new(uaf::FACET).with_facets(&uaf::facets().to_json()).expect("the facets are well-formed");
    let answer = |request: &str, authenticator: &mut Authenticator| {
        let answered = client.answer(request, std::slice::from_mut(authenticator), &|text| text == uaf::TEXT);
        answered.expect("the request can be answered").uaf_response.expect("the answer is a message")
    };

    let (mut certified, root) = certified();
    let attested = answer(&uaf::registration_request(), &mut certified);
    keep("seeds/uaf_response/registration_attested.json", &attested);
    keep("seeds/uaf_metadata/attested.json", &attested_statement(&[root]).to_string());

    let mut authenticator = Authenticator::new();
    let registration = answer(&uaf::registration_request(), &mut authenticator);
    keep("seeds/uaf_response/registration.json", &registration);
    keep("seeds/uaf_metadata/surrogate.json", &metadata_statement().to_string());
    keep("samples/uaf_authenticator.json", &text(&authenticator));
    let authentication = answer(&uaf::authentication_request(), &mut authenticator);
    keep("seeds/uaf_response/authentication.json", &authentication);

    for (name, message) in [
        ("registration", &registration),
        ("registration_attested", &attested),
        ("authentication", &authentication),
    ] {
        let message: Value = serde_json::from_str(message).expect("the message is JSON");
        let assertion = message[0]["assertions"][0]["assertion"].as_str();
        let bytes = assertion.and_then(|text| from_base64url(text).ok()).expect("there is an assertion");
        write(place(&format!("seeds/uaf_tlv/{name}.bin")), bytes).expect("the folder is there");
        keep(&format!("seeds/uaf_message/{name}.json"), &message.to_string());
    }
    keep("seeds/uaf_message/registration_request.json", &uaf::registration_request());
    keep("seeds/uaf_message/authentication_request.json", &uaf::authentication_request());
    let request: Value = serde_json::from_str(&uaf::registration_request()).expect("the request is JSON");
    let server_data = request[0]["header"]["serverData"].as_str().expect("the request has server data");
    keep("seeds/uaf_server_data/sealed.txt", server_data);
}

/// An authenticator whose attestation key a root has certified, and that root.
fn certified() -> (Authenticator, Vec<u8>) {
    let key = || KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key can be made");
    let (root_key, leaf_key) = (key(), key());
    let params = || CertificateParams::new(Vec::new()).expect("no names are well-formed names");
    let mut root = params();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let der = root.self_signed(&root_key).expect("a root can be made").der().to_vec();
    let leaf =
        params().signed_by(&leaf_key, &Issuer::new(root, root_key)).expect("a certificate can be made");
    let key = p256::Key::from_pkcs8(&leaf_key.serialize_der()).expect("the key is of P-256");
    (Authenticator::attested(key, vec![leaf.der().to_vec()]), der)
}

fn web_authn_credentials() {
    let mut authenticator = webauthn::Authenticator::new();
    let made = authenticator.create(&web_authn::creation(), web_authn::ORIGIN);
    let made = made.expect("the options can be answered");
    keep("seeds/webauthn_registration/credential.json", &made.to_string());
    let object = made["response"]["attestationObject"].as_str();
    let object = object.and_then(|text| from_base64url(text).ok()).expect("there is an attestation object");
    write(place("seeds/webauthn_registration/object.bin"), object).expect("the folder is there");

    keep("samples/webauthn_authenticator.json", &text(&authenticator));
    let signed = authenticator.get(&web_authn::request(), web_authn::ORIGIN);
    let signed = signed.expect("the options can be answered");
    keep("seeds/webauthn_authentication/credential.json", &signed.to_string());
    let data = signed["response"]["authenticatorData"].as_str();
    let data = data.and_then(|text| from_base64url(text).ok()).expect("there is authenticator data");
    write(place("seeds/webauthn_authentication/data.bin"), data).expect("the folder is there");
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("an authenticator can be kept")
}

fn keep(path: &str, text: &str) {
    write(place(path), text).expect("the folder is there");
}

fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
