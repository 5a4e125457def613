//! What happened, as the audit trail and webhooks call it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::answer::DeclineReason;
use crate::challenge::{Challenge, ChallengeState};
use crate::consent::{Consent, ConsentState};
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
    /// A user consented to something.
    #[serde(rename = "consent.created")]
    ConsentCreated,
    /// It was taken back.
    #[serde(rename = "consent.revoked")]
    ConsentRevoked,
    /// A company was made.
    #[serde(rename = "company.created")]
    CompanyCreated,
    /// Its name changed.
    #[serde(rename = "company.updated")]
    CompanyUpdated,
    /// Its provisioning key was made anew, and the old one died.
    #[serde(rename = "company.key_generated")]
    CompanyKeyGenerated,
    /// Its provisioning key was revoked.
    #[serde(rename = "company.key_revoked")]
    CompanyKeyRevoked,
    /// Signing or sealing keys were rotated.
    #[serde(rename = "keys.rotated")]
    KeysRotated,
    /// An administrator was made, with a link to join.
    #[serde(rename = "administrator.invited")]
    AdministratorInvited,
    /// An administrator made a passkey by a link.
    #[serde(rename = "administrator.joined")]
    AdministratorJoined,
    /// Name or roles changed.
    #[serde(rename = "administrator.updated")]
    AdministratorUpdated,
    /// A link was made by which an administrator gets access again.
    #[serde(rename = "administrator.recovery")]
    AdministratorRecovery,
    /// An administrator lost all access.
    #[serde(rename = "administrator.removed")]
    AdministratorRemoved,
    /// A session began.
    #[serde(rename = "administrator.signed_in")]
    AdministratorSignedIn,
    /// Sessions were ended.
    #[serde(rename = "administrator.signed_out")]
    AdministratorSignedOut,
    /// An administrator added a passkey.
    #[serde(rename = "passkey.added")]
    PasskeyAdded,
    /// An administrator removed a passkey.
    #[serde(rename = "passkey.removed")]
    PasskeyRemoved,
    /// An App Space was made.
    #[serde(rename = "app_space.created")]
    AppSpaceCreated,
    /// Its name, brand, app or policy changed.
    #[serde(rename = "app_space.updated")]
    AppSpaceUpdated,
    /// Its push platforms changed.
    #[serde(rename = "app_space.push_changed")]
    AppSpacePushChanged,
    /// Its identity provider changed.
    #[serde(rename = "app_space.identity_provider_changed")]
    AppSpaceIdentityProviderChanged,
    /// Its settings of the Cloud API changed.
    #[serde(rename = "app_space.cloud_changed")]
    AppSpaceCloudChanged,
    /// Its settings of the Authenticator API changed.
    #[serde(rename = "app_space.authenticator_changed")]
    AppSpaceAuthenticatorChanged,
    /// A Request Origin was made.
    #[serde(rename = "request_origin.created")]
    RequestOriginCreated,
    /// Its name changed.
    #[serde(rename = "request_origin.updated")]
    RequestOriginUpdated,
    /// It was removed.
    #[serde(rename = "request_origin.removed")]
    RequestOriginRemoved,
    /// Its credential was made anew, and the old one died.
    #[serde(rename = "request_origin.key_generated")]
    RequestOriginKeyGenerated,
    /// Its credential was revoked.
    #[serde(rename = "request_origin.key_revoked")]
    RequestOriginKeyRevoked,
    /// The secret that signs its webhooks was made anew.
    #[serde(rename = "request_origin.webhook_secret_generated")]
    RequestOriginWebhookSecretGenerated,
    /// An entry of its whitelist was added.
    #[serde(rename = "request_origin.callback_added")]
    RequestOriginCallbackAdded,
    /// An entry of its whitelist was removed.
    #[serde(rename = "request_origin.callback_removed")]
    RequestOriginCallbackRemoved,
    /// An access key was made.
    #[serde(rename = "access_key.generated")]
    AccessKeyGenerated,
    /// An access key was revoked.
    #[serde(rename = "access_key.revoked")]
    AccessKeyRevoked,
    /// A delivery was sent again by hand.
    #[serde(rename = "delivery.replayed")]
    DeliveryReplayed,
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
            Self::ConsentCreated => "consent.created",
            Self::ConsentRevoked => "consent.revoked",
            Self::CompanyCreated => "company.created",
            Self::CompanyUpdated => "company.updated",
            Self::CompanyKeyGenerated => "company.key_generated",
            Self::CompanyKeyRevoked => "company.key_revoked",
            Self::KeysRotated => "keys.rotated",
            Self::AdministratorInvited => "administrator.invited",
            Self::AdministratorJoined => "administrator.joined",
            Self::AdministratorUpdated => "administrator.updated",
            Self::AdministratorRecovery => "administrator.recovery",
            Self::AdministratorRemoved => "administrator.removed",
            Self::AdministratorSignedIn => "administrator.signed_in",
            Self::AdministratorSignedOut => "administrator.signed_out",
            Self::PasskeyAdded => "passkey.added",
            Self::PasskeyRemoved => "passkey.removed",
            Self::AppSpaceCreated => "app_space.created",
            Self::AppSpaceUpdated => "app_space.updated",
            Self::AppSpacePushChanged => "app_space.push_changed",
            Self::AppSpaceIdentityProviderChanged => "app_space.identity_provider_changed",
            Self::AppSpaceCloudChanged => "app_space.cloud_changed",
            Self::AppSpaceAuthenticatorChanged => "app_space.authenticator_changed",
            Self::RequestOriginCreated => "request_origin.created",
            Self::RequestOriginUpdated => "request_origin.updated",
            Self::RequestOriginRemoved => "request_origin.removed",
            Self::RequestOriginKeyGenerated => "request_origin.key_generated",
            Self::RequestOriginKeyRevoked => "request_origin.key_revoked",
            Self::RequestOriginWebhookSecretGenerated => "request_origin.webhook_secret_generated",
            Self::RequestOriginCallbackAdded => "request_origin.callback_added",
            Self::RequestOriginCallbackRemoved => "request_origin.callback_removed",
            Self::AccessKeyGenerated => "access_key.generated",
            Self::AccessKeyRevoked => "access_key.revoked",
            Self::DeliveryReplayed => "delivery.replayed",
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

    /// What the change of a challenge from `old` to `new` means; nothing if its state is the same or `old` has an
    /// outcome already.
    pub fn of_challenge(old: Option<&Challenge>, new: &Challenge) -> Option<Self> {
        match old {
            // One that the user's own app began is made with its outcome.
            None if new.state.is_open() => return Some(Self::ChallengeCreated),
            // An outcome is for ever: what is added to it later, e.g. a receipt, is not a second one.
            Some(old) if !old.state.is_open() || old.state == new.state => return None,
            _ => {}
        }
        let was_claimable = old.is_some_and(|old| matches!(old.state, ChallengeState::Claimable { .. }));
        Some(match &new.state {
            ChallengeState::Claimable { .. } => return None,
            ChallengeState::Pending { .. } if was_claimable => Self::ChallengeClaimed,
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

impl EventKind {
    /// What the change of a consent means; nothing if its state is the same.
    pub fn of_consent(old: Option<&Consent>, new: &Consent) -> Option<Self> {
        match (old.map(|old| &old.state), &new.state) {
            (None, _) => Some(Self::ConsentCreated),
            (Some(ConsentState::Active), ConsentState::Revoked { .. }) => Some(Self::ConsentRevoked),
            _ => None,
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;
    use crate::challenge::ChallengeState as State;
    use crate::device::{DeviceName, RevokedBy, StrongFailure};
    use crate::samples::{account_id, at, challenge, claimable, device, device_id, evidence, push_token};
    use crate::samples::{user, user_id};

    fn of(old: &Challenge, state: State) -> Option<EventKind> {
        EventKind::of_challenge(Some(old), &Challenge { state, ..challenge() })
    }

    fn outcomes() -> [(State, EventKind); 6] {
        let (user, at) = (user_id(1), at(1));
        let declined = |reason| State::Declined { user, at, reason, evidence: evidence() };
        [
            (
                State::Answered { user, at, option: 0, evidence: Some(evidence()) },
                EventKind::ChallengeAnswered,
            ),
            (declined(DeclineReason::Cancelled), EventKind::ChallengeDeclined),
            (declined(DeclineReason::NotMe), EventKind::ChallengeNotMe),
            (State::Failed { user, at, device: Some(device_id(1)) }, EventKind::ChallengeFailed),
            (State::Cancelled { user: Some(user), at }, EventKind::ChallengeCancelled),
            (State::Expired { user: Some(user), at }, EventKind::ChallengeExpired),
        ]
    }

    #[test]
    fn a_challenge_is_created_then_open_then_decided() {
        for new in [challenge(), claimable()] {
            let created = EventKind::of_challenge(None, &new);
            assert_eq!(created, Some(EventKind::ChallengeCreated));
            assert_eq!(EventKind::of_challenge(Some(&new), &new), None);
        }
        let pending = |wrong_codes| State::Pending { user: user_id(1), wrong_codes };
        assert_eq!(of(&claimable(), pending(0)), Some(EventKind::ChallengeClaimed));
        assert_eq!(of(&challenge(), pending(1)), Some(EventKind::ChallengeWrongCode));
        for (state, event) in outcomes() {
            assert_eq!(of(&challenge(), state), Some(event));
            assert!(event.is_outcome());
        }
        for event in [EventKind::ChallengeCreated, EventKind::ChallengeClaimed, EventKind::ChallengeWrongCode]
        {
            assert!(!event.is_outcome());
        }
    }

    #[test]
    fn an_outcome_is_told_once() {
        for (state, _) in outcomes() {
            let decided = Challenge { state, ..challenge() };
            let attested = decided.clone().attest("receipt".into());
            assert_eq!(EventKind::of_challenge(Some(&decided), &attested), None);
            for (other, _) in outcomes() {
                assert_eq!(of(&decided, other), None);
            }
        }
    }

    #[test]
    fn a_change_of_a_user_is_told_unless_only_the_time_moved() {
        let told = |new: &User| EventKind::of_user(Some(&user()), new);
        assert_eq!(EventKind::of_user(None, &user()), Some(EventKind::UserCreated));
        assert_eq!(told(&User { last_active_at: Some(at(1)), ..user() }), None);
        let renamed = user().rename(account_id("bob"), Actor::Service, at(1)).unwrap();
        assert_eq!(told(&renamed), Some(EventKind::UserUpdated));
        let suspended = user().suspend(Actor::Service, at(1)).unwrap();
        assert_eq!(told(&suspended), Some(EventKind::UserSuspended));
        assert_eq!(told(&user().revoke(Actor::Service, at(1)).unwrap()), Some(EventKind::UserRevoked));
        let restored = suspended.clone().restore(Actor::Service, at(2)).unwrap();
        assert_eq!(EventKind::of_user(Some(&suspended), &restored), Some(EventKind::UserRestored));
    }

    #[test]
    fn a_change_of_a_device_is_told_where_an_auditor_has_use_for_it() {
        let told = |old: &Device, new: &Device| EventKind::of_device(Some(old), new);
        assert_eq!(EventKind::of_device(None, &device()), Some(EventKind::DeviceEnrolled));
        assert_eq!(told(&device(), &device()), None);
        let renamed =
            device().rename(DeviceName::parse("name", "New".into()).unwrap(), Actor::Service).unwrap();
        assert_eq!(told(&device(), &renamed), Some(EventKind::DeviceUpdated));

        let wanted = device().set_push_token(Some(push_token("a"))).unwrap();
        let registered = wanted.clone().registered("arn:a".into()).unwrap();
        let disabled = registered.clone().push_disabled("arn:a", at(1)).unwrap();
        assert_eq!(told(&device(), &wanted), Some(EventKind::DeviceUpdated));
        assert_eq!(told(&registered, &disabled), Some(EventKind::DevicePushDisabled));
        assert_eq!(told(&disabled, &disabled), None);

        let failed = Device { strong_failures: 1, ..device() };
        assert_eq!(told(&device(), &failed), Some(EventKind::DeviceStrongFailure));
        assert_eq!(told(&failed, &device()), None, "a strong answer is told as such");
        let Ok(StrongFailure::UsedUp(used_up)) = failed.clone().strong_failure(2, at(1)) else { panic!() };
        assert_eq!(told(&failed, &used_up), Some(EventKind::DeviceRevoked));
        let revoked = disabled.clone().revoke(RevokedBy::User, Actor::Service, at(2)).unwrap();
        assert_eq!(told(&disabled, &revoked), Some(EventKind::DeviceRevoked));
    }

    #[test]
    fn the_word_of_an_event_is_its_json() {
        for event in crate::stored::EVENTS {
            assert_eq!(serde_json::to_value(event).unwrap(), event.name());
            assert_eq!(event.to_string(), event.name());
        }
    }
}
