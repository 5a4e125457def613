//! The Relying Party's side accepts what the authenticator makes, and names what a change makes wrong.

use countersign_authenticator::webauthn::{Authenticator, Tamper, flags};
use countersign_webauthn::{
    AuthenticationResponse, Challenge, CredentialId, CredentialUser, Expected, Refused, RegistrationResponse,
    RelyingParty, Selection, StoredCredential, UserVerification, creation_options, request_options,
    verify_authentication, verify_registration,
};
use serde_json::json;

const ORIGIN: &str = "https://login.bank.example";
const USER: &[u8] = b"user-1";

fn rp() -> RelyingParty {
    RelyingParty { id: "bank.example".into(), name: "Bank".into(), origins: vec![ORIGIN.into()] }
}

fn register(
    authenticator: &mut Authenticator,
    exclude: &[CredentialId],
    tamper: &Tamper,
) -> Result<StoredCredential, Refused> {
    let challenge = Challenge::new([7; 32]).unwrap();
    let user = CredentialUser::new(USER, "ann", "Ann").unwrap();
    let options = creation_options(&rp(), &user, &challenge, Selection::default(), exclude, 60_000);
    let credential = authenticator.create_badly(&options, ORIGIN, tamper).unwrap();
    let response = RegistrationResponse::parse(&credential).unwrap();
    assert!(response.claimed_challenge().is_some());
    let expected = Expected { challenge: &challenge, user_verification: UserVerification::Required };
    verify_registration(&rp(), expected, &response).map(|new| new.stored)
}

fn authenticate(
    authenticator: &mut Authenticator,
    stored: &StoredCredential,
    tamper: &Tamper,
) -> Result<StoredCredential, Refused> {
    let challenge = Challenge::new([8; 32]).unwrap();
    let allow = [stored.credential_id.clone()];
    let options = request_options(&rp(), &challenge, &allow, UserVerification::Required, 60_000);
    let credential = authenticator.get_badly(&options, ORIGIN, tamper).unwrap();
    let response = AuthenticationResponse::parse(&credential).unwrap();
    let expected = Expected { challenge: &challenge, user_verification: UserVerification::Required };
    let used = verify_authentication(&rp(), expected, USER, &response, stored)?;
    assert!(response.evidence().is_signed_by(&stored.public_key));
    Ok(stored.clone().after(&used))
}

#[test]
fn a_credential_is_registered_and_used() {
    let mut authenticator = Authenticator::new();
    let stored = register(&mut authenticator, &[], &Tamper::default()).unwrap();
    assert!(stored.user_verified && !stored.backup_eligible);
    let stored = authenticate(&mut authenticator, &stored, &Tamper::default()).unwrap();
    let stored = authenticate(&mut authenticator, &stored, &Tamper::default()).unwrap();
    assert_eq!(stored.sign_count, 2);
}

#[test]
fn registrations_that_are_wrong_in_one_way() {
    let other = "A".repeat(43);
    let cases: Vec<(Tamper, Refused)> = vec![
        (Tamper::default().client_data(|data| data["type"] = json!("webauthn.get")), Refused::Type),
        (Tamper::default().client_data(move |data| data["challenge"] = json!(other)), Refused::Challenge),
        (
            Tamper::default().client_data(|data| data["origin"] = json!("https://evil.example")),
            Refused::Origin,
        ),
        (Tamper::default().client_data(|data| data["crossOrigin"] = json!(true)), Refused::CrossOrigin),
        (Tamper::default().authenticator_data(|data| data.rp_id_hash[0] ^= 1), Refused::RpId),
        (
            Tamper::default().authenticator_data(|data| data.flags &= !flags::USER_PRESENT),
            Refused::UserPresence,
        ),
        (
            Tamper::default().authenticator_data(|data| data.flags &= !flags::USER_VERIFIED),
            Refused::UserVerification,
        ),
        (Tamper::default().authenticator_data(|data| data.flags |= flags::BACKED_UP), Refused::BackupState),
        (Tamper::default().authenticator_data(|data| data.credential = None), Refused::AuthenticatorData),
        (
            Tamper::default().credential(|credential| {
                credential["id"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
                credential["rawId"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
            }),
            Refused::CredentialId,
        ),
    ];
    for (at, (tamper, refused)) in cases.iter().enumerate() {
        assert_eq!(register(&mut Authenticator::new(), &[], tamper), Err(*refused), "case {at}");
    }
}

#[test]
fn authentications_that_are_wrong_in_one_way() {
    let cases: Vec<(Tamper, Refused)> = vec![
        (Tamper::default().client_data(|data| data["type"] = json!("webauthn.create")), Refused::Type),
        (
            Tamper::default().client_data(|data| data["origin"] = json!("https://evil.example")),
            Refused::Origin,
        ),
        (Tamper::default().authenticator_data(|data| data.rp_id_hash[31] ^= 1), Refused::RpId),
        (
            Tamper::default().authenticator_data(|data| data.flags = flags::USER_PRESENT),
            Refused::UserVerification,
        ),
        (
            Tamper::default().authenticator_data(|data| data.flags |= flags::BACKUP_ELIGIBLE),
            Refused::BackupEligibility,
        ),
        (Tamper::default().authenticator_data(|data| data.counter = 1), Refused::Counter),
        (Tamper::default().signature(|signature| *signature.last_mut().unwrap() ^= 1), Refused::Signature),
        (
            Tamper::default().credential(|credential| credential["response"]["userHandle"] = json!("AAAA")),
            Refused::User,
        ),
    ];
    let mut authenticator = Authenticator::new();
    let mut stored = register(&mut authenticator, &[], &Tamper::default()).unwrap();
    stored = authenticate(&mut authenticator, &stored, &Tamper::default()).unwrap();
    for (at, (tamper, refused)) in cases.iter().enumerate() {
        assert_eq!(authenticate(&mut authenticator, &stored, tamper), Err(*refused), "case {at}");
        stored = authenticate(&mut authenticator, &stored, &Tamper::default()).unwrap();
    }
}
