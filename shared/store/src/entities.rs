//! How each domain value lies in the table.

use countersign_domain::account::Account;
use countersign_domain::act::{Act, Trail};
use countersign_domain::administrator::Administrator;
use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_key::AuthenticatorKey;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::challenge::Challenge;
use countersign_domain::cloud_settings::CloudSettings;
use countersign_domain::company::Company;
use countersign_domain::consent::{Consent, ConsentState};
use countersign_domain::delivery::{Delivery, DeliveryState};
use countersign_domain::device::Device;
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::{
    AppSpaceId, ChallengeId, CompanyId, ConsentId, DeviceId, RequestOriginId, UserId,
};
use countersign_domain::idempotency::REMEMBERED;
use countersign_domain::identity_provider::{IdentityTokens, KnownIdentity};
use countersign_domain::invitation::Invitation;
use countersign_domain::login::Login;
use countersign_domain::recovery_codes::RecoveryCodes;
use countersign_domain::relayed::BankReply;
use countersign_domain::request_origin::RequestOrigin;
use countersign_domain::session::Session;
use countersign_domain::time::{Span, Timestamp};
use countersign_domain::user::User;
use serde::{Deserialize, Serialize};

use crate::item::{Record, Stored};
use crate::keys::{self, Key};

/// How long a challenge is kept after its expiry, with its evidence.
pub const CHALLENGE_KEPT: Span = Span::days(400);
/// How long a delivery stays in the delivery log.
pub const DELIVERY_KEPT: Span = Span::days(30);

impl Stored for Company {
    const KIND: &'static str = "company";

    fn key(&self) -> Key {
        keys::company(self.id)
    }
}

/// That an App Space is of a company, for the company's list; written with the App Space.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CompanyAppSpace {
    /// The company.
    pub company: CompanyId,
    /// The App Space.
    pub app_space: AppSpaceId,
}

impl CompanyAppSpace {
    /// The entry of `app_space`.
    pub fn of(app_space: &AppSpace) -> Self {
        Self { company: app_space.company, app_space: app_space.id }
    }
}

impl Stored for CompanyAppSpace {
    const KIND: &'static str = "company_app_space";

    fn key(&self) -> Key {
        keys::company_app_space(self.company, self.app_space)
    }
}

impl Stored for Administrator {
    const KIND: &'static str = "administrator";

    fn key(&self) -> Key {
        keys::administrator(self.company, self.id)
    }

    fn state(&self) -> Option<&'static str> {
        Some(self.state.name())
    }
}

impl Stored for Invitation {
    const KIND: &'static str = "invitation";

    fn key(&self) -> Key {
        keys::invitation(&self.token_hash)
    }

    fn state(&self) -> Option<&'static str> {
        Some(Invitation::state(self))
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Stored for Session {
    const KIND: &'static str = "session";

    fn key(&self) -> Key {
        keys::session(&self.token_hash)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.ends_at())
    }
}

/// How long an act stays beside the audit entry that tells of it: longer than the stream keeps its records.
pub const ACT_KEPT: Span = Span::days(30);

impl Stored for Act {
    const KIND: &'static str = "act";

    fn key(&self) -> Key {
        match self.trail {
            Trail::AppSpace(id) => keys::act(id, self.id),
            Trail::Company(id) => keys::act(id, self.id),
        }
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.at + ACT_KEPT)
    }
}

impl Stored for AppSpace {
    const KIND: &'static str = "app_space";

    fn key(&self) -> Key {
        keys::app_space(self.id.tenant())
    }
}

impl Stored for RequestOrigin {
    const KIND: &'static str = "request_origin";

    fn key(&self) -> Key {
        keys::request_origin(self.id)
    }
}

impl Stored for CloudSettings {
    const KIND: &'static str = "cloud_settings";

    fn key(&self) -> Key {
        keys::cloud_settings(self.app_space.tenant())
    }
}

impl Stored for AuthenticatorKey {
    const KIND: &'static str = "authenticator_key";

    fn key(&self) -> Key {
        keys::authenticator_key(self.app_space.tenant(), &self.key.name())
    }
}

impl Stored for RecoveryCodes {
    const KIND: &'static str = "recovery_codes";

    fn key(&self) -> Key {
        keys::recovery_codes(self.user)
    }
}

impl Stored for Account {
    const KIND: &'static str = "account";

    fn key(&self) -> Key {
        keys::account(self.app_space.tenant(), &self.account_id)
    }

