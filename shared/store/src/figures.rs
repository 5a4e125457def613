//! What is counted of an App Space, one item per day: overview figures come from one query, and nothing is scanned.

use countersign_domain::day::Day;
use countersign_domain::figures::{DayFigures, Figure};
use countersign_domain::id::AppSpaceId;

use crate::error::StoreError;
use crate::item::number_of;
use crate::keys;
use crate::page::Stretch;
use crate::store::Store;
use crate::write::Write;

const KIND: &str = "figures";

/// Most days that one read gives: ten years.
const DAYS_MAX: usize = 3660;

impl Write {
    /// Adds to figures of one day. A write may do so once for each day.
    pub fn count_figures(
        self,
        app_space: AppSpaceId,
        day: Day,
        changes: &[(Figure, i64)],
    ) -> Result<Self, StoreError> {
        let numbers: Vec<_> = changes.iter().map(|(figure, change)| (figure.name(), *change)).collect();
        self.count("figures", &keys::figures(app_space, day), KIND, &numbers)
    }
}

impl Store {
    /// The figures of the days from `from` to `to`, both included, oldest first. Days on which nothing was counted are not
    /// among them.
    pub async fn figures(
        &self,
        app_space: AppSpaceId,
        from: Day,
        to: Day,
    ) -> Result<Vec<DayFigures>, StoreError> {
        let stretch = Stretch {
            pk: keys::figures_partition(app_space),
            from: from.to_string(),
            to: to.to_string(),
            newest_first: false,
            consistent: false,
        };
        let page = self.page(&stretch, None, DAYS_MAX).await?;
        let read = |item: crate::item::Item| {
            let day = item.get("sk").and_then(|sk| sk.as_s().ok()).and_then(|sk| sk.parse().ok());
            let day = day.ok_or(StoreError::Unreadable { kind: KIND })?;
            // None is below nothing, unless somebody else wrote it.
            let number = |figure: Figure| number_of(&item, &figure.name()).unwrap_or(0).max(0).unsigned_abs();
            Ok(DayFigures::read(day, number))
        };
        page.items.into_iter().map(read).collect()
    }
}
