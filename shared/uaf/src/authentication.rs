//! Authentication and transaction confirmation: what the server asks, and what it does with the answer
//! (FIDO UAF Protocol, Authentication Operation, processing rules for the FIDO server).

use countersign_crypto::digest::Digest;
use countersign_crypto::equal;
use countersign_crypto::uaf_signature::UafPublicKey;

use crate::aaid::{Aaid, KeyId};
use crate::algorithms::SignatureAlgorithm;
use crate::assertion::{AuthenticationAssertion, Mode};
use crate::expected::{Expected, check_scheme, each, insufficient};
use crate::match_criteria::Candidate;
use crate::messages::{Assertion, AuthenticationRequest, Operation, Response};
use crate::metadata::Metadata;
use crate::policy::Policy;
use crate::question::Question;
use crate::refusal::{Refusal, Refused, Skipped};
use crate::registration::RegisteredKey;
use crate::server_data::Challenge;
use crate::transaction::Transaction;

/// What an authentication is checked against, besides [`Expected`].
#[derive(Clone, Copy)]
pub struct AuthenticationRules<'a> {
    /// The policy that was asked with.
    pub policy: &'a Policy,
    /// The authenticator models that are known.
    pub metadata: &'a dyn Metadata,
    /// The keys of the user, as they were stored. Keys of another user must not be among them.
    pub keys: &'a [RegisteredKey],
    /// What was to be confirmed, in all the forms that were sent; empty for an authentication.
    pub transactions: &'a [Transaction],
}

/// A key that has signed the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBy {
    /// The model.
    pub aaid: Aaid,
    /// The key's name.
    pub key_id: KeyId,
    /// The counter that was stored: the condition of the write that stores the new one.
    pub previous_counter: u32,
    /// The counter to be stored.
    pub sign_counter: u32,
    /// The place among the transaction's forms of the one that was confirmed; none for an authentication.
    pub confirmed: Option<usize>,
    /// The place of its assertion in the response: the evidence.
    pub index: usize,
    version: u16,
}

/// The outcome of an authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// The challenge, to be used up in the write that stores the counters.
    pub challenge: Challenge,
    /// At least one key.
    pub keys: Vec<SignedBy>,
    /// The place of the policy's alternative that they fulfil.
    pub alternative: usize,
    /// Assertions that did not hold.
    pub skipped: Vec<Skipped>,
}

/// The request that asks for an authentication, or for the confirmation of a transaction given in one or several
/// forms.
pub fn request(
    question: &Question<'_>,
    transaction: Vec<Transaction>,
    policy: Policy,
) -> AuthenticationRequest {
    let (header, challenge) = question.header(Operation::Auth);
    AuthenticationRequest { header, challenge, transaction, policy }
}

/// Verifies the answer to an authentication request.
///
/// # Errors
/// [`Refused`], with the status code to answer with.
pub fn verify(
    response: &Response,
    expected: &Expected<'_>,
    rules: &AuthenticationRules<'_>,
) -> Result<Authenticated, Refused> {
    let (challenge, final_challenge) = expected.check(response, Operation::Auth)?;
    let (keys, skipped) = each(&response.assertions, |index, assertion, bytes, held: &[SignedBy]| {
        verify_one(index, assertion, bytes, held, &final_challenge, rules)
    });
    let candidates: Vec<_> = keys
        .iter()
        .filter_map(|key| {
            let statement = rules.metadata.statement(&key.aaid)?;
            Some(Candidate { statement, key_id: key.key_id, version: key.version })
        })
        .collect();
    match rules.policy.satisfied(&candidates) {
        Some(alternative) => Ok(Authenticated { challenge, keys, alternative, skipped }),
        None => Err(insufficient(skipped)),
    }
}

fn verify_one(
    index: usize,
    message: &Assertion,
    bytes: &[u8],
    held: &[SignedBy],
    final_challenge: &[u8; 32],
    rules: &AuthenticationRules<'_>,
) -> Result<SignedBy, Refusal> {
    // 3. Mandatory fields, scheme, model, final challenge hash, version.
    let assertion = AuthenticationAssertion::parse(bytes)?;
    assertion.extensions.check()?;
    let statement = rules.metadata.statement(&assertion.aaid).ok_or(Refusal::UnknownAaid)?;
    if statement.revoked {
        return Err(Refusal::Revoked);
    }
    check_scheme(message, statement)?;
    let version = assertion.info.authenticator_version;
    if !rules.policy.allows(&Candidate { statement, key_id: assertion.key_id, version }) {
        return Err(Refusal::Policy);
    }
    if !equal(&assertion.final_challenge_hash, final_challenge) {
        return Err(Refusal::FinalChallenge);
    }
    if version < statement.authenticator_version {
        return Err(Refusal::AuthenticatorVersion);
    }
    // 6. The key, its counter, the transaction, the signature.
    let name = (assertion.aaid, assertion.key_id);
    let key = rules.keys.iter().find(|key| (key.aaid, key.key_id) == name).ok_or(Refusal::UnknownKey)?;
    if key.revoked {
        return Err(Refusal::Revoked);
    }
    // Two assertions of one key would have to be counted one after the other; one is enough.
    if held.iter().any(|other| (other.aaid, other.key_id) == name) {
        return Err(Refusal::DuplicateKey);
    }
    let never_counts = key.sign_counter == 0 && assertion.sign_counter == 0;
    if !never_counts && assertion.sign_counter <= key.sign_counter {
        return Err(Refusal::Counter);
    }
    let confirmed = confirmed(&assertion, rules.transactions)?;
    let algorithm = SignatureAlgorithm::try_from(assertion.info.signature_algorithm)
        .ok()
        .filter(|algorithm| statement.authentication_algorithms.contains(algorithm))
        .ok_or(Refusal::Algorithm)?;
    let public = UafPublicKey::read(algorithm.key_kind(), key.key_encoding.form(), &key.public_key)
        .map_err(|_| Refusal::Key)?;
    if !public.verify(algorithm.scheme(), algorithm.form(), assertion.signed, assertion.signature) {
        return Err(Refusal::Signature);
    }
    Ok(SignedBy {
        aaid: assertion.aaid,
        key_id: assertion.key_id,
        previous_counter: key.sign_counter,
        sign_counter: assertion.sign_counter,
        confirmed,
        index,
        version,
    })
}

/// Where something was to be confirmed, one of its forms must have been; where nothing was, nothing may have been.
fn confirmed(
    assertion: &AuthenticationAssertion<'_>,
    transactions: &[Transaction],
) -> Result<Option<usize>, Refusal> {
    match (assertion.info.mode, assertion.transaction_hash) {
        (Mode::Verified, None) if transactions.is_empty() => Ok(None),
        (Mode::Confirmed, Some(hash)) => {
            let hash = Digest::from_bytes(hash);
            let form = transactions.iter().position(|form| form.hash() == Some(hash));
            form.map(Some).ok_or(Refusal::Transaction)
        }
        _ => Err(Refusal::Transaction),
    }
}
