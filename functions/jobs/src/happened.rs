//! What an auditor is told of a change of the table; nothing where an auditor has no use for it.

use countersign_domain::act::{Act, Trail};
use countersign_domain::actor::Actor;
use countersign_domain::audit::Happened;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::consent::{Consent, ConsentRevokedBy, ConsentState};
use countersign_domain::device::{Device, DeviceState};
use countersign_domain::event::EventKind;
use countersign_domain::user::User;
use countersign_store::entities::Telemetry;
use countersign_store::stream::{Change, Changed};
use serde::Serialize;

pub(crate) fn of(change: &Change) -> Option<Happened> {
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
        Changed::Consent(old, new) => {
            EventKind::of_consent(old.as_ref(), new).map(|event| consent(change, event, new))
        }
        Changed::Telemetry(telemetry) => Some(report(change, telemetry)),
        Changed::Act(new) => Some(act(change, new)),
        Changed::Enrolment(..) | Changed::Delivery(_) | Changed::Other => None,
    }
}

/// Without user, actor, channel and detail.
fn plain(change: &Change, trail: Trail, event: EventKind, subject: String) -> Happened {
    Happened {
        id: change.id.clone(),
        trail,
        at: change.at,
        event,
        subject,
        user: None,
        actor: None,
        channel: None,
        detail: None,
    }
}

fn challenge(change: &Change, event: EventKind, challenge: &Challenge) -> Happened {
    let actor = match (&challenge.state, event) {
        (ChallengeState::Failed { device, .. }, _) => device.map(Actor::Device),
        (ChallengeState::Expired { .. }, _) => Some(Actor::Service),
        (_, EventKind::ChallengeCreated | EventKind::ChallengeCancelled) => {
            challenge.asked_by.or(challenge.origin.map(Actor::RequestOrigin))
        }
        _ => challenge.evidence().map(|evidence| Actor::Device(evidence.device)),
    };
    let detail = match &challenge.state {
        ChallengeState::Answered { option, .. } => {
            challenge.options.get(*option).map(|option| option.title.clone())
        }
        _ => None,
    };
    Happened {
        user: challenge.user().map(|user| user.to_string()),
        actor,
        channel: challenge.approval.as_ref().map(|approval| approval.channel),
        detail,
        ..plain(change, Trail::AppSpace(challenge.app_space), event, challenge.id.to_string())
    }
}

fn user(change: &Change, event: EventKind, user: &User) -> Happened {
    let actor = match event {
        EventKind::UserCreated => user.created_by,
        _ => user.history.last().map(|change| change.by),
    };
    let id = user.id.to_string();
    Happened { user: Some(id.clone()), actor, ..plain(change, Trail::AppSpace(user.app_space), event, id) }
}

fn device(change: &Change, event: EventKind, device: &Device) -> Happened {
    let actor = match event {
        // By the enrolment that it was given.
        EventKind::DeviceEnrolled => Some(Actor::Device(device.id)),
        _ => device.changed_by,
    };
    let detail = match device.state {
        DeviceState::Revoked { by, .. } => word(by),
        DeviceState::Active => None,
    };
    Happened {
        user: Some(device.user.to_string()),
        actor,
        detail,
        ..plain(change, Trail::AppSpace(device.app_space), event, device.id.to_string())
    }
}

fn consent(change: &Change, event: EventKind, consent: &Consent) -> Happened {
    let asker = consent.origin.map_or(Actor::Service, Actor::RequestOrigin);
    let (actor, detail) = match consent.state {
        ConsentState::Active => (Some(asker), None),
        ConsentState::Revoked { by, .. } => {
            let actor = match by {
                ConsentRevokedBy::RequestOrigin => Some(asker),
                ConsentRevokedBy::Bank => Some(Actor::Service),
                // By one of the devices, it is not noted which.
                ConsentRevokedBy::User => None,
            };
            (actor, word(by))
        }
    };
    Happened {
        user: Some(consent.user.to_string()),
        actor,
        detail,
        ..plain(change, Trail::AppSpace(consent.app_space), event, consent.id.to_string())
    }
}

fn report(change: &Change, telemetry: &Telemetry) -> Happened {
    let device = telemetry.device;
    let subject = telemetry.challenge.map_or_else(|| device.to_string(), |challenge| challenge.to_string());
    Happened {
        user: Some(telemetry.user.to_string()),
        actor: Some(Actor::Device(device)),
        detail: Some(telemetry.event.clone()),
        ..plain(change, Trail::AppSpace(telemetry.app_space), EventKind::DeviceTelemetry, subject)
    }
}

fn act(change: &Change, act: &Act) -> Happened {
    Happened {
        actor: Some(act.actor),
        detail: act.detail.clone(),
        ..plain(change, act.trail, act.event, act.subject.clone())
    }
}

/// The word that an enum of plain variants has in the table.
fn word(by: impl Serialize) -> Option<String> {
    serde_json::to_value(by).ok().and_then(|by| by.as_str().map(str::to_owned))
}
