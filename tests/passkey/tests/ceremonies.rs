//! Ceremonies with the client and the authenticator of the crate `passkey`, which share no code of protocol or
//! cryptography with this one. They get the options as JSON and their answers come back as JSON.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

use std::future::Future;
use std::pin::Pin;

use countersign_crypto::encoding::base64url;
use countersign_webauthn::{
    Attestation, AuthenticationResponse, Challenge, CredentialId, CredentialUser, Expected, NewCredential,
    Refused, RegistrationResponse, RelyingParty, ResidentKey, Selection, StoredCredential, UserVerification,
    creation_options, request_options, verify_authentication, verify_registration,
};
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData, WebauthnError};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use passkey::types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};
use serde_json::{Value, json};
use url::Url;

const ORIGIN: &str = "https://login.example.org";
const USER: &[u8] = b"ada";
const AAGUID: [u8; 16] = *b"software-authent";

/// A person who is there, and can or cannot prove who it is.
struct Person {
    verifiable: bool,
}

// Written out what `async_trait` would make of it.
impl UserValidationMethod for Person {
    type PasskeyItem = Passkey;

    fn check_user<'a, 'life0, 'async_trait>(
        &'life0 self,
        hint: UiHint<'a, Passkey>,
        _presence: bool,
        verification: bool,
    ) -> Pin<Box<dyn Future<Output = Result<UserCheck, Ctap2Error>> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        // The crate leaves it to the person's dialog to end a registration that is excluded.
        let outcome = match hint {
            UiHint::InformExcludedCredentialFound(_) => Err(Ctap2Error::CredentialExcluded),
            _ => Ok(UserCheck { presence: true, verification: verification && self.verifiable }),
        };
        Box::pin(async move { outcome })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(self.verifiable)
    }
}

/// A phone with one passkey at most.
struct Phone {
    passkey: Option<Passkey>,
    counts: bool,
    verifiable: bool,
    origin: Url,
}

impl Phone {
    fn new() -> Self {
        Self { passkey: None, counts: true, verifiable: true, origin: Url::parse(ORIGIN).unwrap() }
    }

    fn authenticator(&self) -> Authenticator<Option<Passkey>, Person, RustCryptoBackend> {
        let person = Person { verifiable: self.verifiable };
        let mut authenticator =
            Authenticator::new(Aaguid::from(AAGUID), self.passkey.clone(), person, RustCryptoBackend);
        authenticator.set_make_credentials_with_signature_counter(self.counts);
        authenticator
    }

    async fn register(&mut self, options: &Value) -> Result<Value, WebauthnError> {
        let options: CredentialCreationOptions =
            serde_json::from_value(json!({"publicKey": options})).unwrap();
        let mut client = Client::new(self.authenticator());
        let made = client.register(&self.origin, options, DefaultClientData).await?;
        self.passkey = client.authenticator().store().clone();
        Ok(json!({
            "type": "public-key",
            "id": made.id,
            "rawId": base64url(&made.raw_id),
            "response": {
                "clientDataJSON": base64url(&made.response.client_data_json),
                "attestationObject": base64url(&made.response.attestation_object),
                "transports": made.response.transports,
            },
        }))
    }

    async fn authenticate(&mut self, options: &Value) -> Result<Value, WebauthnError> {
        let options: CredentialRequestOptions =
            serde_json::from_value(json!({"publicKey": options})).unwrap();
        let mut client = Client::new(self.authenticator());
        let made = client.authenticate(&self.origin, options, DefaultClientData).await?;
        self.passkey = client.authenticator().store().clone();
        Ok(json!({
            "type": "public-key",
            "id": made.id,
            "rawId": base64url(&made.raw_id),
            "response": {
                "clientDataJSON": base64url(&made.response.client_data_json),
                "authenticatorData": base64url(&made.response.authenticator_data),
                "signature": base64url(&made.response.signature),
                "userHandle": made.response.user_handle.as_ref().map(|handle| base64url(handle)),
            },
        }))
    }
}

fn relying_party() -> RelyingParty {
    RelyingParty {
        id: "example.org".to_owned(),
        name: "Example".to_owned(),
        origins: vec![ORIGIN.to_owned()],
    }
}

fn challenge(byte: u8) -> Challenge {
    Challenge::new(vec![byte; 32]).unwrap()
}

fn expected(challenge: &Challenge) -> Expected<'_> {
    Expected { challenge, user_verification: UserVerification::Required }
}

