//! One event on its way: to a Request Origin as a webhook, or to the bank that encrypts for an App Space.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::chance::{self, Random};
use crate::event::EventKind;
use crate::id::{AppSpaceId, ChallengeId, ConsentId, DeviceId, RequestOriginId, UserId};
use crate::outbound_url::OutboundUrl;
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
#[derive(Clone, Serialize, Deserialize)]
pub struct Delivery {
    /// The event's stable id: `webhook-id` of every attempt.
    pub id: String,
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// Who gets it.
    pub recipient: Recipient,
    /// What it is about.
    pub subject: Subject,
    /// What happened.
    pub event: EventKind,
    /// Where it goes.
    pub url: OutboundUrl,
    /// The JSON that is sent, the same at every attempt; a bank gets it as `data`, beside a fresh expiry.
    pub body: String,
    /// When the event happened.
    pub created_at: Timestamp,
    /// How far it is.
    pub state: DeliveryState,
    /// What was tried, oldest first.
    pub attempts: Vec<Attempt>,
}

/// Who gets a delivery, and so what an attempt at it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A Request Origin: the event is posted as a webhook.
    Origin(RequestOriginId),
    /// The bank of the App Space: what its user did in an app is put there as a signed call.
    Bank {
        /// Who did it.
        user: UserId,
        /// When nobody waits for it any more: the last attempt is made then.
        until: Option<Timestamp>,
    },
}

/// What a delivery is about; the two lie in one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A challenge.
    Challenge(ChallengeId),
    /// A consent.
    Consent(ConsentId),
    /// A device.
    Device(DeviceId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Challenge(id) => id.fmt(f),
            Self::Consent(id) => id.fmt(f),
            Self::Device(id) => id.fmt(f),
        }
    }
}

impl fmt::Debug for Delivery {
    /// Without the body: it has what was asked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
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
        /// Whether an attempt was begun and has not ended; `at` is the end of its [`LEASE`] then.
        under_way: bool,
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
    /// The bank refused it; asking again would change nothing.
    Refused {
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
            Self::Refused { .. } => "refused",
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
    /// It was not called: its receiver has answered 410 before.
    KnownGone,
}

impl Delivery {
    /// A new delivery, due at once.
    pub fn new(
        id: String,
        (app_space, recipient, subject): (AppSpaceId, Recipient, Subject),
        event: EventKind,
        url: OutboundUrl,
        body: String,
        now: Timestamp,
    ) -> Self {
        let state = DeliveryState::Due { at: now, failures: 0, under_way: false };
        Self {
            id,
            app_space,
            recipient,
            subject,
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
            DeliveryState::Due { at, failures, .. } if at <= now => {
                self.state = DeliveryState::Due { at: now + LEASE, failures, under_way: true };
                Ok(self)
            }
            ref state => Err(Refused::WrongState { what: "delivery", state: state.name() }),
        }
    }

