//! Requests: for a new key, for a signature of one that is registered.

use countersign_crypto::digest::Digest;
use countersign_crypto::encoding::from_base64url_exact;
use countersign_domain::challenge::Challenge;
use countersign_domain::device::{Device, DeviceKind};
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::{ChallengeId, UserId};
use countersign_domain::time::{Span, Timestamp};
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Refusal};
use countersign_store::Record;
use countersign_uaf::match_criteria::MatchCriteria;
use countersign_uaf::messages::{self, Operation, Version};
use countersign_uaf::policy::Policy;
use countersign_uaf::question::Question;
use countersign_uaf::server_data::{Challenge as UafChallenge, Reference};
use countersign_uaf::transaction::Transaction;
use countersign_uaf::{authentication, registration};

use super::application::{Application, policy};
use super::messages::ReturnRequest;
use super::received::NOBODY;
use super::seal::ServerDataKey;
use crate::transaction_text;

/// How long a user name may be that a client is to show (FIDO UAF Protocol, RegistrationRequest.username).
const USERNAME_MAX: usize = 128;

/// How long an authentication that an app began may be answered.
pub(crate) const IN_APP: Span = Span::minutes(2);

/// A question that is about to be asked.
struct Asking<'a> {
    application: &'a Application,
    user: Option<String>,
    reference: Reference,
    challenge: [u8; 32],
    expires_at: Timestamp,
}

impl Asking<'_> {
    async fn ask<T>(
        self,
        app: &App,
        request: impl FnOnce(&Question<'_>) -> T,
        header: impl FnOnce(&mut T) -> &mut messages::Header,
    ) -> Result<T, Refusal> {
        let key = ServerDataKey::current(app).await?;
        let mut request = request(&Question {
            version: Version::V1_1,
            app_id: &self.application.id,
            user: self.user.as_deref(),
            reference: self.reference,
            challenge: UafChallenge::from_random(self.challenge),
            expires_millis: self.expires_at.millis(),
            mac: &key,
        });
        key.sign_off(header(&mut request));
        Ok(request)
    }

    async fn authentication(
        self,
        app: &App,
        transaction: Vec<Transaction>,
        policy: Policy,
    ) -> Result<String, Refusal> {
        let request = |question: &Question<'_>| authentication::request(question, transaction, policy);
        Ok(messages::write(&self.ask(app, request, |request| &mut request.header).await?))
    }
}

/// Asks for a key of the enrolment's user, who has `devices`. The challenge is the hash of the enrolment's token: whoever
/// answers has not got the token from it.
pub(crate) async fn registration(
    app: &App,
    application: &Application,
    enrolment: &Enrolment,
    devices: &[Record<Device>],
) -> Result<ReturnRequest, Refusal> {
    let challenge = from_base64url_exact(&enrolment.token_hash);
    let registered: Vec<_> = devices.iter().filter_map(|device| criterion(&device.value)).collect();
    let policy = application.any_model(registered)?;
    let asking = Asking {
        application,
        user: Some(enrolment.user.to_string()),
        reference: *enrolment.user.as_bytes(),
        challenge: challenge.map_err(|_| internal("an unreadable token hash")())?,
        expires_at: enrolment.expires_at,
    };
    let username: String = enrolment.account_id.as_str().chars().take(USERNAME_MAX).collect();
    let request = |question: &Question<'_>| registration::request(question, &username, policy);
    let request = messages::write(&asking.ask(app, request, |request| &mut request.header).await?);
    let mut request = ReturnRequest::new(Operation::Reg, request, Some(enrolment.expires_at - app.now()));
    request.transaction_id = Some(enrolment.id.to_string());
    request.username = Some(enrolment.account_id.to_string());
    Ok(request)
}

/// Puts an approval to one of `devices`, or, without any, to whoever has a key.
pub(crate) async fn authentication(
    app: &App,
    application: &Application,
    challenge: &Challenge,
    devices: &[&Device],
) -> Result<ReturnRequest, Refusal> {
    let nonce: [u8; 16] =
        from_base64url_exact(&challenge.nonce).map_err(|_| internal("an unreadable nonce")())?;
    let approval = challenge.approval.as_ref().ok_or_else(internal("no approval"))?;
    let text = approval.message.as_deref().map(transaction_text::confirmed).transpose()?;
    let transaction =
        text.iter().map(|text| transaction_text::transaction(text)).collect::<Result<_, _>>()?;
    let policy = match challenge.user() {
        Some(_) => {
            let keys = devices.iter().filter_map(|device| criterion(device)).map(|key| vec![key]);
            policy(keys.collect(), Vec::new())?
        }
        None => application.any_model(Vec::new())?,
    };
    let asking = Asking {
        application,
        user: challenge.user().map(|user| user.to_string()),
        reference: challenge.user().map_or(NOBODY, |user| *user.as_bytes()),
        challenge: challenge_bytes(challenge.id, nonce),
        expires_at: challenge.expires_at,
    };
    let request = asking.authentication(app, transaction, policy).await?;
    let mut request = ReturnRequest::new(Operation::Auth, request, Some(challenge.expires_at - app.now()));
    request.transaction_id = Some(challenge.id.to_string());
    request.username = challenge.account_id.as_ref().map(ToString::to_string);
    request.message.clone_from(&approval.message);
    request.prompt = Some(approval.prompt);
    Ok(request)
}

/// Asks whoever calls themselves so. Nothing is looked up: the answer is the same for everybody.
pub(crate) async fn in_app(
    app: &App,
    application: &Application,
    username: &str,
) -> Result<ReturnRequest, Refusal> {
    let now = app.now();
    let nonce = countersign_domain::chance::bytes(app.random());
    let asking = Asking {
        application,
        user: None,
        reference: in_app_reference(username),
        challenge: challenge_bytes(ChallengeId::new(now, app.random()), nonce),
        expires_at: now + IN_APP,
    };
    let request = asking.authentication(app, Vec::new(), application.any_model(Vec::new())?).await?;
    Ok(ReturnRequest::new(Operation::Auth, request, Some(IN_APP)))
}

/// What ties the answer to an authentication that an app began to the name that it gave: 128 bits of a digest.
pub(crate) fn in_app_reference(username: &str) -> Reference {
    let digest = Digest::of(format!("in-app\n{username}").as_bytes());
    let mut reference = [0; 16];
    reference.copy_from_slice(&digest.as_bytes()[..16]);
    reference
}

fn challenge_bytes(id: ChallengeId, nonce: [u8; 16]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(id.as_bytes());
    bytes[16..].copy_from_slice(&nonce);
    bytes
}

/// The challenge's id and its nonce, from an authentication's challenge.
pub(crate) fn split(challenge: &UafChallenge) -> (ChallengeId, [u8; 16]) {
    let (mut id, mut nonce) = ([0; 16], [0; 16]);
    id.copy_from_slice(&challenge.as_bytes()[..16]);
    nonce.copy_from_slice(&challenge.as_bytes()[16..]);
    (ChallengeId::from_bytes(id), nonce)
}

/// The user that a question was put to.
pub(crate) fn asked_user(reference: Reference) -> Option<UserId> {
    (reference != NOBODY).then(|| UserId::from_bytes(reference))
}

/// Exactly the key of this device; nothing for a device of another protocol, or one that is revoked.
fn criterion(device: &Device) -> Option<MatchCriteria> {
    if !device.is_active() {
        return None;
    }
    let DeviceKind::Uaf { aaid, key_id, .. } = &device.kind else { return None };
    Some(MatchCriteria::key(aaid.parse().ok()?, key_id.parse().ok()?))
}
