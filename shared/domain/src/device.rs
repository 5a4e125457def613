//! A bound app instance with its public keys.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::authenticator_key::KeyName;
use crate::enrolment::Enrolment;
use crate::id::{AppSpaceId, DeviceId, UserId};
use crate::invalid::Invalid;
use crate::refused::Refused;
use crate::text::{self, PushToken};
use crate::time::Timestamp;

/// A device: where challenges are shown and answers are signed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Device {
    /// Its id, the `kid` of its proofs.
    pub id: DeviceId,
    /// Where it belongs.
    pub app_space: AppSpaceId,
    /// Whose it is.
    pub user: UserId,
    /// What its person calls it.
    pub name: DeviceName,
    /// What it runs on.
    pub platform: Platform,
    /// What it can do, and with which keys.
    pub kind: DeviceKind,
    /// Whether and where it takes pushes.
    pub push: PushRegistration,
    /// Whether it may act.
    pub state: DeviceState,
    /// Failed PIN or biometric attempts since the last strong answer.
    pub strong_failures: u8,
    /// When it was bound.
    pub created_at: Timestamp,
    /// On whose account it was last changed; nobody's while it is as it was bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<Actor>,
}

/// Which protocol a device speaks, with the keys of that protocol.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeviceKind {
    /// The Device API of ours.
    Native {
        /// Authenticates its calls and signs answers that need no strong authentication.
        auth_key: PublicKey,
        /// Signs strong answers; a PIN or biometric releases it.
        strong_key: PublicKey,
    },
    /// An authenticator of FIDO UAF.
    Uaf {
        /// The model, `VVVV#MMMM`.
        aaid: String,
        /// The key's name, base64url.
        key_id: String,
        /// Signs answers; a PIN or biometric releases it.
        key: PublicKey,
        /// Where the app takes what is dispatched to it.
        target: Option<DispatchTarget>,
    },
    /// An authenticator of WebAuthn.
    Fido2 {
        /// The credential id, base64url.
        credential_id: String,
        /// Signs answers.
        key: PublicKey,
    },
    /// An app of the Authenticator API.
    Authenticator {
        /// Of the API.
        version: AuthenticatorVersion,
        /// RSA: signs its calls and answers, and what it is shown is encrypted to it.
        key: PublicKey,
        /// SHA-256 of its access token, base64url: the token itself is not kept.
        token_hash: String,
        /// Id of the sealing key from which the token is derived; none where a bank made it.
        token_key: Option<String>,
    },
}

/// Which version of the Authenticator API an app speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticatorVersion {
    /// Ids are text, calls are signed by header.
    V1,
    /// Ids are numbers, bodies are signed by detached JWS.
    V2,
}

impl DeviceKind {
    /// The kind's word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Native { .. } => "native",
            Self::Uaf { .. } => "uaf",
            Self::Fido2 { .. } => "fido2",
            Self::Authenticator { version: AuthenticatorVersion::V1, .. } => "authenticator_v1",
            Self::Authenticator { version: AuthenticatorVersion::V2, .. } => "authenticator_v2",
        }
    }

    /// The version of the Authenticator API, if it speaks that.
    pub fn authenticator(&self) -> Option<AuthenticatorVersion> {
        match self {
            Self::Authenticator { version, .. } => Some(*version),
            _ => None,
        }
    }

    /// What its one key is called, where it has but one.
    pub fn key_name(&self) -> Option<KeyName> {
        match self {
            Self::Native { .. } | Self::Authenticator { .. } => None,
            Self::Uaf { aaid, key_id, .. } => {
                Some(KeyName::Uaf { aaid: aaid.clone(), key_id: key_id.clone() })
            }
            Self::Fido2 { credential_id, .. } => {
                Some(KeyName::Fido2 { credential_id: credential_id.clone() })
            }
        }
    }
}

/// Where an app takes what is dispatched to it; the push token stands in [`Device::push`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DispatchTarget {
    /// What the app calls itself.
    pub device_id: String,
    /// The push service that it uses, in its own words.
    pub dispatcher: String,
    /// Authenticates the app's calls.
    pub signature_key: PublicKey,
    /// What a push carries is encrypted to it.
    pub encryption_key: Option<PublicKey>,
}