    fn state(&self) -> Option<&'static str> {
        Some(self.state.name())
    }
}

impl Stored for User {
    const KIND: &'static str = "user";

    fn key(&self) -> Key {
        keys::user(self.id)
    }

    fn state(&self) -> Option<&'static str> {
        Some(self.state.name())
    }
}

impl Stored for Device {
    const KIND: &'static str = "device";

    fn key(&self) -> Key {
        keys::device(self.user, self.id)
    }

    fn state(&self) -> Option<&'static str> {
        Some(self.state.name())
    }
}

/// Whose device it is; never changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeviceOwner {
    /// The device.
    pub device: DeviceId,
    /// Its user.
    pub user: UserId,
    /// Where both belong.
    pub app_space: AppSpaceId,
}

impl Stored for DeviceOwner {
    const KIND: &'static str = "device_owner";

    fn key(&self) -> Key {
        keys::device_owner(self.device)
    }
}

impl Stored for Enrolment {
    const KIND: &'static str = "enrolment";

    fn key(&self) -> Key {
        keys::enrolment(&self.token_hash)
    }

    fn state(&self) -> Option<&'static str> {
        Some(self.state.name())
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }

    fn ttl(&self) -> Option<Timestamp> {
        // As long as a repeated request may ask for it again.
        Some(self.expires_at + REMEMBERED)
    }
}

impl Stored for Login {
    const KIND: &'static str = "login";

    fn key(&self) -> Key {
        keys::login(&self.state_hash)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Stored for KnownIdentity {
    const KIND: &'static str = "identity";

    fn key(&self) -> Key {
        keys::identity(self.app_space.tenant(), &self.identity)
    }
}

impl Stored for IdentityTokens {
    const KIND: &'static str = "identity_tokens";

    fn key(&self) -> Key {
        keys::identity_tokens(self.user)
    }
}

impl Stored for Challenge {
    const KIND: &'static str = "challenge";

    fn key(&self) -> Key {
        keys::challenge(self.id)
    }

    fn state(&self) -> Option<&'static str> {
        Some(self.state.name())
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at + CHALLENGE_KEPT)
    }

    fn due(&self) -> Option<Timestamp> {
        self.state.is_open().then_some(self.expires_at)
    }
}

/// What a user's devices list: an open challenge. A copy, written and removed with the challenge, because the list must
/// cost one call, and so must finding out what an app answers that knows the challenge by a number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InboxEntry {
    /// Whose inbox.
    pub user: UserId,
    /// The challenge as it came into the inbox. Only its count of wrong codes may have moved since.
    pub challenge: Challenge,
    /// Its version then.
    pub version: u64,
}

impl InboxEntry {
    /// The challenge as a write finds it, unless wrong codes were counted.
    pub fn record(self) -> Record<Challenge> {
        Record { value: self.challenge, version: self.version }
    }
}

impl Stored for InboxEntry {
    const KIND: &'static str = "inbox";

    fn key(&self) -> Key {
        keys::inbox(self.user, self.challenge.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        // A moment longer than it is open, so that an app which follows it sees that its time is over.
        Some(self.challenge.expires_at + CONCLUDED_SHOWN)
    }
}

/// How long apps of the Authenticator API see what became of a challenge: its sheet's apps ask every few seconds.
pub const CONCLUDED_SHOWN: Span = Span::minutes(1);

/// What became of a challenge that an app of the Authenticator API may be looking at: a copy for its list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Concluded {
    /// Whose list.
    pub user: UserId,
    /// The challenge with its outcome.
    pub challenge: Challenge,
    /// What the bank said to the answer, where there is one to be told.
    pub bank: Option<BankReply>,
}

impl Concluded {
    /// The entry of a challenge that was just decided; none of an open one, or of one that no app follows.
    pub fn of(user: UserId, challenge: &Challenge) -> Option<Self> {
        let answered = challenge.evidence().is_some() && challenge.relayed.is_some();
        (challenge.followed && challenge.decided_at().is_some()).then(|| Self {
            user,
            challenge: challenge.clone(),
            bank: answered.then_some(BankReply::Awaited),
        })
    }

    /// When it was final; not while the bank is being told.
    pub fn finished_at(&self) -> Option<Timestamp> {
        match self.bank {
            None => self.challenge.decided_at(),
            Some(BankReply::Awaited) => None,
            Some(BankReply::Taken { at } | BankReply::Refused { at } | BankReply::Unreachable { at }) => {
                Some(at)
            }
        }
    }
}

