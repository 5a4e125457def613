//! Registration: what the server asks, and what it does with the answer
//! (FIDO UAF Protocol, Registration Operation, processing rules for the FIDO server).

use countersign_crypto::certificate_path::certified_key;
use countersign_crypto::equal;
use countersign_crypto::uaf_signature::UafPublicKey;

use crate::aaid::{Aaid, KeyId};
use crate::algorithms::{KeyEncoding, SignatureAlgorithm};
use crate::assertion::{Attestation, RegistrationAssertion};
use crate::expected::{Expected, check_scheme, each, insufficient};
use crate::match_criteria::Candidate;
use crate::messages::{Assertion, Operation, RegistrationRequest, Response};
use crate::metadata::{AttestationType, Metadata, Statement};
use crate::policy::Policy;
use crate::question::Question;
use crate::refusal::{Refusal, Refused, Skipped};
use crate::server_data::Challenge;
use crate::transaction::PngCharacteristics;

/// What a registration is checked against, besides [`Expected`].
#[derive(Clone, Copy)]
pub struct RegistrationRules<'a> {
    /// The policy that was asked with.
    pub policy: &'a Policy,
    /// The authenticator models that are known.
    pub metadata: &'a dyn Metadata,
    /// The keys that are registered already, of whatever user; at least those that the response names. A conditional
    /// write must still guard against two registrations at once.
    pub registered: &'a [(Aaid, KeyId)],
}

/// A registered key: what the caller stores for the user, under (user, AAID, KeyID).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredKey {
    /// The model.
    pub aaid: Aaid,
    /// The key's name.
    pub key_id: KeyId,
    /// The encoding of the public key.
    pub key_encoding: KeyEncoding,
    /// The public key, as it was registered.
    pub public_key: Vec<u8>,
    /// Signatures so far.
    pub sign_counter: u32,
    /// Registrations so far.
    pub registration_counter: u32,
    /// The version of the authenticator.
    pub authenticator_version: u16,
    /// Whether the key may no longer be used.
    pub revoked: bool,
}

/// A key that a response has registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// To be stored.
    pub key: RegisteredKey,
    /// How it was attested.
    pub attestation: AttestationType,
    /// The pictures that the authenticator can show.
    pub png_characteristics: Vec<PngCharacteristics>,
    /// The place of its assertion in the response: the evidence.
    pub index: usize,
}

/// The outcome of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The challenge, to be used up in the write that stores the keys.
    pub challenge: Challenge,
    /// At least one key.
    pub keys: Vec<NewKey>,
    /// The place of the policy's alternative that they fulfil.
    pub alternative: usize,
    /// Assertions that did not hold.
    pub skipped: Vec<Skipped>,
}

/// The request that asks for a registration, with its server data sealed.
pub fn request(question: &Question<'_>, username: &str, policy: Policy) -> RegistrationRequest {
    let (header, challenge) = question.header(Operation::Reg);
    RegistrationRequest { header, challenge, username: username.to_owned(), policy }
}

/// Verifies the answer to a registration request.
///
/// # Errors
/// [`Refused`], with the status code to answer with.
pub fn verify(
    response: &Response,
    expected: &Expected<'_>,
    rules: &RegistrationRules<'_>,
) -> Result<Registered, Refused> {
    let (challenge, final_challenge) = expected.check(response, Operation::Reg)?;
    let check = Check { final_challenge, now_millis: expected.now_millis, rules };
    let (keys, skipped) = each(&response.assertions, |index, assertion, bytes, held: &[NewKey]| {
        check.assertion(index, assertion, bytes, held)
    });
    let candidates: Vec<_> = keys
        .iter()
        .filter_map(|new| {
            let statement = rules.metadata.statement(&new.key.aaid)?;
            Some(Candidate { statement, key_id: new.key.key_id, version: new.key.authenticator_version })
        })
        .collect();
    match rules.policy.satisfied(&candidates) {
        Some(alternative) => Ok(Registered { challenge, keys, alternative, skipped }),
        None => Err(insufficient(skipped)),
    }
}

struct Check<'a> {
    final_challenge: [u8; 32],
    now_millis: i64,
    rules: &'a RegistrationRules<'a>,
}

