//! One webhook event on its way to a Request Origin.

use serde::{Deserialize, Serialize};

use crate::callback::CallbackUrl;
use crate::chance::{self, Random};
use crate::event::EventKind;
use crate::id::{AppSpaceId, ChallengeId, RequestOriginId};
use crate::refused::Refused;
use crate::time::{Span, Timestamp};

/// How long after each failed attempt the next one is due: ten attempts over three days.
const BACKOFF: [Span; 9] = [
    Span::minutes(1),
    Span::minutes(5),
    Span::minutes(30),
    Span::hours(2),
    Span::hours(5),
    Span::hours(10),
    Span::hours(14),
    Span::hours(18),
    Span::hours(24),
];

/// While an attempt runs nobody else makes one. Longer than an attempt can take, so that only a dead sender's
/// delivery is taken over.
pub const LEASE: Span = Span::minutes(2);

/// An event, the URL it goes to, and how far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Delivery {
    /// The event's stable id: `webhook-id` of every attempt.
    pub id: String,
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// Whose event it is.
    pub origin: RequestOriginId,
    /// What it is about.
    pub challenge: ChallengeId,
    /// What happened.
    pub event: EventKind,
    /// Where it goes.
    pub url: CallbackUrl,
    /// The JSON that is posted, the same at every attempt.
    pub body: String,
    /// When the event happened.
    pub created_at: Timestamp,
    /// How far it is.
    pub state: DeliveryState,
    /// What was tried, oldest first.
    pub attempts: Vec<Attempt>,
}

/// How far a delivery is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeliveryState {
    /// Waits for its next attempt.
    Due {
        /// When that is.
        at: Timestamp,
        /// Failed attempts since it was made or replayed.
        failures: u8,
    },
    /// The receiver answered 2xx.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// The receiver answered 410: it wants no more.
    Gone {
        /// When.
        at: Timestamp,
    },
    /// All attempts failed.
    Exhausted {
        /// When the last one did.
        at: Timestamp,
    },
}

impl DeliveryState {
    /// The state's word in every API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Due { .. } => "due",
            Self::Delivered { .. } => "delivered",
            Self::Gone { .. } => "gone",
            Self::Exhausted { .. } => "exhausted",
        }
    }
}

/// One attempt, for the delivery log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// What came of it.
    pub result: AttemptResult,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptResult {
    /// The receiver answered with this HTTP status.
    Status(u16),
    /// It could not be reached: a clause that says why, without the URL.
    Unreachable(String),
    /// The URL leads to an address that must not be called.
    Forbidden,
}

impl Delivery {
    /// A new delivery, due at once.
    pub fn new(
        id: String,
        (app_space, origin, challenge): (AppSpaceId, RequestOriginId, ChallengeId),
        event: EventKind,
        url: CallbackUrl,
        body: String,
        now: Timestamp,
    ) -> Self {
        let state = DeliveryState::Due { at: now, failures: 0 };
        Self {
            id,
            app_space,
            origin,
            challenge,
            event,
            url,
            body,
            created_at: now,
            state,
            attempts: Vec::new(),
        }
    }

    /// Whether an attempt is due.
    pub fn is_due(&self, now: Timestamp) -> bool {
        matches!(self.state, DeliveryState::Due { at, .. } if at <= now)
    }

    /// Begins an attempt: nobody else begins one within [`LEASE`].
    pub fn begin(mut self, now: Timestamp) -> Result<Self, Refused> {
        match self.state {
            DeliveryState::Due { at, failures } if at <= now => {
                self.state = DeliveryState::Due { at: now + LEASE, failures };
                Ok(self)
            }
            ref state => Err(Refused::WrongState { what: "delivery", state: state.name() }),
        }
    }

    /// Ends an attempt that began at `began`.
    pub fn finish(
        mut self,
        result: AttemptResult,
        began: Timestamp,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Self, Refused> {
        let DeliveryState::Due { failures, .. } = self.state else {
            return Err(Refused::WrongState { what: "delivery", state: self.state.name() });
        };
        self.state = match result {
            AttemptResult::Status(200..=299) => DeliveryState::Delivered { at: now },
            AttemptResult::Status(410) => DeliveryState::Gone { at: now },
            _ => match BACKOFF.get(usize::from(failures)) {
                Some(wait) => {
                    DeliveryState::Due { at: now + jittered(*wait, random), failures: failures + 1 }
                }
                None => DeliveryState::Exhausted { at: now },
            },
        };
        self.attempts.push(Attempt { at: began, result });
        Ok(self)
    }

    /// Starts over, whatever the outcome was; one that is under way stays so.
    pub fn replay(mut self, now: Timestamp) -> Result<Self, Refused> {
        self.state = DeliveryState::Due { at: now, failures: 0 };
        // A log without an end would outgrow its item.
        let surplus = self.attempts.len().saturating_sub(40);
        self.attempts.drain(..surplus);
        Ok(self)
    }
}

/// Up to a fifth longer, so that what failed together is not tried together.
fn jittered(wait: Span, random: &dyn Random) -> Span {
    let fifth = u32::try_from(wait.as_millis() / 5).unwrap_or(u32::MAX);
    Span::millis(wait.as_millis() + i64::from(chance::below(random, fifth.max(1))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::Loopback;

    struct Zero;
    impl Random for Zero {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn delivery() -> Delivery {
        let app_space = AppSpaceId::new(&Zero);
        let ids = (app_space, RequestOriginId::new(app_space, &Zero), ChallengeId::new(at(0), &Zero));
        let url = CallbackUrl::parse("callback", "https://bank.example/cb", Loopback::Refused).unwrap();
        Delivery::new("evt_1".into(), ids, EventKind::ChallengeAnswered, url, "{}".into(), at(0))
    }

    #[test]
    fn ten_attempts_over_three_days_then_it_is_exhausted() {
        let (mut delivery, mut now, mut attempts) = (delivery(), at(0), 0);
        while let DeliveryState::Due { at, .. } = delivery.state {
            now = at;
            delivery =
                delivery.begin(now).unwrap().finish(AttemptResult::Status(500), now, now, &Zero).unwrap();
            attempts += 1;
        }
        assert_eq!(delivery.state, DeliveryState::Exhausted { at: now });
        assert_eq!(attempts, 10);
        assert!(now > at(72 * 3600) && now < at(80 * 3600), "{now}");
    }

    #[test]
    fn while_an_attempt_runs_nobody_else_makes_one() {
        let begun = delivery().begin(at(0)).unwrap();
        assert!(begun.clone().begin(at(60)).is_err());
        assert!(begun.begin(at(0) + LEASE).is_ok(), "the sender is dead");
    }

    #[test]
    fn the_answer_decides_the_outcome() {
        let finish = |status| {
            delivery()
                .begin(at(0))
                .unwrap()
                .finish(AttemptResult::Status(status), at(0), at(1), &Zero)
                .unwrap()
        };
        assert_eq!(finish(204).state, DeliveryState::Delivered { at: at(1) });
        assert_eq!(finish(410).state, DeliveryState::Gone { at: at(1) });
        for status in [301, 400, 404, 429, 503] {
            assert!(matches!(finish(status).state, DeliveryState::Due { failures: 1, .. }), "{status}");
        }
        let replayed = finish(410).replay(at(5)).unwrap();
        assert!(replayed.is_due(at(5)));
        assert_eq!(replayed.attempts.len(), 1);
    }
}