impl Stored for Concluded {
    const KIND: &'static str = "concluded";

    fn key(&self) -> Key {
        match self.finished_at() {
            Some(at) => keys::concluded(self.user, at, self.challenge.id),
            None => keys::relaying(self.user, self.challenge.id),
        }
    }

    fn ttl(&self) -> Option<Timestamp> {
        let since = self.finished_at().or(self.challenge.decided_at())?;
        // Deliveries to a bank end after days.
        Some(since + if self.finished_at().is_some() { CONCLUDED_SHOWN } else { DELIVERY_KEPT })
    }
}

impl Stored for AuthenticatorSettings {
    const KIND: &'static str = "authenticator_settings";

    fn key(&self) -> Key {
        keys::authenticator_settings(self.app_space.tenant())
    }
}

/// How long a consent is kept after it is over or revoked.
pub const CONSENT_KEPT: Span = Span::days(400);

impl Stored for Consent {
    const KIND: &'static str = "consent";

    fn key(&self) -> Key {
        keys::consent(self.user, self.id)
    }

    fn state(&self) -> Option<&'static str> {
        Some(self.state.name())
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }

    fn ttl(&self) -> Option<Timestamp> {
        let over = match self.state {
            ConsentState::Active => self.expires_at,
            ConsentState::Revoked { at, .. } => at,
        };
        Some(over + CONSENT_KEPT)
    }
}

/// How long a claim token is known after its expiry, so that who scans an old code hears that it is old.
pub const CLAIM_KEPT: Span = Span::hours(1);

/// Whose consent it is, for callers who know its id alone; never changes. Written with the consent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsentOwner {
    /// The consent.
    pub consent: ConsentId,
    /// Its user.
    pub user: UserId,
    /// Where both belong.
    pub app_space: AppSpaceId,
    /// Who recorded it; nobody where a bank did.
    pub origin: Option<RequestOriginId>,
    /// As of the consent.
    pub expires_at: Timestamp,
}

impl ConsentOwner {
    /// Whose `consent` is.
    pub fn of(consent: &Consent) -> Self {
        let Consent { id, user, app_space, origin, expires_at, .. } = *consent;
        Self { consent: id, user, app_space, origin, expires_at }
    }
}

impl Stored for ConsentOwner {
    const KIND: &'static str = "consent_owner";

    fn key(&self) -> Key {
        keys::consent_owner(self.consent)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at + CONSENT_KEPT)
    }
}

/// Which challenge a token claims.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claim {
    /// SHA-256 of the token.
    pub token_hash: String,
    /// The challenge.
    pub challenge: ChallengeId,
    /// The only device that it is for; of the Cloud API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// As of the challenge.
    pub expires_at: Timestamp,
}

impl Stored for Claim {
    const KIND: &'static str = "claim";

    fn key(&self) -> Key {
        keys::claim(&self.token_hash)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at + CLAIM_KEPT)
    }
}

impl Stored for Delivery {
    const KIND: &'static str = "delivery";

    fn key(&self) -> Key {
        keys::delivery(self.subject, &self.id)
    }

    fn state(&self) -> Option<&'static str> {
        Some(self.state.name())
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.created_at + DELIVERY_KEPT)
    }

    fn due(&self) -> Option<Timestamp> {
        match self.state {
            DeliveryState::Due { at, .. } => Some(at),
            _ => None,
        }
    }
}

/// What a device reported: evidence of nothing, but useful to see where people get lost.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Telemetry {
    /// Distinguishes reports of one moment.
    pub id: String,
    /// Where it happened.
    pub app_space: AppSpaceId,
    /// Who reported.
    pub device: DeviceId,
    /// Whose device.
    pub user: UserId,
    /// What it is about.
    pub challenge: Option<ChallengeId>,
    /// `REQUEST_FETCHED`, `NOTIFICATION_CLICKED` and the like.
    pub event: String,
    /// When it was reported, by our clock.
    pub at: Timestamp,
    /// When it happened, by the device's clock.
    pub happened_at: Option<Timestamp>,
    /// How long it took.
    pub duration_millis: Option<u64>,
    /// One more word of the device's.
    pub detail: Option<String>,
}

impl Stored for Telemetry {
    const KIND: &'static str = "telemetry";

    fn key(&self) -> Key {
        keys::telemetry(self.device, self.at, &self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.at + Span::days(90))
    }
}
