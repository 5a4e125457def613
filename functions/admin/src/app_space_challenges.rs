//! `GET …/challenges`: the challenges of an App Space, newest first; a live list asks for what is new, again and again.

use countersign_domain::invalid::Invalid;
use countersign_domain::role::Permission;
use countersign_domain::time::{Span, Timestamp};
use countersign_lambda::admin::AdminRead;
use countersign_lambda::refusal::Timestamp3339;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::challenge_view::ChallengeView;
use crate::page::{self, Page};

#[derive(Deserialize)]
pub(crate) struct Query {
    /// Only what was asked since then.
    since: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Challenges {
    #[serde(flatten)]
    page: Page<ChallengeView>,
    /// What time it is here: `since` of a next call.
    at: Timestamp3339,
}

/// A challenge comes into the list from the table's stream, a moment after it was made: so much longer back reaches `since`.
const LISTED_WITHIN: Span = Span::secs(30);

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Challenges>, Refusal> {
    let (query, now) = (&call.body, app.now());
    let since = query.since.as_deref().map(|text| {
        let since: Result<Timestamp, _> = text.parse();
        since.map_err(|_| Invalid::new("since", "is not an RFC 3339 time"))
    });
    let since = since.transpose()?.map(|since| since - LISTED_WITHIN);
    let (limit, cursor) = (page::limit(query.limit.as_deref())?, page::cursor(query.cursor.as_deref())?);
    let (caller, _) = AdminRead::of(app, &call, Permission::ReadChallenges)?.authenticate(app, &call).await?;
    let app_space = caller.app_space()?.value.id;
    let listed = app.store.challenge_ids(app_space, cursor.as_ref(), limit).await?;
    let challenges = app.store.challenges(&listed.items, now).await?;
    let (new, old): (Vec<_>, Vec<_>) = challenges
        .into_iter()
        .map(|record| record.value.at(now))
        .partition(|challenge| since.is_none_or(|since| challenge.asked_at >= since));
    let items = new.iter().map(|challenge| ChallengeView::of(challenge, true)).collect();
    // All that comes after an old one is older.
    let next = listed.next.filter(|_| old.is_empty());
    Ok(Reply::ok(Challenges { page: Page::of(items, next.as_ref()), at: Timestamp3339(now) }))
}
