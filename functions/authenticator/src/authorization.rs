//! A challenge as an authorization: found among what lies with its user, and encrypted for one app.

use countersign_crypto::authenticator::{AuthorizationCode, Envelope};
use countersign_crypto::digest::Digest;
use countersign_domain::challenge::Challenge;
use countersign_domain::id::{ChallengeId, DeviceId};
use countersign_domain::time::Timestamp;
use countersign_lambda::connection::Connection;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Refusal};
use countersign_store::Record;
use serde::Serialize;

use crate::data::Second;
use crate::description::{Description, Shown};
use crate::status::Standing;

/// The challenge that `named` means and the app may decide, as a write finds it.
pub(crate) fn open(
    connection: &Connection,
    now: Timestamp,
    named: impl Fn(ChallengeId) -> bool,
) -> Option<Record<Challenge>> {
    let mut open = pending(connection, now);
    open.find(|record| named(record.value.id))
}

/// What waits for the app's person, oldest first.
pub(crate) fn pending(connection: &Connection, now: Timestamp) -> impl Iterator<Item = Record<Challenge>> {
    let open = connection.inbox.iter().filter(move |entry| now < entry.challenge.expires_at);
    let open = open.filter(move |entry| connection.is_shown(&entry.challenge));
    open.map(|entry| entry.clone().record())
}

/// What version 2 shows, oldest first: what waits, and for a moment what became of it.
pub(crate) fn in_sight(connection: &Connection, now: Timestamp) -> Vec<(&Challenge, Standing)> {
    let open = connection.inbox.iter();
    let open = open.map(|entry| (&entry.challenge, Standing::of_open(&entry.challenge, now)));
    let concluded = connection.concluded.iter();
    let concluded = concluded.map(|entry| (&entry.challenge, Standing::of_concluded(entry)));
    let mut all: Vec<_> =
        open.chain(concluded).filter(|(challenge, _)| connection.is_shown(challenge)).collect();
    all.sort_by_key(|(challenge, _)| challenge.id);
    all
}

/// The code that a decision must repeat: it stands for this document, on this device.
pub(crate) fn code(challenge: &Challenge, device: DeviceId) -> Result<AuthorizationCode, Refusal> {
    let digest: Digest = challenge.digest.parse().map_err(|_| internal("an unreadable digest")())?;
    Ok(AuthorizationCode::of(&digest, &challenge.nonce, device))
}

#[derive(Serialize)]
struct V1<'a> {
    id: String,
    connection_id: String,
    title: &'a str,
    description: String,
    authorization_code: &'a str,
    created_at: Second,
    expires_at: Second,
}

#[derive(Serialize)]
struct V2<'a> {
    title: &'a str,
    description: &'a Description,
    authorization_code: &'a str,
    created_at: Second,
    expires_at: Second,
}

/// For an app of version 1.
pub(crate) fn v1(app: &App, connection: &Connection, challenge: &Challenge) -> Result<Envelope, Refusal> {
    let (Shown { title, description }, code) =
        (Shown::of(challenge), code(challenge, connection.device_id())?);
    let content = V1 {
        id: challenge.id.to_string(),
        connection_id: connection.device_id().to_string(),
        title: &title,
        description: description.into_text(),
        authorization_code: code.expose(),
        created_at: Second(challenge.asked_at),
        expires_at: Second(challenge.expires_at),
    };
    encrypt(app, connection, &content)
}

/// For an app of version 2; where a bank encrypts, what it made for this app.
pub(crate) fn v2(app: &App, connection: &Connection, challenge: &Challenge) -> Result<Envelope, Refusal> {
    if let Some(relayed) = &challenge.relayed {
        let envelope = relayed.for_device(connection.device_id()).cloned();
        let envelope = envelope.ok_or_else(internal("a relayed challenge without its envelope"))?;
        return Ok(Envelope { key: envelope.key, iv: envelope.iv, data: envelope.data });
    }
    let (Shown { title, description }, code) =
        (Shown::of(challenge), code(challenge, connection.device_id())?);
    let content = V2 {
        title: &title,
        description: &description,
        authorization_code: code.expose(),
        created_at: Second(challenge.asked_at),
        expires_at: Second(challenge.expires_at),
    };
    encrypt(app, connection, &content)
}

/// `content` for the app.
pub(crate) fn encrypt(
    app: &App,
    connection: &Connection,
    content: &impl Serialize,
) -> Result<Envelope, Refusal> {
    let failed = internal("content that cannot be encrypted");
    let content = serde_json::to_vec(content).map_err(|_| failed())?;
    Envelope::encrypt(&connection.key, &content, app.random()).map_err(|_| failed())
}
