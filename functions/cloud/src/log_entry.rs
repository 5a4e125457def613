//! An audit entry as a row of an export, in the words of this API.

use countersign_domain::audit::AuditEntry;
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
pub(crate) const CATEGORIES: [&str; 3] = ["approval", "user", "authenticator"];
pub(crate) const ACTOR_TYPES: [&str; 3] = ["backend", "authenticator", "system"];

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
        entry.actor.clone().unwrap_or_default(),
        entry.user.clone().unwrap_or_default(),
        entry.subject.clone(),
        entry.detail.clone().unwrap_or_default(),
        entry.id.clone(),
    ];
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell (RFC 4180). One that a spreadsheet would take for a formula begins with an apostrophe, so that it is a text.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
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

fn actor_type(entry: &AuditEntry) -> &'static str {
    match (&entry.actor, entry.event) {
        (None, _) => "system",
        (Some(_), EventKind::ChallengeCreated | EventKind::ChallengeCancelled) => "backend",
        (Some(_), _) => "authenticator",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_whatever_is_in_it() {
        for (text, written) in [
            ("Approve", "Approve"),
            ("", ""),
            ("a, b", "\"a, b\""),
            ("say \"yes\"", "\"say \"\"yes\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(\"https://evil.example\")", "\"'=HYPERLINK(\"\"https://evil.example\"\")\""),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
        ] {
            assert_eq!(cell(text), written, "{text:?}");
        }
    }
}
