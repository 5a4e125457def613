//! Challenges: listed, fetched, answered, claimed.

use std::sync::{Mutex, PoisonError};

use countersign_crypto::digest::Digest;
use countersign_crypto::signing_key::SigningFailed;
use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::id::ChallengeId;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::document::ShownDocument;
use super::error::CallError;
use super::keys::KeyRole;
use super::{Device, json_body, no_body};

/// `typ` of an answer.
pub const TYP: &str = "countersign-answer+jwt";

/// Where challenges are.
pub const CHALLENGES_PATH: &str = "/device/v1/challenges";
/// Where challenges are claimed.
pub const CLAIMS_PATH: &str = "/device/v1/claims";

/// A challenge whose document this client has checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Challenge {
    /// Its id.
    pub guid: ChallengeId,
    /// `pending`, or how it ended: `answered`, `declined`, `failed`, `cancelled`, `expired`.
    pub status: String,
    /// The document as it came: canonical JSON (RFC 8785).
    pub document: String,
    /// What stands in it.
    pub shown: ShownDocument,
    /// SHA-256 of the document, computed here.
    pub digest: Digest,
    /// What the answer must repeat; none once the challenge is decided.
    pub nonce: Option<String>,
    /// From then on it cannot be answered.
    pub expires_at: Timestamp,
}

/// A challenge as it comes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivered {
    guid: ChallengeId,
    status: String,
    document: String,
    digest: String,
    nonce: Option<String>,
    expires_at: String,
}

impl Delivered {
    /// What is signed must be what is shown. So the digest that will be signed is computed here, from the text that
    /// will be shown, and a challenge that contradicts itself is refused.
    fn checked(self) -> Result<Challenge, CallError> {
        let digest = Digest::of(self.document.as_bytes());
        if self.digest.parse() != Ok(digest) {
            return Err(CallError::NotGenuine("its digest is of another document"));
        }
        let shown: ShownDocument = serde_json::from_str(&self.document)
            .map_err(|_| CallError::NotGenuine("its document cannot be read"))?;
        if shown.challenge != self.guid {
            return Err(CallError::NotGenuine("its document is of another challenge"));
        }
        let expires_at =
            self.expires_at.parse().map_err(|_| CallError::NotTheProtocol("expiresAt is not a time"))?;
        Ok(Challenge {
            guid: self.guid,
            status: self.status,
            document: self.document,
            shown,
            digest,
            nonce: self.nonce,
            expires_at,
        })
    }
}

/// What an answer says. Every field can be changed before it is signed.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerClaims {
    /// The challenge's guid.
    pub challenge: String,
    /// SHA-256 of the document that was shown, base64url.
    pub digest: String,
    /// The zero-based index of the button, or `"decline"`.
    pub answer: Value,
    /// With `"decline"` only: `cancelled` or `not_me`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decline_reason: Option<String>,
    /// The six digits that the person typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Of the challenge.
    pub nonce: String,
    /// Seconds since the epoch.
    pub iat: i64,
}

/// What the service made of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Answered {
    /// The challenge.
    pub guid: ChallengeId,
    /// `answered` or `declined`.
    pub status: String,
    /// The service's signed statement about it, a compact JWS.
    pub receipt: String,
}

impl Challenge {
    /// Which key must sign this answer. Where either may, it is the auth key, which asks nothing of the person.
    ///
    /// # Errors
    /// [`CallError::NoSuchButton`].
    pub fn key_for(&self, answer: Answer) -> Result<KeyRole, CallError> {
        match answer {
            Answer::Option(index) => {
                let button = self.shown.buttons.get(index).ok_or(CallError::NoSuchButton(index))?;
                Ok(if button.strong_auth { KeyRole::Strong } else { KeyRole::Auth })
            }
            Answer::Decline(_) => Ok(KeyRole::Auth),
        }
    }

