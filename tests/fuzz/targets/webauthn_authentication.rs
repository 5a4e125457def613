//! WebAuthn assertions, read and verified: JSON is a credential as it comes, anything else authenticator data that the
//! credential signs, whatever they say. A valid one with one byte changed never verifies.

#![no_main]

use std::cell::OnceCell;

use countersign_authenticator::p256;
use countersign_crypto::digest::sha256;
use countersign_crypto::encoding::{base64url, from_base64url};
use countersign_fuzz::tampering::altered_bytes;
use countersign_fuzz::web_authn;
use countersign_webauthn::{Authenticated, AuthenticationResponse, StoredCredential};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde_json::{Value, json};

/// What the credential signs.
const SIGNED: [&str; 3] = ["clientDataJSON", "authenticatorData", "signature"];

struct Party {
    stored: StoredCredential,
    private: p256::Key,
    seed: Value,
}

thread_local! {
    static PARTY: OnceCell<Party> = const { OnceCell::new() };
}

fn party() -> Party {
    let kept: Value = serde_json::from_str(web_authn::AUTHENTICATOR).expect("the sample is JSON");
    let private = &kept["credentials"][0]["privateKey"];
    let party = Party {
        stored: web_authn::stored(),
        private: Deserialize::deserialize(private).expect("the sample has a key"),
        seed: serde_json::from_str(web_authn::AUTHENTICATION).expect("the seed is JSON"),
    };
    assert!(party.verify(&party.seed).is_some());
    party
}

fuzz_target!(|bytes: &[u8]| {
    PARTY.with(|party_of_thread| {
        let party = party_of_thread.get_or_init(party);
        if let Ok(credential) = serde_json::from_slice::<Value>(bytes) {
            if party.verify(&credential).is_some() {
                for member in SIGNED {
                    assert_eq!(credential["response"][member], party.seed["response"][member]);
                }
            }
        }
        changed(party, bytes);
        signed(party, bytes);
    });
});

impl Party {
    fn verify(&self, credential: &Value) -> Option<Authenticated> {
        let response = AuthenticationResponse::parse(credential).ok()?;
        assert_eq!(response.credential_id().to_string(), credential["id"].as_str().unwrap_or_default());
        let authenticated = web_authn::authenticate(&response, &self.stored).ok()?;
        assert_eq!(response.credential_id(), &self.stored.credential_id);
        assert!(response.claimed_user().is_none_or(|user| user == web_authn::USER));
        let claimed = response.claimed_challenge().expect("it was looked at");
        assert_eq!(claimed.as_bytes(), web_authn::AUTHENTICATION_CHALLENGE);
        assert!(response.evidence().is_signed_by(&self.stored.public_key));
        Some(authenticated)
    }
}

fn changed(party: &Party, bytes: &[u8]) {
    for member in SIGNED {
        let mut credential = party.seed.clone();
        let text = credential["response"][member].as_str().unwrap_or_default();
        let good = from_base64url(text).expect("the seed is base64url");
        let bad = altered_bytes(&good, bytes).expect("the seed has bytes");
        credential["response"][member] = json!(base64url(&bad));
        assert!(party.verify(&credential).is_none(), "{credential}");
    }
}

/// Authenticator data hold exactly where the rules say so (Web Authentication Level 3, sections 6.1 and 7.2).
fn signed(party: &Party, data: &[u8]) {
    let mut credential = party.seed.clone();
    let client_data = credential["response"]["clientDataJSON"].as_str().unwrap_or_default();
    let client_data = from_base64url(client_data).expect("the seed is base64url");
    let message = [data, &sha256(&client_data)].concat();
    credential["response"]["authenticatorData"] = json!(base64url(data));
    credential["response"]["signature"] = json!(base64url(&party.private.sign_der(&message)));
    let outcome = party.verify(&credential);

    let right_hash = data.get(..32) == Some(&sha256(web_authn::RP_ID.as_bytes())[..]);
    let Some([flags, counter @ ..]) = data.get(32..37) else {
        assert!(outcome.is_none());
        return;
    };
    let counter = u32::from_be_bytes(counter.try_into().expect("four bytes"));
    // Present and verified, neither backed up nor to be.
    let right_flags = flags & 0b0001_1101 == 0b0000_0101;
    let right = right_hash && right_flags;
    match outcome {
        Some(authenticated) => {
            assert!(right);
            assert_eq!((authenticated.sign_count, authenticated.backup_state), (counter, false));
            assert_eq!(data.len() > 37, flags & 0b1100_0000 != 0, "nothing is left unread");
        }
        None => assert!(!right || data.len() > 37 || flags & 0b1100_0000 != 0),
    }
}
