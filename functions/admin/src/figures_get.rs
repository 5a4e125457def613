//! `GET …/figures`: what is counted of an App Space, by day in UTC.

use countersign_domain::day::Day;
use countersign_domain::figures::{ANSWER_TIMES, DayFigures, active_users};
use countersign_domain::invalid::Invalid;
use countersign_domain::role::Permission;
use countersign_lambda::admin::AdminRead;
use countersign_lambda::{App, Call, Refusal, Reply};
use serde::{Deserialize, Serialize};

use crate::figures_view::{DayView, Totals};

#[derive(Deserialize)]
pub(crate) struct Query {
    days: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    /// Oldest first, without a gap; the last one is today.
    days: Vec<DayView>,
    totals: Totals,
    /// Up to how many seconds the answers of each class took; the last class has no end.
    answer_time_bounds: [i64; ANSWER_TIMES.len()],
    active_users: ActiveUsers,
}

/// How many users acted on a challenge, today and within the last days.
#[derive(Serialize)]
struct ActiveUsers {
    day: u64,
    week: u64,
    month: u64,
}

const DAYS: u32 = 30;
const DAYS_MAX: u32 = 90;
/// The longest window of active users.
const MONTH: u32 = 30;

pub(crate) async fn handle(app: &App, call: Call<Query>) -> Result<Reply<Figures>, Refusal> {
    let days = days(call.body.days.as_deref())?;
    let (caller, _) = AdminRead::of(app, &call, Permission::ReadAppSpace)?.authenticate(app, &call).await?;
    let today = Day::of(app.now());
    let read = days.max(MONTH);
    let counted = app.store.figures(caller.app_space()?.value.id, today.back(read - 1), today).await?;
    let all: Vec<DayFigures> = (0..read)
        .rev()
        .map(|back| {
            let day = today.back(back);
            let known = counted.iter().find(|figures| figures.day == day).cloned();
            known.unwrap_or_else(|| DayFigures::read(day, |_| 0))
        })
        .collect();
    let last = |days: u32| &all[all.len() - days as usize..];
    let shown = last(days);
    Ok(Reply::ok(Figures {
        days: shown.iter().map(DayView::of).collect(),
        totals: Totals::of(shown),
        answer_time_bounds: ANSWER_TIMES,
        active_users: ActiveUsers {
            day: active_users(last(1)),
            week: active_users(last(7)),
            month: active_users(last(MONTH)),
        },
    }))
}

fn days(text: Option<&str>) -> Result<u32, Invalid> {
    let Some(text) = text else { return Ok(DAYS) };
    let number = text.parse().ok().filter(|number| (1..=DAYS_MAX).contains(number));
    number.ok_or_else(|| Invalid::new("days", "is not a number from 1 to 90"))
}
