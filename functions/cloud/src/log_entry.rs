//! An audit entry as a row of an export, in the words of this API.

use countersign_domain::actor::Actor;
use countersign_domain::audit::AuditEntry;
use countersign_domain::csv;
use countersign_domain::event::EventKind;

/// The first row.
pub(crate) const HEADER: &str =
    "time,category,event,status,channel,actorType,actor,userId,subject,detail,eventId\r\n";

/// What is filtered by, beside the time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Stands somewhere in the user's or subject's id.
    pub(crate) text: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) actor_type: Option<String>,
}

/// The words that there are, by column.
pub(crate) const STATUSES: [&str; 3] = ["pending", "succeeded", "failed"];
pub(crate) const CATEGORIES: [&str; 4] = ["approval", "user", "authenticator", "administration"];
pub(crate) const ACTOR_TYPES: [&str; 4] = ["backend", "authenticator", "administrator", "system"];

impl Filter {
    pub(crate) fn takes(&self, entry: &AuditEntry) -> bool {
        let is = |wanted: &Option<String>, word: &str| wanted.as_deref().is_none_or(|wanted| wanted == word);
        let user = entry.user.as_deref().unwrap_or_default();
        let has = |text: &String| user.contains(text.as_str()) || entry.subject.contains(text.as_str());
        is(&self.status, status(entry.event))
            && is(&self.category, category(entry.event))
            && is(&self.channel, channel(entry))
            && is(&self.actor_type, actor_type(entry))
            && self.text.as_ref().is_none_or(has)
    }
}

/// The row, with its line break.
pub(crate) fn row(entry: &AuditEntry) -> String {
    let cells = [
        entry.at.rfc3339(),
        category(entry.event).to_owned(),
        entry.event.name().to_owned(),
        status(entry.event).to_owned(),
        channel(entry).to_owned(),
        actor_type(entry).to_owned(),
        actor(entry),
        entry.user.clone().unwrap_or_default(),
        entry.subject.clone(),
        entry.detail.clone().unwrap_or_default(),
        entry.id.clone(),
    ];
    csv::row(cells.iter().map(String::as_str))
}

fn category(event: EventKind) -> &'static str {
    match event.name().split_once('.') {
        Some(("challenge" | "consent", _)) => "approval",
        Some(("user", _)) => "user",
        Some(("device", _)) => "authenticator",
        _ => "administration",
    }
}

fn status(event: EventKind) -> &'static str {
    match event {
        EventKind::ChallengeCreated | EventKind::ChallengeClaimed => "pending",
        EventKind::ChallengeWrongCode
        | EventKind::ChallengeDeclined
        | EventKind::ChallengeNotMe
        | EventKind::ChallengeFailed
        | EventKind::ChallengeCancelled
        | EventKind::ChallengeExpired
        | EventKind::DevicePushDisabled
        | EventKind::DeviceStrongFailure => "failed",
        _ => "succeeded",
    }
}

fn channel(entry: &AuditEntry) -> &'static str {
    entry.channel.map_or("", |channel| channel.name())
}

/// The actor's id alone.
fn actor(entry: &AuditEntry) -> String {
    let actor = entry.actor.map(|actor| actor.to_string()).unwrap_or_default();
    actor.split_once(':').map(|(_, id)| id.to_owned()).unwrap_or_default()
}

fn actor_type(entry: &AuditEntry) -> &'static str {
    match entry.actor {
        None | Some(Actor::Service | Actor::Operator) => "system",
        Some(Actor::RequestOrigin(_)) => "backend",
        Some(Actor::Device(_)) => "authenticator",
        Some(Actor::Administrator(_) | Actor::Company(_)) => "administrator",
    }
}
