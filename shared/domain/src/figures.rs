//! What an App Space's overview counts: challenges by outcome, answer times, active users; by day in UTC.

use serde::Serialize;

use crate::challenge::{Challenge, ChallengeState};
use crate::day::Day;
use crate::event::EventKind;

/// Up to how many seconds an answer of each class took; the last class has no end.
pub const ANSWER_TIMES: [i64; 8] = [5, 10, 20, 30, 60, 120, 300, 900];

/// How many classes of answer times there are.
pub const ANSWER_CLASSES: usize = ANSWER_TIMES.len() + 1;

/// One number of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Figure {
    /// Challenges made.
    Created,
    /// Answered with the first option.
    Approved,
    /// Answered with another option.
    OtherAnswer,
    /// Declined.
    Declined,
    /// Declined because it was not they who started it.
    NotMe,
    /// Failed by wrong codes.
    Failed,
    /// Taken back.
    Cancelled,
    /// Not answered in time.
    Expired,
    /// Answers of this class of [`ANSWER_TIMES`].
    AnswerTime(usize),
    /// Users whose last day of activity it is.
    Active,
}

impl Figure {
    /// What it is called in the table.
    pub fn name(self) -> String {
        match self {
            Self::Created => "created".into(),
            Self::Approved => "approved".into(),
            Self::OtherAnswer => "other_answer".into(),
            Self::Declined => "declined".into(),
            Self::NotMe => "not_me".into(),
            Self::Failed => "failed".into(),
            Self::Cancelled => "cancelled".into(),
            Self::Expired => "expired".into(),
            Self::AnswerTime(class) => format!("answer_time_{class}"),
            Self::Active => "active".into(),
        }
    }

    /// What a change of a challenge counts for. One that the user's own app began is made with its outcome: it counts as
    /// made and as decided, and took no time.
    pub fn of_challenge(old: Option<&Challenge>, new: &Challenge, event: EventKind) -> Vec<Self> {
        let mut figures = Vec::new();
        if old.is_none() {
            figures.push(Self::Created);
        }
        figures.extend(match event {
            EventKind::ChallengeAnswered => match new.state {
                ChallengeState::Answered { option: 0, .. } => Some(Self::Approved),
                _ => Some(Self::OtherAnswer),
            },
            EventKind::ChallengeDeclined => Some(Self::Declined),
            EventKind::ChallengeNotMe => Some(Self::NotMe),
            EventKind::ChallengeFailed => Some(Self::Failed),
            EventKind::ChallengeCancelled => Some(Self::Cancelled),
            EventKind::ChallengeExpired => Some(Self::Expired),
            _ => None,
        });
        let by_person = matches!(
            event,
            EventKind::ChallengeAnswered | EventKind::ChallengeDeclined | EventKind::ChallengeNotMe
        );
        if let (true, Some(_), Some(at)) = (by_person, old, new.decided_at()) {
            figures.push(Self::AnswerTime(answer_class((at - new.asked_at).as_secs_up())));
        }
        figures
    }
}

fn answer_class(secs: i64) -> usize {
    ANSWER_TIMES.iter().position(|most| secs <= *most).unwrap_or(ANSWER_TIMES.len())
}

/// The numbers of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DayFigures {
    /// The day.
    pub day: Day,
    /// Challenges made.
    pub created: u64,
    /// Answered with the first option.
    pub approved: u64,
    /// Answered with another option.
    pub other_answer: u64,
    /// Declined.
    pub declined: u64,
    /// Declined because it was not they who started it.
    pub not_me: u64,
    /// Failed by wrong codes.
    pub failed: u64,
    /// Taken back.
    pub cancelled: u64,
    /// Not answered in time.
    pub expired: u64,
    /// How many answers took up to so many seconds, by the classes of [`ANSWER_TIMES`]; the last took longer.
    pub answer_times: [u64; ANSWER_CLASSES],
    /// Users whose last day of activity it is; see [`active_users`].
    pub active: u64,
}