    /// The claims of this answer, made at `now`.
    ///
    /// # Errors
    /// [`CallError::NotOpen`] when there is no nonce.
    pub fn claims(
        &self,
        answer: Answer,
        code: Option<&str>,
        now: Timestamp,
    ) -> Result<AnswerClaims, CallError> {
        let (answer, reason): (Value, Option<DeclineReason>) = match answer {
            Answer::Option(index) => (index.into(), None),
            Answer::Decline(reason) => ("decline".into(), Some(reason)),
        };
        Ok(AnswerClaims {
            challenge: self.guid.to_string(),
            digest: self.digest.to_string(),
            answer,
            decline_reason: reason.map(|reason| reason.name().to_owned()),
            code: code.map(str::to_owned),
            nonce: self.nonce.clone().ok_or(CallError::NotOpen)?,
            iat: now.secs(),
        })
    }
}

impl Device {
    /// The open challenges, oldest first.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::NotGenuine`] when any one of them is not.
    pub async fn challenges(&self) -> Result<Vec<Challenge>, CallError> {
        #[derive(Deserialize)]
        struct List {
            challenges: Vec<Delivered>,
        }
        let list: List = self.call(&Method::GET, CHALLENGES_PATH, no_body).await?.json()?;
        list.challenges.into_iter().map(Delivered::checked).collect()
    }

    /// One challenge, also when it is decided.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn challenge(&self, guid: ChallengeId) -> Result<Challenge, CallError> {
        let path = format!("{CHALLENGES_PATH}/{guid}");
        let challenge = self.call(&Method::GET, &path, no_body).await?.json::<Delivered>()?.checked()?;
        if challenge.guid != guid {
            return Err(CallError::NotGenuine("another challenge was asked for"));
        }
        Ok(challenge)
    }

    /// Answers with the key that the answer needs. The caller has let the person unlock it. When the reply is lost,
    /// the same answer is sent once more.
    ///
    /// # Errors
    /// [`CallError`]; `wrong_code` and `wrong_state` among the refusals.
    pub async fn answer(
        &self,
        challenge: &Challenge,
        answer: Answer,
        code: Option<&str>,
    ) -> Result<Answered, CallError> {
        let role = challenge.key_for(answer)?;
        let sent = Mutex::new(String::new());
        let body = |now| {
            let jws = self.sign_answer(role, &challenge.claims(answer, code, now)?)?;
            let body = answer_body(&jws);
            *sent.lock().unwrap_or_else(PoisonError::into_inner) = jws;
            body
        };
        match self.call(&Method::POST, &answer_path(challenge.guid), body).await {
            // It may have arrived. The very same JWS then gets the reply that was lost; another one would be late.
            Err(CallError::Unreachable(_)) => {
                let jws = sent.into_inner().unwrap_or_else(PoisonError::into_inner);
                self.send_answer(challenge.guid, &jws).await
            }
            reply => reply?.json(),
        }
    }

    /// An answer JWS: `claims` under the key of `role`, with the device's guid as `kid`.
    ///
    /// # Errors
    /// [`SigningFailed`].
    pub fn sign_answer(&self, role: KeyRole, claims: &impl Serialize) -> Result<String, SigningFailed> {
        self.keys().of(role).sign(TYP, Some(&self.identity().device_guid.to_string()), claims)
    }

    /// Sends an answer that is signed already: again when its reply was lost, and the reply is the same.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn send_answer(&self, guid: ChallengeId, jws: &str) -> Result<Answered, CallError> {
        self.call(&Method::POST, &answer_path(guid), |_| answer_body(jws)).await?.json()
    }

    /// Claims the challenge of a claim link: from then on this device's user is the one who is asked.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn claim(&self, token: &Secret<String>) -> Result<Challenge, CallError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            claim_token: &'a str,
        }
        let body = |_| json_body(&Body { claim_token: token.expose() });
        self.call(&Method::POST, CLAIMS_PATH, body).await?.json::<Delivered>()?.checked()
    }
}

/// Where the challenge of this guid is answered.
pub fn answer_path(guid: ChallengeId) -> String {
    format!("{CHALLENGES_PATH}/{guid}/answer")
}

fn answer_body(jws: &str) -> Result<Vec<u8>, CallError> {
    #[derive(Serialize)]
    struct Body<'a> {
        answer: &'a str,
    }
    json_body(&Body { answer: jws })
}