    /// Ends the attempt that began at `began`, unless another one took over since.
    pub fn finish(
        mut self,
        result: AttemptResult,
        began: Timestamp,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<Self, Refused> {
        let failures = match self.state {
            DeliveryState::Due { at, failures, under_way: true } if at == began + LEASE => failures,
            ref state => return Err(Refused::WrongState { what: "delivery", state: state.name() }),
        };
        self.state = match (&result, self.recipient) {
            (AttemptResult::Status(200..=299), _) => DeliveryState::Delivered { at: now },
            // It may be busy, and not know the answer yet.
            (AttemptResult::Status(408 | 429), Recipient::Bank { until, .. }) => {
                again(now, failures, until, random)
            }
            (AttemptResult::Status(400..=499), Recipient::Bank { .. }) => DeliveryState::Refused { at: now },
            (_, Recipient::Bank { until, .. }) => again(now, failures, until, random),
            (AttemptResult::Status(410) | AttemptResult::KnownGone, Recipient::Origin(_)) => {
                DeliveryState::Gone { at: now }
            }
            (_, Recipient::Origin(_)) => again(now, failures, None, random),
        };
        self.attempts.push(Attempt { at: began, result });
        Ok(self)
    }

    /// Starts over, whatever the outcome was; an attempt that is under way stays so.
    pub fn replay(mut self, now: Timestamp) -> Result<Self, Refused> {
        self.state = match self.state {
            DeliveryState::Due { at, under_way: true, .. } if at > now => {
                DeliveryState::Due { at, failures: 0, under_way: true }
            }
            _ => DeliveryState::Due { at: now, failures: 0, under_way: false },
        };
        // A log without an end would outgrow its item.
        let surplus = self.attempts.len().saturating_sub(40);
        self.attempts.drain(..surplus);
        Ok(self)
    }
}

/// After one more failure: the next attempt, not later than `until`, which is the last one then.
fn again(now: Timestamp, failures: u8, until: Option<Timestamp>, random: &dyn Random) -> DeliveryState {
    match BACKOFF.get(usize::from(failures)) {
        Some(wait) if until.is_none_or(|until| now < until) => {
            let at = now + jittered(*wait, random);
            let at = until.map_or(at, |until| at.min(until));
            DeliveryState::Due { at, failures: failures + 1, under_way: false }
        }
        _ => DeliveryState::Exhausted { at: now },
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
    use crate::samples::{Fixed, at, delivery};

    const LATER: Refused = Refused::WrongState { what: "delivery", state: "due" };

    fn secs(secs: i64) -> Timestamp {
        at(secs * 1000)
    }

    fn finished(status: u16) -> Delivery {
        let begun = delivery().begin(at(0)).unwrap();
        begun.finish(AttemptResult::Status(status), at(0), at(1), &Fixed(0)).unwrap()
    }

    fn state(result: Result<Delivery, Refused>) -> Result<DeliveryState, Refused> {
        result.map(|delivery| delivery.state)
    }

    #[test]
    fn ten_attempts_over_three_days_then_it_is_exhausted() {
        let (mut delivery, mut now, mut attempts) = (delivery(), at(0), 0);
        while let DeliveryState::Due { at, .. } = delivery.state {
            now = at;
            delivery = delivery.begin(now).unwrap();
            delivery = delivery.finish(AttemptResult::Status(500), now, now, &Fixed(0)).unwrap();
            attempts += 1;
        }
        assert_eq!(delivery.state, DeliveryState::Exhausted { at: now });
        assert_eq!(attempts, 10);
        assert!(now > secs(72 * 3600) && now < secs(80 * 3600), "{now}");
    }

    #[test]
    fn a_failure_is_tried_again_up_to_a_fifth_later_than_its_wait() {
        let wait = |random| jittered(Span::secs(60), &Fixed(random)).as_millis();
        assert_eq!(wait(0), 60_000);
        assert!((60_001..72_000).contains(&wait(0x7f)), "{}", wait(0x7f));
    }

    #[test]
    fn while_an_attempt_runs_nobody_else_makes_one() {
        let begun = delivery().begin(at(0)).unwrap();
        let lease = DeliveryState::Due { at: at(0) + LEASE, failures: 0, under_way: true };
        assert_eq!(begun.state, lease);
        let just_before = at(LEASE.as_millis() - 1);
        assert!(!begun.is_due(just_before) && begun.is_due(at(0) + LEASE));
        assert_eq!(state(begun.clone().begin(just_before)), Err(LATER));
        assert_eq!(begun.clone().replay(just_before).unwrap().state, lease, "a replay waits for it");
        let again = DeliveryState::Due { at: at(0) + LEASE + LEASE, failures: 0, under_way: true };
        assert_eq!(state(begun.begin(at(0) + LEASE)), Ok(again), "the sender is dead");
    }

    #[test]
    fn only_the_attempt_that_is_under_way_ends() {
        let status = || AttemptResult::Status(200);
        assert_eq!(state(delivery().finish(status(), at(0), at(1), &Fixed(0))), Err(LATER));
        let taken_over = delivery().begin(at(0)).unwrap().begin(at(0) + LEASE).unwrap();
        let late = at(1) + LEASE;
        assert_eq!(state(taken_over.clone().finish(status(), at(0), late, &Fixed(0))), Err(LATER));
        let ended = taken_over.finish(status(), at(0) + LEASE, late, &Fixed(0));
        assert_eq!(state(ended), Ok(DeliveryState::Delivered { at: late }));
    }

    #[test]
    fn the_log_keeps_the_last_attempts() {
        let (mut delivery, mut now) = (delivery(), at(0));
        for _ in 0..7 {
            while let DeliveryState::Due { at, .. } = delivery.state {
                now = at;
                delivery = delivery.begin(now).unwrap();
                delivery = delivery.finish(AttemptResult::Status(500), now, now, &Fixed(0)).unwrap();
            }
            assert!(delivery.attempts.len() <= 50 && delivery.attempts.last().unwrap().at == now);
            delivery = delivery.replay(now).unwrap();
        }
        assert_eq!(delivery.attempts.len(), 40);
    }

    #[test]
    fn the_answer_decides_the_outcome() {
        for status in [200, 204, 299] {
            assert_eq!(finished(status).state, DeliveryState::Delivered { at: at(1) }, "{status}");
        }
        assert_eq!(finished(410).state, DeliveryState::Gone { at: at(1) });
        for status in [199, 300, 301, 400, 404, 429, 503] {
            let due = DeliveryState::Due { at: secs(60) + Span::millis(1), failures: 1, under_way: false };
            assert_eq!(finished(status).state, due, "{status}");
        }
    }

    /// To a bank, until the given second.
    fn to_bank(until: Option<i64>) -> Delivery {
        let recipient = Recipient::Bank { user: crate::samples::user_id(1), until: until.map(secs) };
        Delivery { recipient, ..delivery() }
    }

    #[test]
    fn a_bank_refuses_for_good() {
        let finished = |status| {
            let begun = to_bank(None).begin(at(0)).unwrap();
            begun.finish(AttemptResult::Status(status), at(0), at(1), &Fixed(0)).unwrap().state
        };
        for status in [400, 401, 404, 409, 410, 422] {
            assert_eq!(finished(status), DeliveryState::Refused { at: at(1) }, "{status}");
        }
        assert_eq!(finished(200), DeliveryState::Delivered { at: at(1) });
        for status in [302, 408, 429, 500, 503] {
            assert_eq!(finished(status).name(), "due", "{status}");
        }
    }

    #[test]
    fn a_bank_is_tried_until_nobody_waits_any_more() {
        for (until, tried) in
            [(300, vec![0, 60, 300]), (30, vec![0, 30]), (360, vec![0, 60, 360]), (0, vec![0])]
        {
            let mut delivery = to_bank(Some(until));
            let mut times = Vec::new();
            while let DeliveryState::Due { at, .. } = delivery.state {
                times.push(at);
                let begun = delivery.begin(at).unwrap();
                delivery = begun.finish(AttemptResult::Forbidden, at, at, &Fixed(0)).unwrap();
            }
            assert_eq!(times, tried.into_iter().map(secs).collect::<Vec<_>>(), "{until}");
            assert_eq!(delivery.state, DeliveryState::Exhausted { at: *times.last().unwrap() });
        }
    }

    #[test]
    fn an_outcome_ends_the_attempts_until_a_replay() {
        for (status, name) in [(200, "delivered"), (410, "gone")] {
            let refused = Refused::WrongState { what: "delivery", state: name };
            assert_eq!(state(finished(status).begin(at(2))), Err(refused.clone()));
            let finish = finished(status).finish(AttemptResult::Forbidden, at(2), at(2), &Fixed(0));
            assert_eq!(state(finish), Err(refused));
            let replayed = finished(status).replay(at(5)).unwrap();
            assert_eq!(replayed.state, DeliveryState::Due { at: at(5), failures: 0, under_way: false });
            assert_eq!(replayed.attempts.len(), 1);
        }
    }
}