/// A public key as it is kept: checked where it came in, and opened by `countersign_crypto` only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// The JWK (RFC 7517) as JSON.
    pub jwk: String,
    /// Its thumbprint (RFC 7638), base64url.
    pub thumbprint: String,
}

/// What a person calls a device: 1 to 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceName(String);

impl DeviceName {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, value: String) -> Result<Self, Invalid> {
        text::line(field, value, 64).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a device runs on; decides how it is pushed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Pushes go through Firebase Cloud Messaging.
    Android,
    /// Pushes go through Apple Push Notification service.
    Ios,
    /// No push: a browser, a command line.
    Other,
}

impl Platform {
    /// Takes the value of `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        match text {
            "android" => Ok(Self::Android),
            "ios" => Ok(Self::Ios),
            "other" => Ok(Self::Other),
            _ => Err(Invalid::new(field, "is not one of android, ios, other")),
        }
    }

    /// The platform's word in every API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Ios => "ios",
            Self::Other => "other",
        }
    }
}

/// Whether and where a device takes pushes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PushRegistration {
    /// It gave no token.
    None,
    /// It gave a token that is not yet known to SNS.
    Wanted {
        /// From the device.
        token: PushToken,
    },
    /// Pushes go to `endpoint`.
    Registered {
        /// From the device.
        token: PushToken,
        /// The SNS endpoint, as an ARN.
        endpoint: String,
    },
    /// The push service gave the token up, so SNS disabled the endpoint. A new token from the device mends it.
    Disabled {
        /// Since when.
        at: Timestamp,
        /// The SNS endpoint, as an ARN.
        endpoint: String,
    },
}

impl PushRegistration {
    /// The state's word in every API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Wanted { .. } => "wanted",
            Self::Registered { .. } => "registered",
            Self::Disabled { .. } => "disabled",
        }
    }
}

/// Whether a device may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeviceState {
    /// May act.
    Active,
    /// Never again; its keys are useless.
    Revoked {
        /// Since when.
        at: Timestamp,
        /// On whose account.
        by: RevokedBy,
    },
}

impl DeviceState {
    /// The state's word in every API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Revoked { .. } => "revoked",
        }
    }
}

/// On whose account a device was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokedBy {
    /// A Request Origin asked.
    RequestOrigin,
    /// The device removed itself.
    Device,
    /// Its PIN or biometric attempts were used up.
    StrongFailures,
    /// Its user was revoked.
    User,
    /// The bank that encrypts for it.
    Bank,
    /// An administrator, or whoever holds the company's provisioning key.
    Administrator,
}

/// What became of a reported PIN or biometric failure.
#[derive(Debug)]
pub enum StrongFailure {
    /// Counted.
    Counted {
        /// The device with the new count.
        device: Device,
        /// How many more it may report.
        attempts_left: u8,
    },
    /// The last one: the device is revoked.
    UsedUp(Device),
}

impl Device {
    /// What redeems `enrolment`: active, and without a push token.
    pub fn new(
        id: DeviceId,
        enrolment: &Enrolment,
        name: DeviceName,
        platform: Platform,
        kind: DeviceKind,
        now: Timestamp,
    ) -> Self {
        Self::of(id, (enrolment.app_space, enrolment.user), name, platform, kind, now)
    }