fn new_credential_options(challenge: &Challenge, exclude: &[CredentialId]) -> Value {
    let user = CredentialUser::new(USER, "ada@example.org", "Ada").unwrap();
    let selection = Selection { resident_key: Some(ResidentKey::Required), ..Selection::default() };
    creation_options(&relying_party(), &user, challenge, selection, exclude, 60_000)
}

async fn registered(phone: &mut Phone) -> NewCredential {
    let challenge = challenge(1);
    let credential = phone.register(&new_credential_options(&challenge, &[])).await.unwrap();
    let response = RegistrationResponse::parse(&credential).unwrap();
    assert_eq!(response.claimed_challenge().as_ref(), Some(&challenge));
    verify_registration(&relying_party(), expected(&challenge), &response).unwrap()
}

async fn asserted(
    phone: &mut Phone,
    challenge: &Challenge,
    allow: &[CredentialId],
) -> AuthenticationResponse {
    let options = request_options(&relying_party(), challenge, allow, UserVerification::Required, 60_000);
    AuthenticationResponse::parse(&phone.authenticate(&options).await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_credential_is_registered_and_used_again_and_again() {
    let mut phone = Phone::new();
    let new = registered(&mut phone).await;
    assert_eq!((new.attestation, new.aaguid), (Attestation::None, AAGUID));
    assert!(new.stored.user_verified);
    assert_eq!(new.jwk().algorithm().name(), "ES256");

    let mut stored = new.stored;
    for byte in 2..6 {
        let challenge = challenge(byte);
        let response = asserted(&mut phone, &challenge, std::slice::from_ref(&stored.credential_id)).await;
        assert_eq!(response.claimed_challenge().as_ref(), Some(&challenge));
        assert_eq!(response.credential_id(), &stored.credential_id);
        let used =
            verify_authentication(&relying_party(), expected(&challenge), USER, &response, &stored).unwrap();
        assert!(used.user_verified && used.sign_count > stored.sign_count);
        assert!(response.evidence().is_signed_by(&stored.public_key));
        let kept = serde_json::to_string(&stored.after(&used)).unwrap();
        stored = serde_json::from_str::<StoredCredential>(&kept).unwrap();
        let again = verify_authentication(&relying_party(), expected(&challenge), USER, &response, &stored);
        assert_eq!(again, Err(Refused::Counter));
    }
}

#[tokio::test]
async fn an_ed25519_credential_is_made_where_the_authenticator_prefers_it() {
    let mut phone = Phone::new();
    let challenge = challenge(1);
    let mut options = new_credential_options(&challenge, &[]);
    let algorithms = options["pubKeyCredParams"].as_array_mut().unwrap();
    algorithms.retain(|offered| offered["alg"] == -8);
    assert_eq!(algorithms.len(), 1);

    let response = RegistrationResponse::parse(&phone.register(&options).await.unwrap()).unwrap();
    let stored = verify_registration(&relying_party(), expected(&challenge), &response).unwrap().stored;
    assert_eq!(stored.public_key.algorithm().name(), "EdDSA");
    let response = asserted(&mut phone, &challenge, &[]).await;
    assert!(verify_authentication(&relying_party(), expected(&challenge), USER, &response, &stored).is_ok());
}

#[tokio::test]
async fn without_a_named_user_the_authenticator_names_the_user() {
    let mut phone = Phone::new();
    phone.counts = false;
    let stored = registered(&mut phone).await.stored;
    assert_eq!(stored.sign_count, 0);
    let challenge = challenge(2);
    let response = asserted(&mut phone, &challenge, &[]).await;
    assert_eq!(response.claimed_user(), Some(USER));
    let verify =
        |user| verify_authentication(&relying_party(), expected(&challenge), user, &response, &stored);
    assert_eq!(verify(USER).unwrap().sign_count, 0);
    assert_eq!(verify(b"eve"), Err(Refused::User));
}

#[tokio::test]
async fn a_known_credential_is_not_made_again() {
    let mut phone = Phone::new();
    let known = registered(&mut phone).await.stored.credential_id;
    let options = new_credential_options(&challenge(2), &[known]);
    let excluded = u8::from(Ctap2Error::CredentialExcluded);
    let again = phone.register(&options).await;
    assert!(
        matches!(again, Err(WebauthnError::AuthenticatorError(status)) if status == excluded),
        "{again:?}"
    );
    assert!(Phone::new().register(&options).await.is_ok());
}

#[tokio::test]
async fn the_answer_from_another_origin_or_to_another_question_is_refused() {
    let mut phone = Phone::new();
    let stored = registered(&mut phone).await.stored;
    let allow = [stored.credential_id.clone()];
    let (mine, other) = (challenge(2), challenge(3));
    let rp = relying_party();

    let response = asserted(&mut phone, &mine, &allow).await;
    let outcome = verify_authentication(&rp, expected(&other), USER, &response, &stored);
    assert_eq!(outcome, Err(Refused::Challenge));
    let elsewhere = RelyingParty { id: "login.example.org".to_owned(), ..relying_party() };
    let outcome = verify_authentication(&elsewhere, expected(&mine), USER, &response, &stored);
    assert_eq!(outcome, Err(Refused::RpId));

    phone.origin = Url::parse("https://forum.example.org").unwrap();
    let response = asserted(&mut phone, &mine, &allow).await;
    let outcome = verify_authentication(&rp, expected(&mine), USER, &response, &stored);
    assert_eq!(outcome, Err(Refused::Origin));
}

#[tokio::test]
async fn a_person_who_is_not_verified_is_refused_where_it_is_required() {
    let mut phone = Phone { verifiable: false, ..Phone::new() };
    let challenge = challenge(1);
    let user = CredentialUser::new(USER, "ada@example.org", "Ada").unwrap();
    let selection = Selection { user_verification: UserVerification::Discouraged, ..Selection::default() };
    let options = creation_options(&relying_party(), &user, &challenge, selection, &[], 60_000);
    let response = RegistrationResponse::parse(&phone.register(&options).await.unwrap()).unwrap();
    let outcome = verify_registration(&relying_party(), expected(&challenge), &response);
    assert_eq!(outcome, Err(Refused::UserVerification));
    let lenient = Expected { challenge: &challenge, user_verification: UserVerification::Discouraged };
    assert!(!verify_registration(&relying_party(), lenient, &response).unwrap().stored.user_verified);
}

#[tokio::test]
async fn a_registration_does_not_authenticate_nor_the_other_way_round() {
    let mut phone = Phone::new();
    let (made, used) = (challenge(1), challenge(2));
    let registration = phone.register(&new_credential_options(&made, &[])).await.unwrap();
    let response = RegistrationResponse::parse(&registration).unwrap();
    let stored = verify_registration(&relying_party(), expected(&made), &response).unwrap().stored;
    let options = request_options(&relying_party(), &used, &[], UserVerification::Required, 60_000);
    let assertion = phone.authenticate(&options).await.unwrap();

    let mut crossed = assertion.clone();
    crossed["response"]["clientDataJSON"] = registration["response"]["clientDataJSON"].clone();
    let crossed = AuthenticationResponse::parse(&crossed).unwrap();
    let outcome = verify_authentication(&relying_party(), expected(&made), USER, &crossed, &stored);
    assert_eq!(outcome, Err(Refused::Type));

    let mut crossed = registration;
    crossed["response"]["clientDataJSON"] = assertion["response"]["clientDataJSON"].clone();
    let crossed = RegistrationResponse::parse(&crossed).unwrap();
    let outcome = verify_registration(&relying_party(), expected(&used), &crossed);
    assert_eq!(outcome, Err(Refused::Type));
}

#[tokio::test]
async fn every_bit_flipped_in_an_assertion_makes_it_fail() {
    let mut phone = Phone::new();
    let stored = registered(&mut phone).await.stored;
    let challenge = challenge(2);
    let options = request_options(&relying_party(), &challenge, &[], UserVerification::Required, 60_000);
    let credential = phone.authenticate(&options).await.unwrap();
    let verify = |credential: &Value| {
        let response = AuthenticationResponse::parse(credential).unwrap();
        verify_authentication(&relying_party(), expected(&challenge), USER, &response, &stored)
    };
    assert!(verify(&credential).is_ok());
    for member in ["signature", "authenticatorData", "clientDataJSON"] {
        let text = credential["response"][member].as_str().unwrap();
        let whole = countersign_crypto::encoding::from_base64url(text).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let mut changed = credential.clone();
            changed["response"][member] = json!(base64url(&flipped));
            assert!(verify(&changed).is_err(), "{member}, bit {bit}");
        }
        for cut in [&whole[1..], &whole[..whole.len() - 1], &[whole.as_slice(), &[0]].concat()] {
            let mut changed = credential.clone();
            changed["response"][member] = json!(base64url(cut));
            assert!(verify(&changed).is_err(), "{member} cut or prolonged");
        }
    }
}
