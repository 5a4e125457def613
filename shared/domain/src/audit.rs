//! The audit trail: what happened, when, to what, on whose account; each entry chained to the one before.

use serde::{Deserialize, Serialize};

use crate::act::Trail;
use crate::actor::Actor;
use crate::channel::Channel;
use crate::event::EventKind;
use crate::time::Timestamp;

/// What is written down of an event, before it has its place in a trail.
#[derive(Debug, Clone)]
pub struct Happened {
    /// Stable id of the event, `evt_…`: that of the change it tells of, so that a change told twice is one entry.
    pub id: String,
    /// Where it belongs.
    pub trail: Trail,
    /// When it was written to the table.
    pub at: Timestamp,
    /// What happened.
    pub event: EventKind,
    /// To what: a challenge, user or device id, or whatever else `event` speaks of.
    pub subject: String,
    /// Whose it is.
    pub user: Option<String>,
    /// On whose account; nothing where nobody can be named.
    pub actor: Option<Actor>,
    /// How it reaches its user, of an approval of the Cloud API.
    pub channel: Option<Channel>,
    /// One more word, e.g. who revoked a device.
    pub detail: Option<String>,
}

/// One entry of a trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// See [`Happened::id`].
    pub id: String,
    /// The trail that it is of.
    pub trail: Trail,
    /// Its number in the trail: from 1, without a gap.
    pub seq: u64,
    /// When it was written to the table; never before the entry before it.
    pub at: Timestamp,
    /// What happened.
    pub event: EventKind,
    /// To what.
    pub subject: String,
    /// Whose it is.
    pub user: Option<String>,
    /// On whose account.
    pub actor: Option<Actor>,
    /// How it reaches its user, of an approval of the Cloud API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// One more word.
    pub detail: Option<String>,
    /// The hash of the entry before; of the first, that of the trail's name.
    pub previous: String,
    /// SHA-256 of this entry, base64url, over what [`Told`] says without the hash.
    pub hash: String,
}

/// The newest entry of a trail, to which the next one is chained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// The trail.
    pub trail: Trail,
    /// The number of its newest entry.
    pub seq: u64,
    /// That entry's hash.
    pub hash: String,
    /// That entry's time.
    pub at: Timestamp,
}

impl AuditHead {
    /// The head once `entry` is the newest.
    pub fn of(entry: &AuditEntry) -> Self {
        Self { trail: entry.trail, seq: entry.seq, hash: entry.hash.clone(), at: entry.at }
    }
}

/// An entry as it is told: in the API, in exports, and in what is hashed. Every member is always there.
#[derive(Debug, Serialize)]
pub struct Told<'a> {
    id: &'a str,
    /// `app_space:GUID` or `company:GUID`.
    trail: String,
    seq: u64,
    /// RFC 3339, to the millisecond, in UTC.
    at: String,
    event: EventKind,
    subject: &'a str,
    user: Option<&'a str>,
    actor: Option<Actor>,
    channel: Option<Channel>,
    detail: Option<&'a str>,
    previous: &'a str,
    /// Not in what is hashed.
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<&'a str>,
}

impl AuditEntry {
    /// The entry of what `happened`, behind `previous`, whose number and hash it continues. Its own hash is still to be
    /// computed.
    pub fn after(happened: &Happened, head: Option<&AuditHead>, previous: String) -> Self {
        let Happened { id, trail, at, event, subject, user, actor, channel, detail } = happened.clone();
        Self {
            id,
            trail,
            seq: head.map_or(1, |head| head.seq + 1),
            // Shards of the stream run beside each other, and the trail's order is that of writing it down.
            at: head.map_or(at, |head| at.max(head.at)),
            event,
            subject,
            user,
            actor,
            channel,
            detail,
            previous,
            hash: String::new(),
        }
    }

    /// With its hash.
    pub fn told(&self) -> Told<'_> {
        Told { hash: Some(&self.hash), ..self.hashed() }
    }

    /// Without its hash: what the hash is of, as canonical JSON (RFC 8785).
    pub fn hashed(&self) -> Told<'_> {
        Told {
            id: &self.id,
            trail: self.trail.to_string(),
            seq: self.seq,
            at: self.at.rfc3339(),
            event: self.event,
            subject: &self.subject,
            user: self.user.as_deref(),
            actor: self.actor,
            channel: self.channel,
            detail: self.detail.as_deref(),
            previous: &self.previous,
            hash: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::{at, audit_entry, device_id, happened};

    #[test]
    fn an_entry_continues_its_trail() {
        let first = AuditEntry::after(&happened(), None, "begin".into());
        assert_eq!((first.seq, first.at, first.previous.as_str()), (1, at(1), "begin"));
        let head = AuditHead { at: at(5), hash: "one".into(), ..AuditHead::of(&first) };
        let second = AuditEntry::after(&happened(), Some(&head), "one".into());
        assert_eq!((second.seq, second.at), (2, at(5)), "time never goes back");
        let late = Happened { at: at(9), ..happened() };
        assert_eq!(AuditEntry::after(&late, Some(&head), "one".into()).at, at(9));
    }

    #[test]
    fn an_entry_is_told_with_every_member() {
        let entry = audit_entry();
        let told = json!({
            "id": "evt_1",
            "trail": entry.trail.to_string(),
            "seq": 1,
            "at": "1970-01-01T00:00:00.001Z",
            "event": "challenge.created",
            "subject": entry.subject,
            "user": null,
            "actor": format!("device:{}", device_id(1)),
            "channel": "push",
            "detail": null,
            "previous": "begin",
        });
        assert_eq!(serde_json::to_value(entry.hashed()).unwrap(), told);
        let mut with_hash = told;
        with_hash["hash"] = "hash".into();
        assert_eq!(serde_json::to_value(entry.told()).unwrap(), with_hash);
    }
}
