//! `GET /api/v1/logs/export`: the audit trail of the App Space as CSV, newest first.

use countersign_domain::act::Trail;
use countersign_domain::channel::Channel;
use countersign_domain::invalid::Invalid;
use countersign_lambda::origin::OriginRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;

use crate::log_entry::{self, ACTOR_TYPES, CATEGORIES, Filter, HEADER, STATUSES};
use crate::log_period::Period;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    filter: Option<String>,
    from_date: Option<String>,
    to_date: Option<String>,
    timespan: Option<String>,
    status: Option<String>,
    category: Option<String>,
    channel: Option<String>,
    actor_type: Option<String>,
}

/// Most rows of one export. Of some 300 bytes each, they are half of what a function may answer.
const ROWS_MAX: usize = 10_000;
/// Most entries that one export looks at: a filter that takes few of many must end in time.
const ENTRIES_MAX: usize = 50_000;
/// Entries that are held at once.
const PAGE: usize = 1_000;

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<()>, Refusal> {
    let query = &call.body;
    let [from, to, span] = [&query.from_date, &query.to_date, &query.timespan].map(|text| text.as_deref());
    let period = Period::parse(from, to, span, app.now())?;
    let filter = query.filter()?;
    let (caller, _) = OriginRead::of(&call)?.authenticate(app, &call).await?;
    let mut csv = HEADER.to_owned();
    let (mut rows, mut left, mut next) = (0, ENTRIES_MAX, None);
    let (trail, within) = (Trail::AppSpace(caller.app_space.id), (period.from, period.to));
    loop {
        let page = app.store.audit_page(trail, within, next.as_ref(), PAGE.min(left)).await?;
        left -= page.items.len();
        for entry in page.items.iter().filter(|entry| filter.takes(entry)).take(ROWS_MAX - rows) {
            csv.push_str(&log_entry::row(entry));
            rows += 1;
        }
        next = page.next;
        if next.is_none() || rows == ROWS_MAX || left == 0 {
            break;
        }
    }
    Ok(Reply::text("text/csv;charset=UTF-8", csv))
}

impl Query {
    fn filter(&self) -> Result<Filter, Invalid> {
        if let Some(channel) = &self.channel {
            Channel::parse("channel", channel)?;
        }
        Ok(Filter {
            text: self.filter.clone(),
            status: one_of("status", &self.status, &STATUSES)?,
            category: one_of("category", &self.category, &CATEGORIES)?,
            channel: self.channel.clone(),
            actor_type: one_of("actorType", &self.actor_type, &ACTOR_TYPES)?,
        })
    }
}

fn one_of(field: &'static str, word: &Option<String>, words: &[&str]) -> Result<Option<String>, Invalid> {
    match word {
        Some(word) if !words.contains(&word.as_str()) => {
            Err(Invalid::new(field, format!("is not one of {}", words.join(", "))))
        }
        word => Ok(word.clone()),
    }
}
