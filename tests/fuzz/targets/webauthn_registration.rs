//! WebAuthn registrations, read and verified: JSON is a credential as it comes, anything else the attestation object
//! of one that is right but for it.

#![no_main]

use std::cell::OnceCell;

use countersign_crypto::digest::sha256;
use countersign_crypto::encoding::{base64url, from_base64url};
use countersign_crypto::jwk::PublicJwk;
use countersign_fuzz::{reread, web_authn};
use countersign_webauthn::{NewCredential, RegistrationResponse};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

thread_local! {
    static SEED: OnceCell<Value> = const { OnceCell::new() };
}

fuzz_target!(|bytes: &[u8]| {
    SEED.with(|seed| {
        let seed =
            seed.get_or_init(|| serde_json::from_str(web_authn::REGISTRATION).expect("the seed is JSON"));
        if let Ok(credential) = serde_json::from_slice::<Value>(bytes) {
            check(&credential);
            return;
        }
        let mut credential = seed.clone();
        credential["response"]["attestationObject"] = json!(base64url(bytes));
        check(&credential);
        // The id that the object names is the fuzzer's to choose too.
        for length in [1, 16, 32] {
            // Behind hash, flags, counter, model and length, where the object is written in the shortest way.
            let Some(id) = bytes.get(85..85 + length) else { return };
            credential["id"] = json!(base64url(id));
            credential["rawId"] = credential["id"].clone();
            check(&credential);
        }
    });
});

fn check(credential: &Value) {
    let Ok(response) = RegistrationResponse::parse(credential) else { return };
    assert_eq!(response.credential_id().to_string(), credential["id"].as_str().unwrap_or_default());
    let Ok(new) = web_authn::register(&response) else { return };
    let claimed = response.claimed_challenge().expect("it was looked at");
    assert_eq!(claimed.as_bytes(), web_authn::REGISTRATION_CHALLENGE);
    assert_eq!(&new.stored.credential_id, response.credential_id());
    assert_eq!(reread(&new.stored), new.stored);
    assert!(new.stored.user_verified, "it was required");
    assert!(!new.stored.backup_state || new.stored.backup_eligible);
    keys(&new);
    client_data(&bytes(&credential["response"]["clientDataJSON"]));
    let object = bytes(&credential["response"]["attestationObject"]);
    let hash = sha256(web_authn::RP_ID.as_bytes());
    assert!(object.windows(32).any(|window| window == hash), "the credential is of this relying party");
    let id = new.stored.credential_id.as_bytes();
    assert!(object.windows(id.len()).any(|window| window == id));
    assert!(object.windows(16).any(|window| window == new.aaguid));
}

/// Of the three algorithms that are offered, and the same as JWK.
fn keys(new: &NewCredential) {
    let text = serde_json::to_string(new.jwk()).expect("a key can be written");
    assert_eq!(PublicJwk::parse(&text).as_ref(), Ok(new.jwk()));
}

/// What a reader of JSON finds in the client data is what was asked.
fn client_data(json: &[u8]) {
    let data: Value = serde_json::from_slice(json).expect("the client data were read");
    assert_eq!(data["type"], "webauthn.create");
    assert_eq!(data["origin"], web_authn::ORIGIN);
    assert_eq!(data["challenge"], base64url(&web_authn::REGISTRATION_CHALLENGE));
    assert_ne!(data["crossOrigin"], true);
}

fn bytes(text: &Value) -> Vec<u8> {
    from_base64url(text.as_str().unwrap_or_default()).expect("it was read")
}
