//! One WebAuthn registration and one authentication that are always the same: what was asked, and how it is verified.
//!
//! The answers, in `seeds/webauthn_registration` and `seeds/webauthn_authentication`, were made by
//! `examples/authenticator_seeds.rs`.

use countersign_webauthn::{
    Authenticated, AuthenticationResponse, Challenge, CredentialUser, Expected, NewCredential, Refused,
    RegistrationResponse, RelyingParty, Selection, StoredCredential, UserVerification, creation_options,
    request_options, verify_authentication, verify_registration,
};
use serde_json::Value;

/// The only page that ceremonies may come from.
pub const ORIGIN: &str = "https://login.bank.example";
/// The relying party's id.
pub const RP_ID: &str = "bank.example";
/// The id of the user who is asked.
pub const USER: &[u8] = b"0123456789abcdef";
/// The challenge of the registration.
pub const REGISTRATION_CHALLENGE: [u8; 32] = [1; 32];
/// The challenge of the authentication.
pub const AUTHENTICATION_CHALLENGE: [u8; 32] = [2; 32];

/// The valid answer to [`creation`].
pub const REGISTRATION: &str = include_str!("../seeds/webauthn_registration/credential.json");
/// The valid answer to [`request`], by the credential of [`REGISTRATION`].
pub const AUTHENTICATION: &str = include_str!("../seeds/webauthn_authentication/credential.json");
/// The authenticator that made both, private key included.
pub const AUTHENTICATOR: &str = include_str!("../samples/webauthn_authenticator.json");

fn relying_party() -> RelyingParty {
    RelyingParty { id: RP_ID.into(), name: "Bank".into(), origins: vec![ORIGIN.into()] }
}

fn challenge(bytes: [u8; 32]) -> Challenge {
    Challenge::new(bytes).expect("the challenge is long enough")
}

/// The options of the registration.
///
/// # Panics
/// Never: the user's id is well-formed.
pub fn creation() -> Value {
    let user = CredentialUser::new(USER, "ann", "Ann").expect("the id is well-formed");
    let selection = Selection { user_verification: UserVerification::Required, ..Selection::default() };
    creation_options(&relying_party(), &user, &challenge(REGISTRATION_CHALLENGE), selection, &[], 60_000)
}

/// The options of the authentication.
pub fn request() -> Value {
    let challenge = challenge(AUTHENTICATION_CHALLENGE);
    request_options(&relying_party(), &challenge, &[], UserVerification::Required, 60_000)
}

/// Verifies an answer to [`creation`].
///
/// # Errors
/// [`Refused`].
pub fn register(response: &RegistrationResponse) -> Result<NewCredential, Refused> {
    let challenge = challenge(REGISTRATION_CHALLENGE);
    let expected = Expected { challenge: &challenge, user_verification: UserVerification::Required };
    verify_registration(&relying_party(), expected, response)
}

/// Verifies an answer to [`request`].
///
/// # Errors
/// [`Refused`].
pub fn authenticate(
    response: &AuthenticationResponse,
    stored: &StoredCredential,
) -> Result<Authenticated, Refused> {
    let challenge = challenge(AUTHENTICATION_CHALLENGE);
    let expected = Expected { challenge: &challenge, user_verification: UserVerification::Required };
    verify_authentication(&relying_party(), expected, USER, response, stored)
}

/// The credential of [`REGISTRATION`].
///
/// # Panics
/// When that does not verify.
pub fn stored() -> StoredCredential {
    let credential: Value = serde_json::from_str(REGISTRATION).expect("the seed is JSON");
    let response = RegistrationResponse::parse(&credential).expect("the seed is well-formed");
    register(&response).expect("the seed is valid; was the ceremony changed?").stored
}
