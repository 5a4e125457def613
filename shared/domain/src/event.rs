//! What happened, as the audit trail and webhooks call it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::answer::DeclineReason;
use crate::challenge::{Challenge, ChallengeState};
use crate::device::{Device, PushRegistration};
use crate::user::{User, UserState};

/// What happened. The words are stable: receivers and auditors rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// A Request Origin asked.
    #[serde(rename = "challenge.created")]
    ChallengeCreated,
    /// A device claimed a claimable challenge.
    #[serde(rename = "challenge.claimed")]
    ChallengeClaimed,
    /// A wrong matching code.
    #[serde(rename = "challenge.wrong_code")]
    ChallengeWrongCode,
    /// The user took an option.
    #[serde(rename = "challenge.answered")]
    ChallengeAnswered,
    /// The user took no option.
    #[serde(rename = "challenge.declined")]
    ChallengeDeclined,
    /// The user said that it was not they who started this.
    #[serde(rename = "challenge.not_me")]
    ChallengeNotMe,
    /// Too many wrong matching codes.
    #[serde(rename = "challenge.failed")]
    ChallengeFailed,
    /// The Request Origin took it back.
    #[serde(rename = "challenge.cancelled")]
    ChallengeCancelled,
    /// Nobody answered in time.
    #[serde(rename = "challenge.expired")]
    ChallengeExpired,
    /// A new user.
    #[serde(rename = "user.created")]
    UserCreated,
    /// Account id or info changed.
    #[serde(rename = "user.updated")]
    UserUpdated,
    /// Suspended.
    #[serde(rename = "user.suspended")]
    UserSuspended,
    /// Restored.
    #[serde(rename = "user.restored")]
    UserRestored,
    /// Revoked.
    #[serde(rename = "user.revoked")]
    UserRevoked,
    /// A device was bound.
    #[serde(rename = "device.enrolled")]
    DeviceEnrolled,
    /// Its name or push registration changed.
    #[serde(rename = "device.updated")]
    DeviceUpdated,
    /// The push service gave it up.
    #[serde(rename = "device.push_disabled")]
    DevicePushDisabled,
    /// A failed PIN or biometric attempt.
    #[serde(rename = "device.strong_failure")]
    DeviceStrongFailure,
    /// Revoked.
    #[serde(rename = "device.revoked")]
    DeviceRevoked,
    /// A device reported what it saw.
    #[serde(rename = "device.telemetry")]
    DeviceTelemetry,
}

impl EventKind {
    /// The stable word, e.g. `challenge.answered`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ChallengeCreated => "challenge.created",
            Self::ChallengeClaimed => "challenge.claimed",
            Self::ChallengeWrongCode => "challenge.wrong_code",
            Self::ChallengeAnswered => "challenge.answered",
            Self::ChallengeDeclined => "challenge.declined",
            Self::ChallengeNotMe => "challenge.not_me",
            Self::ChallengeFailed => "challenge.failed",
            Self::ChallengeCancelled => "challenge.cancelled",
            Self::ChallengeExpired => "challenge.expired",
            Self::UserCreated => "user.created",
            Self::UserUpdated => "user.updated",
            Self::UserSuspended => "user.suspended",
            Self::UserRestored => "user.restored",
            Self::UserRevoked => "user.revoked",
            Self::DeviceEnrolled => "device.enrolled",
            Self::DeviceUpdated => "device.updated",
            Self::DevicePushDisabled => "device.push_disabled",
            Self::DeviceStrongFailure => "device.strong_failure",
            Self::DeviceRevoked => "device.revoked",
            Self::DeviceTelemetry => "device.telemetry",
        }
    }

    /// Whether it is the outcome of a challenge, for which the Request Origin waits.
    pub fn is_outcome(self) -> bool {
        matches!(
            self,
            Self::ChallengeAnswered
                | Self::ChallengeDeclined
                | Self::ChallengeNotMe
                | Self::ChallengeFailed
                | Self::ChallengeCancelled
                | Self::ChallengeExpired
        )
    }

    /// What the change of a challenge from `old` to `new` means; nothing if its state is the same.
    pub fn of_challenge(old: Option<&Challenge>, new: &Challenge) -> Option<Self> {
        let Some(old) = old else { return Some(Self::ChallengeCreated) };
        if old.state == new.state {
            return None;
        }
        Some(match &new.state {
            ChallengeState::Claimable { .. } => return None,
            ChallengeState::Pending { .. } if matches!(old.state, ChallengeState::Claimable { .. }) => {
                Self::ChallengeClaimed
            }
            ChallengeState::Pending { .. } => Self::ChallengeWrongCode,
            ChallengeState::Answered { .. } => Self::ChallengeAnswered,
            ChallengeState::Declined { reason: DeclineReason::NotMe, .. } => Self::ChallengeNotMe,
            ChallengeState::Declined { reason: DeclineReason::Cancelled, .. } => Self::ChallengeDeclined,
            ChallengeState::Failed { .. } => Self::ChallengeFailed,
            ChallengeState::Cancelled { .. } => Self::ChallengeCancelled,
            ChallengeState::Expired { .. } => Self::ChallengeExpired,
        })
    }

    /// What the change of a user means; nothing if only the time of the last activity moved.
    pub fn of_user(old: Option<&User>, new: &User) -> Option<Self> {
        let Some(old) = old else { return Some(Self::UserCreated) };
        if old.state == new.state {
            let renamed = old.account_id != new.account_id || old.user_info != new.user_info;
            return renamed.then_some(Self::UserUpdated);
        }
        Some(match new.state {
            UserState::Active => Self::UserRestored,
            UserState::Suspended { .. } => Self::UserSuspended,
            UserState::Revoked { .. } => Self::UserRevoked,
        })
    }

    /// What the change of a device means; nothing if an auditor has no use for it.
    pub fn of_device(old: Option<&Device>, new: &Device) -> Option<Self> {
        let Some(old) = old else { return Some(Self::DeviceEnrolled) };
        if old.state != new.state {
            return Some(Self::DeviceRevoked);
        }
        if new.strong_failures > old.strong_failures {
            return Some(Self::DeviceStrongFailure);
        }
        match (&old.push, &new.push) {
            (PushRegistration::Disabled { .. }, PushRegistration::Disabled { .. }) => {}
            (_, PushRegistration::Disabled { .. }) => return Some(Self::DevicePushDisabled),
            _ => {}
        }
        (old.name != new.name || old.push.name() != new.push.name()).then_some(Self::DeviceUpdated)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