impl Check<'_> {
    fn assertion(
        &self,
        index: usize,
        message: &Assertion,
        bytes: &[u8],
        held: &[NewKey],
    ) -> Result<NewKey, Refusal> {
        // 3. Mandatory fields, scheme, model, final challenge hash, version.
        let assertion = RegistrationAssertion::parse(bytes)?;
        assertion.extensions.check()?;
        let statement = self.rules.metadata.statement(&assertion.aaid).ok_or(Refusal::UnknownAaid)?;
        if statement.revoked {
            return Err(Refusal::Revoked);
        }
        check_scheme(message, statement)?;
        let version = assertion.info.authenticator_version;
        if !self.rules.policy.allows(&Candidate { statement, key_id: assertion.key_id, version }) {
            return Err(Refusal::Policy);
        }
        if !equal(&assertion.final_challenge_hash, &self.final_challenge) {
            return Err(Refusal::FinalChallenge);
        }
        if version < statement.authenticator_version {
            return Err(Refusal::AuthenticatorVersion);
        }
        // 4. Algorithms, key, attestation.
        let algorithm = SignatureAlgorithm::try_from(assertion.info.signature_algorithm)
            .ok()
            .filter(|algorithm| statement.authentication_algorithms.contains(algorithm))
            .ok_or(Refusal::Algorithm)?;
        let key_encoding = KeyEncoding::try_from(assertion.key_encoding)
            .ok()
            .filter(|encoding| statement.key_encodings.contains(encoding))
            .ok_or(Refusal::Algorithm)?;
        let key = read_key(statement, key_encoding, assertion.public_key)?;
        let attestation = self.attestation(&assertion, statement, algorithm, &key)?;
        // 5. Each key once.
        let name = (assertion.aaid, assertion.key_id);
        if self.rules.registered.contains(&name)
            || held.iter().any(|other| (other.key.aaid, other.key.key_id) == name)
        {
            return Err(Refusal::DuplicateKey);
        }
        Ok(NewKey {
            key: RegisteredKey {
                aaid: assertion.aaid,
                key_id: assertion.key_id,
                key_encoding,
                public_key: assertion.public_key.to_vec(),
                sign_counter: assertion.sign_counter,
                registration_counter: assertion.registration_counter,
                authenticator_version: version,
                revoked: false,
            },
            attestation,
            png_characteristics: message.png_characteristics.clone(),
            index,
        })
    }

    fn attestation(
        &self,
        assertion: &RegistrationAssertion<'_>,
        statement: &Statement,
        algorithm: SignatureAlgorithm,
        key: &UafPublicKey,
    ) -> Result<AttestationType, Refusal> {
        let roots: Vec<&[u8]> =
            statement.attestation_root_certificates.iter().map(|root| root.0.as_slice()).collect();
        let certified;
        let (kind, signer, signature) = match &assertion.attestation {
            Attestation::BasicFull { signature, certificates } => {
                certified = certified_key(certificates, &roots, self.now_millis, algorithm.key_kind())
                    .map_err(|_| Refusal::Attestation)?;
                (AttestationType::BasicFull, &certified, signature)
            }
            Attestation::BasicSurrogate { signature } if roots.is_empty() => {
                (AttestationType::BasicSurrogate, key, signature)
            }
            Attestation::BasicSurrogate { .. } | Attestation::Ecdaa => return Err(Refusal::Attestation),
        };
        let holds = statement.attestation_types.contains(&kind)
            && signer.verify(algorithm.scheme(), algorithm.form(), assertion.signed, signature);
        if holds { Ok(kind) } else { Err(Refusal::Attestation) }
    }
}

/// Reads the key as one of the kinds that the model signs with: the encodings of points do not name their curve, and
/// the algorithm in the assertion is that of the attestation.
///
/// # Errors
/// [`Refusal::Key`].
pub fn read_key(statement: &Statement, encoding: KeyEncoding, bytes: &[u8]) -> Result<UafPublicKey, Refusal> {
    statement
        .authentication_algorithms
        .iter()
        .find_map(|algorithm| UafPublicKey::read(algorithm.key_kind(), encoding.form(), bytes).ok())
        .ok_or(Refusal::Key)
}
