//! `GET …/audit`: an audit trail, newest first; in pages, or as a file.

use countersign_domain::act::Trail;
use countersign_domain::audit::AuditEntry;
use countersign_domain::audit_export::AuditFormat;
use countersign_domain::audit_query::AuditQuery;
use countersign_domain::time::Timestamp;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::{Cursor, StoreError};
use serde::Deserialize;
use serde_json::Value;

use crate::page::Page;
use crate::{audit_period, audited, page};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    app_space: Option<String>,
    from: Option<String>,
    to: Option<String>,
    event: Option<String>,
    subject: Option<String>,
    user: Option<String>,
    actor: Option<String>,
    text: Option<String>,
    format: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

/// Most entries of one part of a file: of some 500 bytes each, a sixth of what a function may answer.
const EXPORT_MAX: usize = 2_000;
/// Most entries that one call looks at: a filter that takes few of many must end in time.
const LOOKED_AT_MAX: usize = 4_000;
/// Entries that one query reads where a filter drops some.
const AT_ONCE: usize = 1_000;

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Page<Value>>, Refusal> {
    let query = &call.body;
    let period = audit_period::parse(given(&query.from), given(&query.to), app.now())?;
    let format: Option<AuditFormat> = match given(&query.format) {
        None | Some("json") => None,
        Some(format) => Some(format.parse()?),
    };
    let limit = page::limit(given(&query.limit))?;
    let limit = if format.is_some() { EXPORT_MAX } else { limit };
    let cursor = page::cursor(given(&query.cursor))?;
    let is_first = cursor.is_none();
    let trail = audited::trail(app, &call, given(&query.app_space)).await?;
    let search = Search { trail, period, filter: query.filter(), filtered: query.is_filtered(), limit };
    let (entries, next) = search.from(app, cursor).await?;
    let Some(format) = format else {
        let items: Result<Vec<Value>, _> =
            entries.iter().map(|entry| serde_json::to_value(entry.told())).collect();
        let items = items.map_err(|_| internal("an audit entry without JSON")())?;
        return Ok(Reply::ok(Page::of(items, next.as_ref())));
    };
    // The parts of a file, one behind the other, are the file: its head stands in the first.
    let mut file = if is_first { format.begin() } else { String::new() };
    entries.iter().for_each(|entry| file.push_str(&format.line(entry)));
    let reply = Reply::text(format.media_type(), file);
    Ok(match next {
        Some(next) => reply.next(&call.url_with(&app.settings, "cursor", &next.to_string())),
        None => reply,
    })
}

/// The text of a field that has one: forms also send empty ones.
fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

impl Query {
    fn filter(&self) -> AuditQuery {
        let text = |text: &Option<String>| given(text).map(str::to_owned);
        AuditQuery {
            event: text(&self.event),
            subject: text(&self.subject),
            user: text(&self.user),
            actor: text(&self.actor),
            text: text(&self.text),
        }
    }

    fn is_filtered(&self) -> bool {
        [&self.event, &self.subject, &self.user, &self.actor, &self.text]
            .into_iter()
            .any(|text| given(text).is_some())
    }
}

struct Search {
    trail: Trail,
    period: (Timestamp, Timestamp),
    filter: AuditQuery,
    /// Whether the filter drops anything.
    filtered: bool,
    limit: usize,
}

impl Search {
    /// What is found behind `cursor`, and where to go on.
    async fn from(
        &self,
        app: &App,
        mut cursor: Option<Cursor>,
    ) -> Result<(Vec<AuditEntry>, Option<Cursor>), StoreError> {
        let (mut found, mut looked_at) = (Vec::new(), 0);
        while looked_at < LOOKED_AT_MAX {
            let wanted = self.limit - found.len();
            let at_once = if self.filtered { AT_ONCE } else { AT_ONCE.min(wanted) };
            let page = app.store.audit_page(self.trail, self.period, cursor.as_ref(), at_once).await?;
            looked_at += page.items.len();
            let mut entries = page.items.into_iter();
            for entry in entries.by_ref().filter(|entry| self.filter.matches(entry)) {
                found.push(entry);
                if found.len() == self.limit {
                    break;
                }
            }
            cursor = match found.last() {
                Some(last) if entries.len() > 0 => Some(Cursor::behind(last)),
                _ => page.next,
            };
            if cursor.is_none() || found.len() == self.limit {
                break;
            }
        }
        Ok((found, cursor))
    }
}
