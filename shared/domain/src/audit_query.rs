//! Which entries of an audit trail somebody looks for.

use crate::actor::Actor;
use crate::audit::AuditEntry;

/// What an entry must have, beside its time; nothing asked for is nothing demanded.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// What its event begins with, e.g. `challenge.` or `user.revoked`.
    pub event: Option<String>,
    /// Its subject's id.
    pub subject: Option<String>,
    /// Its user's id.
    pub user: Option<String>,
    /// Who did it: the kind alone, the id alone, or both as [`Actor`] writes them.
    pub actor: Option<String>,
    /// Stands somewhere in the entry, in either case.
    pub text: Option<String>,
}

impl AuditQuery {
    /// Whether `entry` is one of those that are looked for.
    pub fn matches(&self, entry: &AuditEntry) -> bool {
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
        };
        self.event.as_ref().is_none_or(|event| entry.event.name().starts_with(event.as_str()))
            && is(&self.subject, &entry.subject)
            && is(&self.user, entry.user.as_deref().unwrap_or_default())
            && self.actor.as_ref().is_none_or(|actor| is_actor(actor, entry.actor))
            && self.text.as_ref().is_none_or(|text| has(entry, &text.to_lowercase()))
    }
}

fn is_actor(wanted: &str, actor: Option<Actor>) -> bool {
    let Some(actor) = actor.map(|actor| actor.to_string()) else { return false };
    let (kind, id) = actor.split_once(':').unwrap_or((&actor, ""));
    [actor.as_str(), kind, id].into_iter().any(|part| !part.is_empty() && part.eq_ignore_ascii_case(wanted))
}

fn has(entry: &AuditEntry, text: &str) -> bool {
    let actor = entry.actor.map(|actor| actor.to_string());
    [
        Some(entry.id.as_str()),
        Some(entry.event.name()),
        Some(entry.subject.as_str()),
        entry.user.as_deref(),
        actor.as_deref(),
        entry.detail.as_deref(),
    ]
    .into_iter()
    .flatten()
    .any(|part| part.to_lowercase().contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{audit_entry, device_id, user_id};

    #[test]
    fn an_entry_is_found_by_what_it_has_and_by_nothing_else() {
        let id = device_id(1).to_string();
        let entry = AuditEntry {
            user: Some(user_id(1).to_string()),
            detail: Some("Ja, bitte".into()),
            ..audit_entry()
        };
        let some = |text: &str| Some(text.to_owned());
        let all = AuditQuery::default();
        assert!(all.matches(&entry) && all.matches(&audit_entry()));
        for query in [
            AuditQuery { event: some("challenge."), ..all.clone() },
            AuditQuery { event: some("challenge.created"), ..all.clone() },
            AuditQuery { subject: Some(entry.subject.to_uppercase()), ..all.clone() },
            AuditQuery { user: entry.user.clone(), ..all.clone() },
            AuditQuery { actor: some("device"), ..all.clone() },
            AuditQuery { actor: Some(id.clone()), ..all.clone() },
            AuditQuery { actor: Some(format!("device:{id}")), ..all.clone() },
            AuditQuery { text: some("JA,"), ..all.clone() },
            AuditQuery { text: some("evt_1"), ..all.clone() },
        ] {
            assert!(query.matches(&entry), "{query:?}");
        }
        for query in [
            AuditQuery { event: some("user"), ..all.clone() },
            AuditQuery { event: some("created"), ..all.clone() },
            AuditQuery { subject: some("evt_1"), ..all.clone() },
            AuditQuery { user: Some(user_id(2).to_string()), ..all.clone() },
            AuditQuery { actor: some("administrator"), ..all.clone() },
            AuditQuery { actor: some(""), ..all.clone() },
            AuditQuery { text: some("nein"), ..all.clone() },
        ] {
            assert!(!query.matches(&entry), "{query:?}");
        }
        let nobody = AuditEntry { actor: None, ..entry };
        assert!(!AuditQuery { actor: some("device"), ..all.clone() }.matches(&nobody));
        let operator = AuditEntry { actor: Some(Actor::Operator), ..nobody };
        assert!(AuditQuery { actor: some("operator"), ..all }.matches(&operator));
    }
}