    /// A device of this user of this App Space, likewise.
    pub fn of(
        id: DeviceId,
        (app_space, user): (AppSpaceId, UserId),
        name: DeviceName,
        platform: Platform,
        kind: DeviceKind,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            app_space,
            user,
            name,
            platform,
            kind,
            push: PushRegistration::None,
            state: DeviceState::Active,
            strong_failures: 0,
            created_at: now,
            changed_by: None,
        }
    }

    /// Whether it may act.
    pub fn is_active(&self) -> bool {
        self.state == DeviceState::Active
    }

    /// Active to revoked.
    pub fn revoke(mut self, by: RevokedBy, actor: Actor, now: Timestamp) -> Result<Self, Refused> {
        self.active()?;
        self.state = DeviceState::Revoked { at: now, by };
        self.push = PushRegistration::None;
        self.changed_by = Some(actor);
        Ok(self)
    }

    /// Active to revoked, by itself.
    pub fn revoke_itself(self, now: Timestamp) -> Result<Self, Refused> {
        let itself = Actor::Device(self.id);
        self.revoke(RevokedBy::Device, itself, now)
    }

    /// A new name.
    pub fn rename(mut self, name: DeviceName, by: Actor) -> Result<Self, Refused> {
        self.active()?;
        self.name = name;
        self.changed_by = Some(by);
        Ok(self)
    }

    /// A new dispatch target. Only UAF authenticators have one.
    pub fn set_target(mut self, new: Option<DispatchTarget>) -> Result<Self, Refused> {
        self.active()?;
        match &mut self.kind {
            DeviceKind::Uaf { target, .. } => {
                *target = new;
                self.changed_by = Some(Actor::Device(self.id));
                Ok(self)
            }
            kind => Err(Refused::WrongState { what: "device", state: kind.name() }),
        }
    }

    /// A new push token, or none any more. The token it has already changes nothing, unless its endpoint
    /// was disabled: then the device vouches that it works again.
    pub fn set_push_token(mut self, token: Option<PushToken>) -> Result<Self, Refused> {
        self.active()?;
        self.push = match (token, self.push) {
            (None, _) => PushRegistration::None,
            (Some(new), PushRegistration::Registered { token, endpoint }) if new == token => {
                PushRegistration::Registered { token, endpoint }
            }
            (Some(token), _) => PushRegistration::Wanted { token },
        };
        self.changed_by = Some(Actor::Device(self.id));
        Ok(self)
    }

    /// SNS knows the token now.
    pub fn registered(mut self, endpoint: String) -> Result<Self, Refused> {
        match self.push {
            PushRegistration::Wanted { token } => {
                self.push = PushRegistration::Registered { token, endpoint };
                Ok(self.by_service())
            }
            other => Err(Refused::WrongState { what: "push registration", state: other.name() }),
        }
    }

    /// SNS refused a push to `endpoint`. Another endpoint since then is not touched.
    pub fn push_disabled(mut self, endpoint: &str, now: Timestamp) -> Result<Self, Refused> {
        match self.push {
            PushRegistration::Registered { endpoint: ref known, .. } if known == endpoint => {
                self.push = PushRegistration::Disabled { at: now, endpoint: endpoint.to_owned() };
                Ok(self.by_service())
            }
            ref other => Err(Refused::WrongState { what: "push registration", state: other.name() }),
        }
    }

    /// SNS knows `endpoint` no more. The token must be made known to it again.
    pub fn endpoint_gone(mut self, endpoint: &str) -> Result<Self, Refused> {
        match self.push {
            PushRegistration::Registered { endpoint: ref known, ref token } if known == endpoint => {
                self.push = PushRegistration::Wanted { token: token.clone() };
                Ok(self.by_service())
            }
            ref other => Err(Refused::WrongState { what: "push registration", state: other.name() }),
        }
    }

    /// One more failed PIN or biometric attempt.
    pub fn strong_failure(mut self, max: u8, now: Timestamp) -> Result<StrongFailure, Refused> {
        self.active()?;
        self.strong_failures = self.strong_failures.saturating_add(1);
        let itself = Actor::Device(self.id);
        self.changed_by = Some(itself);
        match max.saturating_sub(self.strong_failures) {
            0 => Ok(StrongFailure::UsedUp(self.revoke(RevokedBy::StrongFailures, itself, now)?)),
            attempts_left => Ok(StrongFailure::Counted { device: self, attempts_left }),
        }
    }

    /// After a strong answer: the PIN or biometric worked. A revoked device stays as it is.
    pub fn strong_success(mut self) -> Self {
        if self.is_active() {
            self.strong_failures = 0;
        }
        self
    }

    fn by_service(self) -> Self {
        Self { changed_by: Some(Actor::Service), ..self }
    }

    fn active(&self) -> Result<(), Refused> {
        match self.state {
            DeviceState::Active => Ok(()),
            state => Err(Refused::WrongState { what: "device", state: state.name() }),
        }
    }
}

#[cfg(test)]
mod tests;
