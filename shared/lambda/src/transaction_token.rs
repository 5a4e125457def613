//! How an operation of the Cloud API stands, and the transaction token that says so.

use countersign_crypto::service_token::{Operation, TransactionStatus, TransactionToken};
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::enrolment::{Enrolment, EnrolmentState};
use countersign_domain::id::{AppSpaceId, DeviceId, UserId};
use countersign_domain::text::AccountId;
use countersign_domain::time::{Span, Timestamp};

use crate::app::App;
use crate::refusal::{Refusal, internal};

/// How long the tokens of an operation outlive the time that it has. The end is the same however often they are issued:
/// whoever consumed a transaction token cannot get one that lives on.
pub const KEPT: Span = Span::hours(24);

/// How an operation stands.
#[derive(Debug)]
pub struct Standing {
    /// In the words of the Cloud API.
    pub status: TransactionStatus,
    /// Whose it is; nobody while anybody may claim it.
    pub user: Option<UserId>,
    /// The same by name, as the operation knew it.
    pub account_id: Option<AccountId>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it came to stand so.
    pub since: Timestamp,
    operation: Operation,
    transaction: String,
    audience: String,
    app_space: AppSpaceId,
    device: Option<DeviceId>,
    digest: Option<String>,
    ends_at: Timestamp,
}

impl Standing {
    /// Of a challenge, at `now`. Of all answers only the first option is a yes. One that nobody was asked for by name has a
    /// user from its answer on.
    pub fn of_challenge(challenge: Challenge, now: Timestamp) -> Self {
        let challenge = challenge.at(now);
        let status = match challenge.state {
            ChallengeState::Claimable { .. } | ChallengeState::Pending { .. } => TransactionStatus::Pending,
            ChallengeState::Answered { option: 0, .. } => TransactionStatus::Succeeded,
            _ => TransactionStatus::Failed,
        };
        let since = match challenge.state {
            ChallengeState::Expired { .. } => challenge.expires_at,
            _ => challenge.decided_at().unwrap_or(challenge.asked_at),
        };
        Self {
            status,
            user: challenge.user(),
            account_id: challenge.account_id.clone(),
            created_at: challenge.asked_at,
            since,
            operation: Operation::Approval,
            transaction: challenge.id.to_string(),
            // One that the user's own app began is for every Request Origin of the App Space.
            audience: challenge.origin.map_or_else(|| challenge.app_space.to_string(), |id| id.to_string()),
            app_space: challenge.app_space,
            device: challenge.evidence().map(|evidence| evidence.device),
            digest: Some(challenge.digest),
            ends_at: challenge.expires_at + KEPT,
        }
    }

    /// Of an enrolment, at `now`.
    pub fn of_enrolment(enrolment: Enrolment, now: Timestamp) -> Self {
        let (status, since) = match enrolment.state {
            EnrolmentState::Redeemed { at, .. } | EnrolmentState::Verified { at } => {
                (TransactionStatus::Succeeded, at)
            }
            EnrolmentState::Failed { at } => (TransactionStatus::Failed, at),
            _ if !enrolment.is_waiting(now) => (TransactionStatus::Failed, enrolment.expires_at),
            EnrolmentState::Dispatched { at } => (TransactionStatus::Pending, at),
            EnrolmentState::Open => (TransactionStatus::Pending, enrolment.created_at),
        };
        let device = match enrolment.state {
            EnrolmentState::Redeemed { device, .. } => Some(device),
            _ => None,
        };
        Self {
            status,
            user: Some(enrolment.user),
            account_id: Some(enrolment.account_id),
            created_at: enrolment.created_at,
            since,
            operation: Operation::Enroll,
            transaction: enrolment.id.to_string(),
            audience: enrolment.origin.map_or_else(|| enrolment.app_space.to_string(), |id| id.to_string()),
            app_space: enrolment.app_space,
            device,
            digest: None,
            ends_at: enrolment.expires_at + KEPT,
        }
    }

    /// GUID of the operation.
    pub fn transaction(&self) -> &str {
        &self.transaction
    }

    /// The word of its status.
    pub fn status_name(&self) -> &'static str {
        match self.status {
            TransactionStatus::Pending => "pending",
            TransactionStatus::Succeeded => "succeeded",
            TransactionStatus::Failed => "failed",
        }
    }

    /// Our word on it. It can be consumed once, however often it is issued: its id is that of operation and status.
    pub async fn token(&self, app: &App, issuer: &str) -> Result<String, Refusal> {
        let token = TransactionToken {
            iss: issuer.to_owned(),
            aud: self.audience.clone(),
            sub: self.user,
            jti: format!("{}.{}", self.transaction, self.status_name()),
            iat: app.now().secs(),
            exp: self.ends_at.secs(),
            operation: self.operation,
            transaction: self.transaction.clone(),
            status: self.status,
            device: self.device,
            digest: self.digest.clone(),
            app_space: self.app_space,
        };
        let keys = app.keys.signing().await?;
        token.issue(&keys).map_err(|_| internal("a transaction token cannot be signed")())
    }
}
