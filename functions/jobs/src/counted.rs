//! What is counted and listed with an audit entry, in the same transaction and so exactly once.

use std::collections::BTreeMap;

use countersign_domain::challenge::Challenge;
use countersign_domain::day::Day;
use countersign_domain::event::EventKind;
use countersign_domain::figures::Figure;
use countersign_domain::id::{AppSpaceId, UserId};
use countersign_domain::last_active::{LastActive, Moved, is_activity};
use countersign_store::stream::{Change, Changed};
use countersign_store::{Record, StoreError, Write};

/// What a change means for lists and figures.
pub(crate) struct Counted<'a> {
    day: Day,
    /// The challenge that was made.
    made: Option<&'a Challenge>,
    /// Who was asked it, or claimed it just now.
    asked: Option<(UserId, &'a Challenge)>,
    figures: Vec<Figure>,
    activity: Option<Activity>,
    app_space: Option<AppSpaceId>,
}

/// What a user's last day of activity has to do with it.
enum Activity {
    Acted(UserId),
    Revoked(UserId),
}

impl<'a> Counted<'a> {
    pub(crate) fn of(change: &'a Change, event: EventKind) -> Self {
        let day = Day::of(change.at);
        let nothing =
            Self { day, made: None, asked: None, figures: Vec::new(), activity: None, app_space: None };
        match &change.what {
            Changed::Challenge(old, new) => {
                let is_new = old.is_none();
                let user = new.user();
                Self {
                    made: is_new.then_some(new),
                    asked: user
                        .filter(|_| is_new || event == EventKind::ChallengeClaimed)
                        .map(|user| (user, new)),
                    figures: Figure::of_challenge(old.as_ref(), new, event),
                    activity: user.filter(|_| is_activity(event)).map(Activity::Acted),
                    app_space: Some(new.app_space),
                    ..nothing
                }
            }
            Changed::User(_, new) if event == EventKind::UserRevoked => {
                Self { activity: Some(Activity::Revoked(new.id)), app_space: Some(new.app_space), ..nothing }
            }
            _ => nothing,
        }
    }

    /// Whose last day of activity must be known.
    pub(crate) fn user(&self) -> Option<UserId> {
        self.activity.as_ref().map(|activity| match activity {
            Activity::Acted(user) | Activity::Revoked(user) => *user,
        })
    }

    /// Adds it all to a write; `known` is the user's last day of activity as it was read.
    pub(crate) fn write(
        &self,
        mut write: Write,
        known: Option<&Record<LastActive>>,
    ) -> Result<Write, StoreError> {
        if let Some(challenge) = self.made {
            write = write.list_challenge(challenge)?;
        }
        if let Some((user, challenge)) = self.asked {
            write = write.list_challenge_of(user, challenge)?;
        }
        let Some(app_space) = self.app_space else { return Ok(write) };
        // A transaction may change an item once: what concerns one day is put together.
        let mut days: BTreeMap<Day, Vec<(Figure, i64)>> = BTreeMap::new();
        for figure in &self.figures {
            days.entry(self.day).or_default().push((*figure, 1));
        }
        if let Some(moved) = self.moved(app_space, known.map(|record| &record.value)) {
            for (day, change) in
                moved.from.map(|day| (day, -1)).into_iter().chain(moved.to.map(|day| (day, 1)))
            {
                days.entry(day).or_default().push((Figure::Active, change));
            }
            write = match known {
                Some(known) => write.replace("last active", known, &moved.mark)?,
                None => write.insert("last active", &moved.mark)?,
            };
        }
        days.into_iter()
            .try_fold(write, |write, (day, changes)| write.count_figures(app_space, day, &changes))
    }

    fn moved(&self, app_space: AppSpaceId, known: Option<&LastActive>) -> Option<Moved> {
        match self.activity.as_ref()? {
            Activity::Acted(user) => LastActive::acted(known, (app_space, *user), self.day),
            Activity::Revoked(user) => LastActive::revoked(known, (app_space, *user)),
        }
    }
}
