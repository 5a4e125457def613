//! The short-lived, single-use way to bind a device to a user.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::id::{AppSpaceId, DeviceId, EnrolmentId, RequestOriginId, UserId};
use crate::refused::Refused;
use crate::sms::Sms;
use crate::text::AccountId;
use crate::time::Timestamp;
use crate::web_authn::WebAuthnCeremony;

/// An enrolment: `sessionToken` of the Request Origin API is its token.
#[derive(Clone, Serialize, Deserialize)]
pub struct Enrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// Where the device will belong.
    pub app_space: AppSpaceId,
    /// Who asked for it; nobody where a login at an identity provider led to it.
    pub origin: Option<RequestOriginId>,
    /// Whose device it will be.
    pub user: UserId,
    /// As the user was called when it was made; what the app shows.
    pub account_id: AccountId,
    /// SHA-256 of the token: the token itself is not kept.
    pub token_hash: String,
    /// The thumbprint of the only auth key that may redeem it, where the device named one beforehand.
    pub for_key: Option<String>,
    /// What both keys of the device sign.
    pub nonce: String,
    /// Of the Cloud API: how it reaches its user, and what comes with that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<CloudEnrolment>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From then on it is as if it had never been.
    pub expires_at: Timestamp,
    /// How far it is.
    pub state: EnrolmentState,
}

impl fmt::Debug for Enrolment {
    /// Without hash and nonce: neither belongs into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolment").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// How far an enrolment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum EnrolmentState {
    /// Can be redeemed.
    Open,
    /// Its token was exchanged for a registration request; only the answer to that redeems it.
    Dispatched {
        /// When.
        at: Timestamp,
    },
    /// Was redeemed, once.
    Redeemed {
        /// When.
        at: Timestamp,
        /// By which device.
        device: DeviceId,
        /// The thumbprint of its auth key: the same device asking again is not a second device.
        auth_key: String,
    },
    /// The code that was sent to the user's phone number was the right one.
    Verified {
        /// When.
        at: Timestamp,
    },
    /// Too many wrong codes.
    Failed {
        /// When.
        at: Timestamp,
    },
}

impl EnrolmentState {
    /// The state's word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Dispatched { .. } => "dispatched",
            Self::Redeemed { .. } => "redeemed",
            Self::Verified { .. } => "verified",
            Self::Failed { .. } => "failed",
        }
    }

    /// When it was reached.
    pub fn since(&self) -> Option<Timestamp> {
        match self {
            Self::Open => None,
            Self::Dispatched { at }
            | Self::Redeemed { at, .. }
            | Self::Verified { at }
            | Self::Failed { at } => Some(*at),
        }
    }
}

/// What the Cloud API adds to an enrolment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CloudEnrolment {
    /// How it reaches its user.
    pub channel: Channel,
    /// Id of the sealing key from which its token and its code are derived.
    pub token_key: String,
    /// Where its code goes, on that channel.
    pub sms: Option<Sms>,
    /// Wrong codes so far.
    pub wrong_codes: u8,
    /// What WebAuthn is asked for, on that channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_authn: Option<WebAuthnCeremony>,
}

/// What became of a code.
#[derive(Debug)]
pub enum CodeTry {
    /// It was right.
    Verified(Enrolment),
    /// It was wrong, and there are tries left.
    Wrong(Enrolment, u8),
    /// It was wrong for the last time.
    Failed(Enrolment),
}

impl Enrolment {
    /// Open to [`EnrolmentState::Dispatched`].
    pub fn dispatch(mut self, now: Timestamp) -> Result<Self, Refused> {
        if !self.is_open(now) {
            return Err(Refused::Unknown("enrolment"));
        }
        self.state = EnrolmentState::Dispatched { at: now };
        Ok(self)
    }

    /// Open to [`EnrolmentState::Verified`], or by the last of `max` wrong codes to [`EnrolmentState::Failed`].
    pub fn try_code(mut self, right: bool, max: u8, now: Timestamp) -> Result<CodeTry, Refused> {
        if !self.is_open(now) {
            return Err(Refused::WrongState { what: "enrolment", state: self.state_at(now) });
        }
        let Some(cloud) = &mut self.cloud else { return Err(Refused::Unknown("enrolment")) };
        if right {
            self.state = EnrolmentState::Verified { at: now };
            return Ok(CodeTry::Verified(self));
        }
        cloud.wrong_codes = cloud.wrong_codes.saturating_add(1);
        match max.saturating_sub(cloud.wrong_codes) {
            0 => {
                self.state = EnrolmentState::Failed { at: now };
                Ok(CodeTry::Failed(self))
            }
            attempts_left => Ok(CodeTry::Wrong(self, attempts_left)),
        }
    }

