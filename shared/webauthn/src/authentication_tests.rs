use serde_json::json;

use super::*;
use crate::samples::{self, EXTENSIONS, Key, Saying};
use crate::selection::UserVerification;

const GET: &str = "webauthn.get";
const USER: &[u8] = b"ada";

fn saying() -> Saying {
    Saying { sign_count: 2, ..Saying::of(GET) }
}

fn verify(response: &AuthenticationResponse, stored: &StoredCredential) -> Result<Authenticated, Refused> {
    let challenge = samples::challenge();
    verify_authentication(&samples::relying_party(), samples::expected(&challenge), USER, response, stored)
}

/// The outcome of an assertion by ES256 in which one thing is bent. The signature is right, as if by a hostile client.
fn bent(bend: impl FnOnce(&mut Saying)) -> Result<Authenticated, Refused> {
    let key = Key::es256();
    let stored = samples::registered(&key).stored;
    let mut saying = saying();
    bend(&mut saying);
    verify(&saying.assertion(&key), &stored)
}

#[test]
fn an_assertion_by_each_algorithm_is_verified_and_leaves_evidence() {
    for key in [Key::es256(), Key::eddsa(), Key::rs256()] {
        let stored = samples::registered(&key).stored;
        let response = saying().assertion(&key);
        let used = verify(&response, &stored).unwrap();
        assert_eq!(used, Authenticated { sign_count: 2, backup_state: false, user_verified: true });

        let evidence = response.evidence();
        assert!(evidence.is_signed_by(&stored.public_key));
        assert!(!evidence.is_signed_by(&samples::registered(&Key::es256()).stored.public_key));
        for bend in [
            |e: &mut crate::Evidence| e.signature.push('='),
            |e: &mut crate::Evidence| e.client_data_json = "e30".to_owned(),
            |e: &mut crate::Evidence| e.authenticator_data.truncate(40),
        ] {
            let mut bent = evidence.clone();
            bend(&mut bent);
            assert!(!bent.is_signed_by(&stored.public_key));
        }

        let other = samples::registered(&Key::eddsa()).stored;
        assert_eq!(verify(&response, &other), Err(Refused::Signature));
    }
}

#[test]
fn a_stored_credential_that_was_read_back_verifies() {
    let key = Key::es256();
    let text = serde_json::to_string(&samples::registered(&key).stored).unwrap();
    assert!(verify(&saying().assertion(&key), &serde_json::from_str(&text).unwrap()).is_ok());
}

#[test]
fn what_the_client_says_is_judged() {
    let client_data = |member: &str, value| bent(|saying| saying.client_data[member] = value);
    assert_eq!(client_data("type", json!("webauthn.create")), Err(Refused::Type));
    assert_eq!(client_data("challenge", json!("AAECAwQFBgcICQoLDA0OAA")), Err(Refused::Challenge));
    assert_eq!(client_data("origin", json!("https://evil.example")), Err(Refused::Origin));
    assert_eq!(client_data("crossOrigin", json!(true)), Err(Refused::CrossOrigin));
    assert_eq!(client_data("origin", json!(null)), Err(Refused::ClientData));
    assert!(client_data("origin", json!(samples::APP)).is_ok());
}

#[test]
fn what_the_authenticator_says_is_judged() {
    assert_eq!(bent(|saying| saying.rp_id = "evil.example"), Err(Refused::RpId));
    assert_eq!(bent(|saying| saying.flags &= !1), Err(Refused::UserPresence));
    assert_eq!(bent(|saying| saying.flags &= !4), Err(Refused::UserVerification));
    assert_eq!(bent(|saying| saying.flags = 0x15), Err(Refused::BackupState));
    assert_eq!(bent(|saying| saying.flags = 0x05), Err(Refused::BackupEligibility));
    assert_eq!(bent(|saying| saying.rest = vec![0]), Err(Refused::AuthenticatorData));
    assert_eq!(bent(|saying| saying.flags |= EXTENSIONS), Err(Refused::AuthenticatorData));
    let backed_up = bent(|saying| saying.flags = 0x1d).unwrap();
    assert!(backed_up.backup_state);
}

#[test]
fn an_unverified_user_will_do_where_verification_is_not_required() {
    let key = Key::es256();
    let stored = samples::registered(&key).stored;
    let mut saying = saying();
    saying.flags &= !4;
    for user_verification in [UserVerification::Preferred, UserVerification::Discouraged] {
        let challenge = samples::challenge();
        let expected = Expected { challenge: &challenge, user_verification };
        let rp = samples::relying_party();
        let used = verify_authentication(&rp, expected, USER, &saying.assertion(&key), &stored).unwrap();
        assert!(!used.user_verified);
    }
}

#[test]
fn another_credential_is_refused() {
    assert_eq!(bent(|saying| saying.credential_id = b"other".to_vec()), Err(Refused::CredentialId));
}

#[test]
fn another_user_is_refused() {
    assert_eq!(bent(|saying| saying.user_handle = Some(b"eve")), Err(Refused::User));
    assert!(bent(|saying| saying.user_handle = Some(USER)).is_ok());
}

#[test]
fn a_counter_that_does_not_grow_is_refused() {
    let key = Key::es256();
    let stored = |sign_count| StoredCredential { sign_count, ..samples::registered(&key).stored };
    for (before, now, grown) in [
        (0, 0, true),
        (0, 1, true),
        (5, 6, true),
        (5, u32::MAX, true),
        (5, 5, false),
        (5, 4, false),
        (5, 0, false),
        (u32::MAX, 0, false),
    ] {
        let outcome = verify(&Saying { sign_count: now, ..saying() }.assertion(&key), &stored(before));
        let expected = if grown { Ok(now) } else { Err(Refused::Counter) };
        assert_eq!(outcome.map(|used| used.sign_count), expected, "{before} to {now}");
    }
}

#[test]
fn a_registration_is_no_authentication() {
    // The same client data and key, signed as an assertion would be.
    let key = Key::es256();
    let stored = samples::registered(&key).stored;
    let mut registration = Saying::of("webauthn.create");
    registration.sign_count = 2;
    assert_eq!(verify(&registration.assertion(&key), &stored), Err(Refused::Type));
}

#[test]
fn a_signature_in_the_form_of_jws_is_refused() {
    let key = Key::es256();
    let stored = samples::registered(&key).stored;
    let mut response = saying().assertion(&key);
    response.signature = vec![1; 64];
    assert_eq!(verify(&response, &stored), Err(Refused::Signature));
}
