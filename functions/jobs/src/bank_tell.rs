//! What a user did in an app is told to the bank that encrypts for it: an answer, a connection or consent taken back.

use countersign_domain::answer::Signed;
use countersign_domain::authenticator_settings::{AuthenticatorSettings, Bank};
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::consent::{Consent, ConsentContent, ConsentRevokedBy, ConsentState};
use countersign_domain::delivery::{Delivery, Recipient, Subject};
use countersign_domain::device::{Device, DeviceKind, DeviceState, RevokedBy};
use countersign_domain::event::EventKind;
use countersign_domain::id::{AppSpaceId, UserId};
use countersign_domain::relayed::BankReply;
use countersign_domain::time::{Span, Timestamp};
use countersign_lambda::bank_call;
use countersign_store::entities::Concluded;
use countersign_store::stream::Change;
use countersign_store::{Write, keys};
use serde_json::{Value, json};

use crate::attempt_bank::conclude;
use crate::error::JobError;
use crate::{Jobs, delivery_record};

/// How long after its expiry the bank is still told of an answer: a bank that was down for a moment may take it.
const AFTER_EXPIRY: Span = Span::minutes(5);

/// What a bank is told.
struct Told<'a> {
    app_space: AppSpaceId,
    user: UserId,
    subject: Subject,
    event: EventKind,
    path: [&'a str; 3],
    data: Value,
    until: Option<Timestamp>,
}

/// An answer, if it is one to what a bank encrypted: the app's own words, with the app's signature over them.
pub(crate) async fn of_challenge(
    jobs: &Jobs,
    change: &Change,
    challenge: &Challenge,
    event: EventKind,
) -> Result<(), JobError> {
    let (Some(relayed), Some(evidence), Some(user)) =
        (&challenge.relayed, challenge.evidence(), challenge.user())
    else {
        return Ok(());
    };
    let Signed::AuthenticatorV2 { jws, body, .. } = &evidence.signed else { return Ok(()) };
    let verb = match challenge.state {
        ChallengeState::Answered { option: 0, .. } => "confirm",
        _ => "deny",
    };
    let told = Told {
        app_space: challenge.app_space,
        user,
        subject: Subject::Challenge(challenge.id),
        event,
        path: ["actions", &relayed.action_id, verb],
        data: json!({
            "connection_id": evidence.device.number().to_string(),
            "original_request": body,
            "original_request_jws_signature": jws,
        }),
        until: Some(challenge.expires_at + AFTER_EXPIRY),
    };
    if deliver(jobs, change, told).await? {
        return Ok(());
    }
    // The bank is gone since it asked.
    let store = &jobs.app.store;
    let now = jobs.app.now();
    let Some(relaying) = store.get::<Concluded>(keys::relaying(user, challenge.id), now).await? else {
        return Ok(());
    };
    let write = conclude(Write::new(), &relaying, BankReply::Unreachable { at: now })?;
    Ok(store.write(write).await?)
}

/// A connection that is revoked, unless the bank did it.
pub(crate) async fn of_device(
    jobs: &Jobs,
    change: &Change,
    old: Option<&Device>,
    device: &Device,
) -> Result<(), JobError> {
    let is_the_banks = matches!(device.kind, DeviceKind::Authenticator { token_key: None, .. });
    let was_active = old.is_some_and(Device::is_active);
    let (true, true, DeviceState::Revoked { by, .. }) = (is_the_banks, was_active, device.state) else {
        return Ok(());
    };
    if by == RevokedBy::Bank {
        return Ok(());
    }
    let told = Told {
        app_space: device.app_space,
        user: device.user,
        subject: Subject::Device(device.id),
        event: EventKind::DeviceRevoked,
        path: ["connections", &device.id.number().to_string(), "revoke"],
        data: json!({}),
        until: None,
    };
    deliver(jobs, change, told).await.map(drop)
}

/// A consent that is revoked, likewise.
pub(crate) async fn of_consent(
    jobs: &Jobs,
    change: &Change,
    old: Option<&Consent>,
    consent: &Consent,
) -> Result<(), JobError> {
    let (ConsentContent::Relayed { consent_id, .. }, ConsentState::Revoked { by, .. }) =
        (&consent.content, &consent.state)
    else {
        return Ok(());
    };
    if EventKind::of_consent(old, consent) != Some(EventKind::ConsentRevoked) || *by == ConsentRevokedBy::Bank
    {
        return Ok(());
    }
    let told = Told {
        app_space: consent.app_space,
        user: consent.user,
        subject: Subject::Consent(consent.id),
        event: EventKind::ConsentRevoked,
        path: ["consents", consent_id, "revoke"],
        data: json!({}),
        until: None,
    };
    deliver(jobs, change, told).await.map(drop)
}

/// Whether there is a bank to be told. The delivery's id is the change's: recorded twice, it is one delivery.
async fn deliver(jobs: &Jobs, change: &Change, told: Told<'_>) -> Result<bool, JobError> {
    let Some(bank) = bank(jobs, told.app_space).await? else { return Ok(false) };
    let url = bank_call::address(&bank, &told.path).map_err(JobError::refused)?;
    let recipient = Recipient::Bank { user: told.user, until: told.until };
    let ids = (told.app_space, recipient, told.subject);
    // Another id than a webhook about the same change has.
    let id = format!("{}_bank", change.id);
    let delivery = Delivery::new(id, ids, told.event, url, told.data.to_string(), jobs.app.now());
    delivery_record::record(&jobs.app, &delivery).await?;
    Ok(true)
}

async fn bank(jobs: &Jobs, app_space: AppSpaceId) -> Result<Option<Bank>, JobError> {
    let key = keys::authenticator_settings(app_space.tenant());
    let settings = jobs.app.store.get::<AuthenticatorSettings>(key, jobs.app.now()).await?;
    Ok(settings.and_then(|settings| settings.value.bank))
}