    fn state_at(&self, now: Timestamp) -> &'static str {
        match self.state {
            EnrolmentState::Open if now >= self.expires_at => "expired",
            _ => self.state.name(),
        }
    }

    /// Open or dispatched to [`EnrolmentState::Redeemed`]. Expired and redeemed ones, and those for another key, do not exist for
    /// whoever asks.
    pub fn redeem(mut self, device: DeviceId, auth_key: String, now: Timestamp) -> Result<Self, Refused> {
        match self.state {
            EnrolmentState::Open | EnrolmentState::Dispatched { .. }
                if now < self.expires_at && self.is_for(&auth_key) =>
            {
                self.state = EnrolmentState::Redeemed { at: now, device, auth_key };
                Ok(self)
            }
            _ => Err(Refused::Unknown("enrolment")),
        }
    }

    /// The device that redeemed it, if it was the one with this auth key: a lost answer may be asked for
    /// again, as long as the enrolment lives.
    pub fn redeemed_by(&self, auth_key: &str, now: Timestamp) -> Option<DeviceId> {
        match &self.state {
            EnrolmentState::Redeemed { device, auth_key: known, .. }
                if known == auth_key && now < self.expires_at =>
            {
                Some(*device)
            }
            _ => None,
        }
    }

    /// Whether the auth key with this thumbprint may redeem it.
    pub fn is_for(&self, auth_key: &str) -> bool {
        self.for_key.as_deref().is_none_or(|key| key == auth_key)
    }

    /// Whether it has come to no end yet.
    pub fn is_waiting(&self, now: Timestamp) -> bool {
        matches!(self.state, EnrolmentState::Open | EnrolmentState::Dispatched { .. })
            && now < self.expires_at
    }

    /// Whether its token may still be used.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == EnrolmentState::Open && now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{EXPIRY, at, device_id, enrolment};

    const UNKNOWN: Refused = Refused::Unknown("enrolment");

    fn redeem(enrolment: Enrolment, device: u8, now: i64) -> Result<Enrolment, Refused> {
        enrolment.redeem(device_id(device), format!("key-{device}"), at(now))
    }

    #[test]
    fn it_is_redeemed_until_it_expires() {
        let redeemed = redeem(enrolment(), 1, EXPIRY - 1).unwrap();
        let state = EnrolmentState::Redeemed {
            at: at(EXPIRY - 1),
            device: device_id(1),
            auth_key: "key-1".to_owned(),
        };
        assert_eq!(redeemed.state, state);
        assert_eq!(redeem(enrolment(), 1, EXPIRY).map(|_| ()), Err(UNKNOWN));
        assert!(enrolment().is_open(at(EXPIRY - 1)) && !enrolment().is_open(at(EXPIRY)));
    }

    #[test]
    fn it_is_redeemed_once() {
        let redeemed = redeem(enrolment(), 1, 1).unwrap();
        assert!(!redeemed.is_open(at(1)));
        for device in [1, 2] {
            assert_eq!(redeem(redeemed.clone(), device, 2).map(|_| ()), Err(UNKNOWN));
        }
    }

    #[test]
    fn one_that_was_begun_with_a_key_is_redeemed_with_that_key() {
        let begun = Enrolment { for_key: Some("key-1".into()), ..enrolment() };
        assert_eq!(redeem(begun.clone(), 2, 1).map(|_| ()), Err(UNKNOWN));
        assert!(redeem(begun, 1, 1).is_ok());
    }

    #[test]
    fn the_same_key_may_ask_again_while_it_lives() {
        assert_eq!(enrolment().redeemed_by("key-1", at(1)), None);
        let redeemed = redeem(enrolment(), 1, 1).unwrap();
        assert_eq!(redeemed.redeemed_by("key-1", at(EXPIRY - 1)), Some(device_id(1)));
        assert_eq!(redeemed.redeemed_by("key-1", at(EXPIRY)), None);
        assert_eq!(redeemed.redeemed_by("key-2", at(1)), None);
        assert_eq!(redeemed.redeemed_by("", at(1)), None);
    }
}