impl DayFigures {
    /// The numbers of `day`, each as `number` knows it.
    pub fn read(day: Day, number: impl Fn(Figure) -> u64) -> Self {
        Self {
            day,
            created: number(Figure::Created),
            approved: number(Figure::Approved),
            other_answer: number(Figure::OtherAnswer),
            declined: number(Figure::Declined),
            not_me: number(Figure::NotMe),
            failed: number(Figure::Failed),
            cancelled: number(Figure::Cancelled),
            expired: number(Figure::Expired),
            answer_times: std::array::from_fn(|class| number(Figure::AnswerTime(class))),
            active: number(Figure::Active),
        }
    }
}

/// How many users acted on a challenge within the days of `figures`, if they reach to the newest day.
///
/// Each user counts for one day, the last one, so that a sum counts nobody twice.
pub fn active_users(figures: &[DayFigures]) -> u64 {
    figures.iter().map(|day| day.active).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::DeclineReason;
    use crate::samples::{at, challenge, device_id, evidence, user_id};

    fn figures(state: ChallengeState) -> Vec<Figure> {
        let (old, new) = (challenge(), Challenge { state, ..challenge() });
        let event = EventKind::of_challenge(Some(&old), &new).unwrap();
        Figure::of_challenge(Some(&old), &new, event)
    }

    #[test]
    fn each_outcome_counts_once_and_answers_by_their_time() {
        let user = user_id(1);
        let answered =
            |option, millis| ChallengeState::Answered { user, at: at(millis), option, evidence: None };
        assert_eq!(figures(answered(0, 1)), [Figure::Approved, Figure::AnswerTime(0)]);
        assert_eq!(figures(answered(1, 5_001)), [Figure::OtherAnswer, Figure::AnswerTime(1)]);
        let declined = |reason, millis| {
            figures(ChallengeState::Declined { user, at: at(millis), reason, evidence: evidence() })
        };
        let expected = [Figure::Declined, Figure::AnswerTime(7)];
        assert_eq!(declined(DeclineReason::Cancelled, 900_000), expected);
        assert_eq!(declined(DeclineReason::NotMe, 900_001), [Figure::NotMe, Figure::AnswerTime(8)]);
        let failed = ChallengeState::Failed { user, at: at(1), device: Some(device_id(1)) };
        assert_eq!(figures(failed), [Figure::Failed]);
        assert_eq!(figures(ChallengeState::Cancelled { user: None, at: at(1) }), [Figure::Cancelled]);
        assert_eq!(figures(ChallengeState::Expired { user: None, at: at(1) }), [Figure::Expired]);
        assert!(figures(ChallengeState::Pending { user, wrong_codes: 1 }).is_empty());
    }

    #[test]
    fn one_that_is_made_with_its_outcome_counts_as_both() {
        assert_eq!(Figure::of_challenge(None, &challenge(), EventKind::ChallengeCreated), [Figure::Created]);
        let state = ChallengeState::Answered { user: user_id(1), at: at(0), option: 0, evidence: None };
        let made = Challenge { state, ..challenge() };
        assert_eq!(
            Figure::of_challenge(None, &made, EventKind::ChallengeAnswered),
            [Figure::Created, Figure::Approved]
        );
    }

    #[test]
    fn a_day_has_every_figure() {
        let day = Day::of(at(0));
        let read = DayFigures::read(day, |figure| match figure {
            Figure::AnswerTime(class) => class as u64,
            Figure::Active => 3,
            _ => 1,
        });
        let told = serde_json::json!({
            "day": "1970-01-01", "created": 1, "approved": 1, "otherAnswer": 1, "declined": 1, "notMe": 1, "failed": 1,
            "cancelled": 1, "expired": 1, "answerTimes": [0, 1, 2, 3, 4, 5, 6, 7, 8], "active": 3,
        });
        assert_eq!(serde_json::to_value(&read).unwrap(), told);
        assert_eq!(active_users(&[read.clone(), read]), 6);
    }
}
