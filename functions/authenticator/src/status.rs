//! How far an authorization is, in the words of version 2.

use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::relayed::BankReply;
use countersign_domain::time::Timestamp;
use countersign_store::entities::Concluded;
use serde::Serialize;

/// The word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Waits for the person.
    Pending,
    /// The bank is being told of a yes.
    ConfirmProcessing,
    /// The bank is being told of a no.
    DenyProcessing,
    /// Yes.
    Confirmed,
    /// No.
    Denied,
    /// The bank refused the answer.
    Error,
    /// Nobody answered in time.
    TimeOut,
    /// The bank could not be told.
    Unavailable,
    /// Whoever asked took it back.
    Closed,
}

/// A status, and since when it is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) status: Status,
    pub(crate) finished_at: Option<Timestamp>,
}

impl Standing {
    /// Of a challenge in the inbox. Its time may be over before that is written down.
    pub(crate) fn of_open(challenge: &Challenge, now: Timestamp) -> Self {
        if now < challenge.expires_at {
            Self { status: Status::Pending, finished_at: None }
        } else {
            Self { status: Status::TimeOut, finished_at: Some(challenge.expires_at) }
        }
    }

    /// Of a decided one.
    pub(crate) fn of_concluded(concluded: &Concluded) -> Self {
        let finished_at = concluded.finished_at();
        let (status, finished_at) = match (&concluded.challenge.state, concluded.bank) {
            (_, Some(BankReply::Refused { .. })) => (Status::Error, finished_at),
            (_, Some(BankReply::Unreachable { .. })) => (Status::Unavailable, finished_at),
            (ChallengeState::Answered { option: 0, .. }, Some(BankReply::Awaited)) => {
                (Status::ConfirmProcessing, None)
            }
            (_, Some(BankReply::Awaited)) => (Status::DenyProcessing, None),
            (ChallengeState::Answered { option: 0, .. }, _) => (Status::Confirmed, finished_at),
            (ChallengeState::Answered { .. } | ChallengeState::Declined { .. }, _) => {
                (Status::Denied, finished_at)
            }
            // When it was noticed is nothing to the person.
            (ChallengeState::Expired { .. }, _) => (Status::TimeOut, Some(concluded.challenge.expires_at)),
            (ChallengeState::Cancelled { .. }, _) => (Status::Closed, finished_at),
            (ChallengeState::Failed { .. }, _) => (Status::Error, finished_at),
            (ChallengeState::Claimable { .. } | ChallengeState::Pending { .. }, _) => (Status::Pending, None),
        };
        Self { status, finished_at }
    }
}

#[cfg(test)]
mod tests {
    use countersign_domain::answer::DeclineReason;

    use super::*;
    use crate::samples::{at, challenge, evidence, user_id};

    fn standing(state: ChallengeState, bank: Option<BankReply>) -> Standing {
        let challenge = Challenge { state, ..challenge() };
        Standing::of_concluded(&Concluded { user: user_id(), challenge, bank })
    }

    fn answered(option: usize) -> ChallengeState {
        ChallengeState::Answered { user: user_id(), at: at(5), option, evidence: Some(evidence()) }
    }

    fn declined() -> ChallengeState {
        let reason = DeclineReason::Cancelled;
        ChallengeState::Declined { user: user_id(), at: at(5), reason, evidence: evidence() }
    }

    #[test]
    fn an_outcome_has_a_status_and_an_end() {
        let user = Some(user_id());
        for (state, status, end) in [
            (answered(0), Status::Confirmed, at(5)),
            (answered(1), Status::Denied, at(5)),
            (declined(), Status::Denied, at(5)),
            (ChallengeState::Failed { user: user_id(), at: at(5), device: None }, Status::Error, at(5)),
            (ChallengeState::Cancelled { user, at: at(5) }, Status::Closed, at(5)),
            (ChallengeState::Expired { user, at: at(999) }, Status::TimeOut, challenge().expires_at),
        ] {
            assert_eq!(standing(state, None), Standing { status, finished_at: Some(end) });
        }
    }

    #[test]
    fn where_a_bank_is_told_its_reply_counts() {
        let waits = |status| Standing { status, finished_at: None };
        assert_eq!(standing(answered(0), Some(BankReply::Awaited)), waits(Status::ConfirmProcessing));
        assert_eq!(standing(answered(1), Some(BankReply::Awaited)), waits(Status::DenyProcessing));
        assert_eq!(standing(declined(), Some(BankReply::Awaited)), waits(Status::DenyProcessing));
        for (reply, status) in [
            (BankReply::Taken { at: at(7) }, Status::Confirmed),
            (BankReply::Refused { at: at(7) }, Status::Error),
            (BankReply::Unreachable { at: at(7) }, Status::Unavailable),
        ] {
            assert_eq!(standing(answered(0), Some(reply)), Standing { status, finished_at: Some(at(7)) });
        }
    }

    #[test]
    fn an_open_one_is_pending_until_its_time_is_over() {
        let (challenge, end) = (challenge(), challenge().expires_at);
        let over = Standing { status: Status::TimeOut, finished_at: Some(end) };
        assert_eq!(Standing::of_open(&challenge, end), over);
        assert_eq!(Standing::of_open(&challenge, at(0)).status, Status::Pending);
    }
}
