//! `GET …/users`: the users of an App Space, by account id.

use countersign_domain::invalid::Invalid;
use countersign_domain::role::Permission;
use countersign_domain::time::{Span, Timestamp};
use countersign_domain::user::User;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::Deserialize;

use crate::page::{self, Page};
use crate::user_view::UserSummary;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    /// What the account id begins with, in either case.
    search: Option<String>,
    state: Option<String>,
    /// Days.
    active_within: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

/// Most pages of the list that one call looks at: a filter that takes few of many must end in time.
const PAGES_MAX: usize = 5;
const DAYS_MAX: i64 = 365;

/// Who is looked for among the users of the list.
struct Filter {
    state: Option<String>,
    active_since: Option<Timestamp>,
}

impl Filter {
    fn parse(query: &Query, now: Timestamp) -> Result<Self, Invalid> {
        let state = query.state.clone().filter(|state| !state.is_empty());
        if state.as_deref().is_some_and(|state| !["active", "suspended", "revoked"].contains(&state)) {
            return Err(Invalid::new("state", "is not one of active, suspended, revoked"));
        }
        let days = query.active_within.as_deref().map(|text| {
            let days = text.parse().ok().filter(|days| (1..=DAYS_MAX).contains(days));
            days.ok_or_else(|| Invalid::new("activeWithin", "is not a number of days from 1 to 365"))
        });
        Ok(Self { state, active_since: days.transpose()?.map(|days| now - Span::days(days)) })
    }

    fn takes_state(&self, word: &str) -> bool {
        self.state.as_deref().is_none_or(|state| state == word)
    }

    fn takes(&self, user: &User) -> bool {
        let active = |since: Timestamp| user.last_active_at.is_some_and(|at| at >= since);
        self.takes_state(user.state.name()) && self.active_since.is_none_or(active)
    }
}

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Page<UserSummary>>, Refusal> {
    let query = &call.body;
    let filter = Filter::parse(query, app.now())?;
    let limit = page::limit(query.limit.as_deref())?;
    let mut cursor = page::cursor(query.cursor.as_deref())?;
    let read = AdminRead::of(app, &call, Permission::ReadUsers)?;
    let (caller, _) = read.authenticate(app, &call).await?;
    let (app_space, prefix) = (caller.app_space()?.value.id, query.search.as_deref());
    let mut items = Vec::new();
    for _ in 0..PAGES_MAX {
        let page = app.store.users_page(app_space, prefix, cursor.as_ref(), limit - items.len()).await?;
        let listed = page.items.iter().filter(|listed| filter.takes_state(listed.state.name()));
        let ids: Vec<_> = listed.map(|listed| listed.user).collect();
        let users = app.store.users(&ids, app.now()).await?;
        let taken = users.iter().map(|record| &record.value).filter(|user| filter.takes(user));
        items.extend(taken.map(UserSummary::of));
        cursor = page.next;
        if cursor.is_none() || items.len() == limit {
            break;
        }
    }
    Ok(Reply::ok(Page::of(items, cursor.as_ref())))
}
