//! The user's consents as an app lists them and takes them back.

use countersign_crypto::authenticator::Envelope;
use countersign_domain::consent::{Consent, ConsentAccount, ConsentContent, ConsentRevokedBy, SharedData};
use countersign_domain::refused::Refused;
use countersign_lambda::connection::Connection;
use countersign_lambda::{App, Refusal, outcome};
use countersign_store::{Record, Write};
use serde::Serialize;

use crate::authorization::encrypt;
use crate::data::Second;

/// What an app decrypts.
#[derive(Serialize)]
struct Content<'a> {
    id: String,
    user_id: String,
    consent_type: &'static str,
    tpp_name: &'a str,
    accounts: &'a [ConsentAccount],
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_data: Option<SharedData>,
    created_at: Second,
    expires_at: Second,
}

/// The id under which apps of version 2 know it: where a bank encrypts, the bank's own, which is inside as well.
pub(crate) fn id_v2(consent: &Consent) -> String {
    match &consent.content {
        ConsentContent::Plain(_) => consent.id.number().to_string(),
        ConsentContent::Relayed { consent_id, .. } => consent_id.clone(),
    }
}

/// The user's consents that are in force and that the app can read, oldest first.
pub(crate) async fn in_force(app: &App, connection: &Connection) -> Result<Vec<Record<Consent>>, Refusal> {
    let mut consents = app.store.consents(connection.user_id(), app.now()).await?;
    let is_readable = |consent: &Consent| match &consent.content {
        ConsentContent::Plain(_) => true,
        ConsentContent::Relayed { envelopes, .. } => {
            envelopes.iter().any(|envelope| envelope.device == connection.device_id())
        }
    };
    consents.retain(|record| record.value.is_active(app.now()) && is_readable(&record.value));
    Ok(consents)
}

/// The consent for this app, under the id that its version knows; where a bank encrypts, what it made for this app.
pub(crate) fn encrypted(
    app: &App,
    connection: &Connection,
    consent: &Consent,
    id: String,
) -> Result<Envelope, Refusal> {
    match &consent.content {
        ConsentContent::Plain(terms) => {
            let content = Content {
                id,
                user_id: consent.user.to_string(),
                consent_type: terms.kind.name(),
                tpp_name: &terms.tpp_name,
                accounts: &terms.accounts,
                shared_data: terms.shared_data,
                created_at: Second(consent.created_at),
                expires_at: Second(consent.expires_at),
            };
            encrypt(app, connection, &content)
        }
        ConsentContent::Relayed { envelopes, .. } => {
            let envelope = envelopes.iter().find(|envelope| envelope.device == connection.device_id());
            let envelope = envelope.cloned().ok_or(Refused::Unknown("consent"))?;
            Ok(Envelope { key: envelope.key, iv: envelope.iv, data: envelope.data })
        }
    }
}

/// Takes the consent back that `named` means. Gives which; nothing if somebody else was faster.
pub(crate) async fn revoke(
    app: &App,
    connection: &Connection,
    named: impl Fn(&Consent) -> bool,
) -> Result<Option<Consent>, Refusal> {
    let consents = in_force(app, connection).await?;
    let consent = consents.into_iter().find(|record| named(&record.value));
    let consent = consent.ok_or(Refused::Unknown("consent"))?;
    let revoked = consent.try_map(|consent| consent.revoke(ConsentRevokedBy::User, app.now()))?;
    let write = Write::new()
        .replace_live("consent", &consent, &revoked, app.now())?
        .user_acted(connection.user_id(), app.now())?;
    let write = outcome::by_active_device(write, connection.user_id(), connection.device_id())?;
    match app.store.write(write).await {
        Ok(()) => Ok(Some(revoked)),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
