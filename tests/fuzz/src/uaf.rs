//! One UAF registration and one authentication that are always the same: what was asked, and how it is verified.
//!
//! The answers, `seeds/uaf_response/`, were made by `examples/authenticator_seeds.rs`.

use countersign_authenticator::uaf::{ATTESTED_MODEL, MODEL};
use countersign_crypto::digest::sha256;
use countersign_uaf::authentication::{self, Authenticated, AuthenticationRules};
use countersign_uaf::channel_binding::ChannelBindingRule;
use countersign_uaf::expected::Expected;
use countersign_uaf::facets::TrustedFacets;
use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::messages::{self, Response, Version};
use countersign_uaf::metadata::Statement;
use countersign_uaf::policy::Policy;
use countersign_uaf::question::Question;
use countersign_uaf::refusal::Refused;
use countersign_uaf::registration::{self, Registered, RegisteredKey, RegistrationRules};
use countersign_uaf::server_data::Challenge;
use countersign_uaf::transaction::Transaction;

use crate::samples::{BASE_URL, NOW};

/// The app that answers.
pub const FACET: &str = "android:apk-key-hash:2jmj7l5rSw0yVb_vlWAYkK_YBwk";
/// The user who is asked.
pub const USER: &str = "ann";
/// What is to be confirmed.
pub const TEXT: &str = "Pay 120 EUR to ACME?";
/// The application.
pub const APP_ID: &str =
    "https://auth.example.com/_app/uaf/1.1/facets?appSpace=09090909-0909-8909-8909-090909090909";
/// Both versions whose assertions are understood.
pub const VERSIONS: [Version; 2] = [Version::V1_1, Version::V1_0];

/// The valid answer of a model whose keys attest themselves.
pub const REGISTRATION: &str = include_str!("../seeds/uaf_response/registration.json");
/// The valid answer of a model whose keys are attested by a certified key.
pub const ATTESTED_REGISTRATION: &str = include_str!("../seeds/uaf_response/registration_attested.json");
/// The valid answer of the key of [`REGISTRATION`].
pub const AUTHENTICATION: &str = include_str!("../seeds/uaf_response/authentication.json");
/// The authenticator of [`REGISTRATION`], private key included.
pub const AUTHENTICATOR: &str = include_str!("../samples/uaf_authenticator.json");

const STATEMENT: &str = include_str!("../seeds/uaf_metadata/surrogate.json");
const ATTESTED_STATEMENT: &str = include_str!("../seeds/uaf_metadata/attested.json");

/// The server's message authentication code.
pub fn mac(message: &[u8]) -> [u8; 32] {
    sha256(&[b"a key of the server's", message].concat())
}

/// What is known of both models.
///
/// # Panics
/// When the statements cannot be read.
pub fn metadata() -> Vec<Statement> {
    [STATEMENT, ATTESTED_STATEMENT]
        .map(|text| serde_json::from_str(text).expect("the statement is well-formed"))
        .to_vec()
}

/// Either model.
///
/// # Panics
/// Never: the models' names are well-formed.
pub fn policy() -> Policy {
    let accepted = [MODEL, ATTESTED_MODEL]
        .map(|model| vec![MatchCriteria::models(vec![model.parse().expect("the name is well-formed")])]);
    Policy::new(accepted.to_vec(), Vec::new()).expect("the policy is well-formed")
}

/// The apps that are trusted.
///
/// # Panics
/// Never: the facet's id is well-formed.
pub fn facets() -> TrustedFacets {
    TrustedFacets::new(&VERSIONS, &[FACET.to_owned()]).expect("the facet is well-formed")
}

fn question(challenge: u8) -> Question<'static> {
    Question {
        version: Version::V1_1,
        app_id: APP_ID,
        user: Some(USER),
        reference: [4; 16],
        challenge: Challenge::from_random([challenge; 32]),
        expires_millis: NOW.millis() + 120_000,
        mac: &mac,
    }
}

/// The request that asks for the registration.
pub fn registration_request() -> String {
    assert!(APP_ID.starts_with(BASE_URL));
    messages::write(&registration::request(&question(1), USER, policy()))
}

/// The request that asks for the authentication.
///
/// # Panics
/// Never: the text can be shown.
pub fn authentication_request() -> String {
    messages::write(&authentication::request(&question(2), vec![transaction()], policy()))
}

/// A request that asks for the confirmation of another text, where there can be one.
pub fn request_to_confirm(text: &str) -> Option<String> {
    let transaction = Transaction::text(text).ok()?;
    Some(messages::write(&authentication::request(&question(3), vec![transaction], policy())))
}

fn transaction() -> Transaction {
    Transaction::text(TEXT).expect("the text can be shown")
}

/// Runs `check` with what the server knows of both questions.
fn expecting<T>(check: impl FnOnce(&Expected<'_>) -> T) -> T {
    check(&Expected {
        versions: &VERSIONS,
        app_id: APP_ID,
        facets: &facets(),
        channel_binding: &ChannelBindingRule::default(),
        user: Some(USER),
        mac: &mac,
        challenge_is_unused: true,
        now_millis: NOW.millis(),
    })
}

/// Verifies an answer to a registration request by what is known of the models.
///
/// # Errors
/// [`Refused`].
pub fn verify_registration(response: &Response, metadata: &Vec<Statement>) -> Result<Registered, Refused> {
    let policy = policy();
    let rules = RegistrationRules { policy: &policy, metadata, registered: &[] };
    expecting(|expected| registration::verify(response, expected, &rules))
}

/// Verifies an answer to an authentication request by a registered key.
///
/// # Errors
/// [`Refused`].
pub fn verify_authentication(response: &Response, key: &RegisteredKey) -> Result<Authenticated, Refused> {
    let (policy, metadata) = (policy(), metadata());
    let rules = AuthenticationRules {
        policy: &policy,
        metadata: &metadata,
        keys: std::slice::from_ref(key),
        transactions: &[transaction()],
    };
    expecting(|expected| authentication::verify(response, expected, &rules))
}

/// Reads a message.
///
/// # Panics
/// When it is none: for those that are valid.
pub fn valid(message: &str) -> Response {
    messages::parse(message.as_bytes(), &VERSIONS).expect("the message is well-formed")
}

/// The key of [`REGISTRATION`].
///
/// # Panics
/// When that does not verify.
pub fn registered_key() -> RegisteredKey {
    let registered = verify_registration(&valid(REGISTRATION), &metadata());
    registered.expect("the seed is valid; was the question changed?").keys.swap_remove(0).key
}
