//! The audit trail: an entry for every change that an auditor has a use for.

use countersign_domain::audit::AuditEntry;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::consent::{Consent, ConsentState};
use countersign_domain::device::{Device, DeviceState};
use countersign_domain::event::EventKind;
use countersign_domain::user::User;
use countersign_lambda::App;
use countersign_store::entities::Telemetry;
use countersign_store::stream::{Change, Changed};

use crate::error::JobError;
use crate::record_once;

/// Writes the entry of `change`, once.
pub(crate) async fn record(app: &App, change: &Change) -> Result<(), JobError> {
    let Some(entry) = entry(change) else { return Ok(()) };
    record_once::record(app, "audit", &entry).await
}

fn entry(change: &Change) -> Option<AuditEntry> {
    match &change.what {
        Changed::Challenge(old, new) => {
            EventKind::of_challenge(old.as_ref(), new).map(|event| challenge(change, event, new))
        }
        Changed::User(old, new) => {
            EventKind::of_user(old.as_ref(), new).map(|event| user(change, event, new))
        }
        Changed::Device(old, new) => {
            EventKind::of_device(old.as_ref(), new).map(|event| device(change, event, new))
        }
        Changed::Telemetry(telemetry) => Some(report(change, telemetry)),
        Changed::Consent(old, new) => {
            EventKind::of_consent(old.as_ref(), new).map(|event| consent(change, event, new))
        }
        Changed::Enrolment(..) | Changed::Delivery(_) | Changed::Other => None,
    }
}

fn challenge(change: &Change, event: EventKind, challenge: &Challenge) -> AuditEntry {
    let actor = match (&challenge.state, event) {
        (ChallengeState::Failed { device, .. }, _) => device.map(|device| device.to_string()),
        (_, EventKind::ChallengeCreated | EventKind::ChallengeCancelled) => {
            challenge.origin.map(|origin| origin.to_string())
        }
        _ => challenge.evidence().map(|evidence| evidence.device.to_string()),
    };
    let detail = match &challenge.state {
        ChallengeState::Answered { option, .. } => {
            challenge.options.get(*option).map(|option| option.title.clone())
        }
        _ => None,
    };
    AuditEntry {
        id: change.id.clone(),
        app_space: challenge.app_space,
        at: change.at,
        event,
        subject: challenge.id.to_string(),
        user: challenge.user().map(|user| user.to_string()),
        actor,
        channel: challenge.approval.as_ref().map(|approval| approval.channel),
        detail,
    }
}

fn user(change: &Change, event: EventKind, user: &User) -> AuditEntry {
    AuditEntry {
        id: change.id.clone(),
        app_space: user.app_space,
        at: change.at,
        event,
        subject: user.id.to_string(),
        user: Some(user.id.to_string()),
        actor: None,
        channel: None,
        detail: None,
    }
}

fn device(change: &Change, event: EventKind, device: &Device) -> AuditEntry {
    let detail = match device.state {
        DeviceState::Revoked { by, .. } => {
            serde_json::to_value(by).ok().and_then(|by| by.as_str().map(str::to_owned))
        }
        DeviceState::Active => None,
    };
    AuditEntry {
        id: change.id.clone(),
        app_space: device.app_space,
        at: change.at,
        event,
        subject: device.id.to_string(),
        user: Some(device.user.to_string()),
        actor: None,
        channel: None,
        detail,
    }
}

fn consent(change: &Change, event: EventKind, consent: &Consent) -> AuditEntry {
    let detail = match consent.state {
        ConsentState::Revoked { by, .. } => {
            serde_json::to_value(by).ok().and_then(|by| by.as_str().map(str::to_owned))
        }
        ConsentState::Active => None,
    };
    AuditEntry {
        id: change.id.clone(),
        app_space: consent.app_space,
        at: change.at,
        event,
        subject: consent.id.to_string(),
        user: Some(consent.user.to_string()),
        actor: consent.origin.map(|origin| origin.to_string()),
        channel: None,
        detail,
    }
}

fn report(change: &Change, telemetry: &Telemetry) -> AuditEntry {
    AuditEntry {
        id: change.id.clone(),
        app_space: telemetry.app_space,
        at: change.at,
        event: EventKind::DeviceTelemetry,
        subject: telemetry
            .challenge
            .map_or_else(|| telemetry.device.to_string(), |challenge| challenge.to_string()),
        user: Some(telemetry.user.to_string()),
        actor: Some(telemetry.device.to_string()),
        channel: None,
        detail: Some(telemetry.event.clone()),
    }
}
