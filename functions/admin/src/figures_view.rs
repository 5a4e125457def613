//! Figures in the words of the administration API.

use countersign_domain::day::Day;
use countersign_domain::figures::{ANSWER_CLASSES, DayFigures};
use serde::Serialize;

use crate::answer_times::Percentiles;

/// What is counted of challenges.
#[derive(Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Totals {
    created: u64,
    approved: u64,
    other_answer: u64,
    declined: u64,
    not_me: u64,
    failed: u64,
    cancelled: u64,
    expired: u64,
    answer_times: [u64; ANSWER_CLASSES],
    answer_seconds: Percentiles,
}

/// One day.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayView {
    day: Day,
    #[serde(flatten)]
    totals: Totals,
    /// Users whose last day of activity it is.
    last_active: u64,
}

impl Totals {
    /// The sum of `days`.
    pub(crate) fn of(days: &[DayFigures]) -> Self {
        let sum = |count: fn(&DayFigures) -> u64| days.iter().map(count).sum();
        let answer_times = std::array::from_fn(|class| days.iter().map(|day| day.answer_times[class]).sum());
        Self {
            created: sum(|day| day.created),
            approved: sum(|day| day.approved),
            other_answer: sum(|day| day.other_answer),
            declined: sum(|day| day.declined),
            not_me: sum(|day| day.not_me),
            failed: sum(|day| day.failed),
            cancelled: sum(|day| day.cancelled),
            expired: sum(|day| day.expired),
            answer_seconds: Percentiles::of(&answer_times),
            answer_times,
        }
    }
}

impl DayView {
    pub(crate) fn of(day: &DayFigures) -> Self {
        let totals = Totals::of(std::slice::from_ref(day));
        Self { day: day.day, totals, last_active: day.active }
    }
}
