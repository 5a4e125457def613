//! The key scheme of the table. Nothing else builds a key.
//!
//! | partition key | sort key | item |
//! |---|---|---|
//! | `COMPANY#id` | `COMPANY` | company |
//! | `COMPANY#id` | `APP_SPACE#id` | that an App Space is of the company |
//! | `COMPANY#id` | `ADMINISTRATOR#id` | administrator |
//! | `INVITATION#token hash` | `INVITATION` | one-time link for an administrator |
//! | `SESSION#token hash` | `SESSION` | session of an administrator |
//! | `ACTS#company or App Space` | `ACT#id` | act of administration, on its way to the audit trail |
//! | `TENANT#tenant` | `APP_SPACE` | App Space |
//! | `TENANT#tenant` | `ORIGIN#id` | Request Origin |
//! | `TENANT#tenant` | `CLOUD` | settings of the Cloud API |
//! | `TENANT#tenant` | `AUTHENTICATOR` | settings of the Authenticator API |
//! | `ACCOUNT#tenant#sha256(account id)` | `ACCOUNT` | account: how a Request Origin reaches a user |
//! | `USER#id` | `CONCLUDED#time#challenge` | copy of a challenge that was just decided; sorts before all else of the user |
//! | `USER#id` | `USER` | user |
//! | `USER#id` | `DEVICE#id` | device |
//! | `USER#id` | `INBOX#challenge` | copy of an open challenge, for the device's list |
//! | `USER#id` | `RELAYING#challenge` | copy of an answered challenge while its bank is told |
//! | `USER#id` | `IDENTITY_TOKENS` | what the user's identity provider gave |
//! | `USER#id` | `RECOVERY_CODES` | the user's unused recovery codes |
//! | `CONSENTS#user` | `CONSENT#id` | consent |
//! | `CONSENT#id` | `CONSENT` | whose consent it is |
//! | `CONSENT#id` | `DELIVERY#event` | delivery of a webhook, or to a bank |
//! | `KEY#tenant#sha256(name)` | `KEY` | key of a UAF or WebAuthn authenticator |
//! | `IDENTITY#tenant#sha256(provider, subject)` | `IDENTITY` | which user somebody at an identity provider is |
//! | `LOGIN#state hash` | `LOGIN` | login under way at an identity provider |
//! | `DEVICE#id` | `DEVICE` | whose device it is |
//! | `DEVICE#id` | `DELIVERY#event` | delivery to a bank |
//! | `CONNECTION#tenant#number` | `CONNECTION` | connection as a bank knows it |
//! | `BANK_TOKEN#token hash` | `BANK_TOKEN` | whose access token it is, where a bank made it |
//! | `BANK_ACTION#tenant#sha256(action id)` | `BANK_ACTION` | the challenges of a bank's action |
//! | `BANK_CONSENT#tenant#sha256(consent id)` | `BANK_CONSENT` | where a bank's consent lies |
//! | `ENROLMENT#token hash` | `ENROLMENT` | enrolment |
//! | `CHALLENGE#id` | `CHALLENGE` | challenge |
//! | `CHALLENGE#id` | `DELIVERY#event` | delivery of a webhook, or to a bank |
//! | `CLAIM#token hash` | `CLAIM` | which challenge the token claims |
//! | `IDEMPOTENCY#caller#sha256(key)` | `IDEMPOTENCY` | what a request made |
//! | `SEEN#purpose#sha256` | `SEEN` | a signature or proof that was used |
//! | `ATTEMPTS#purpose#sha256` | `ATTEMPTS` | failed authentications and guesses |
//! | `ENDPOINT#origin#sha256(url)` | `ENDPOINT` | a callback that answered 410 |
//! | `TELEMETRY#device` | time and number | what a device reported |
//! | `AUDIT#company or App Space` | time and number | audit entry |
//! | `AUDIT_HEAD#company or App Space` | `HEAD` | which audit entry is the newest |
//! | `AUDITED#event` | `AUDITED` | that an event has its audit entry |
//! | `CHALLENGES#App Space` | time and challenge | that a challenge was made, for the App Space's list |
//! | `CHALLENGES_OF#user` | time and challenge | likewise, for the user's list |
//! | `DELIVERIES#App Space` | time and event | that a delivery was made, for the App Space's list |
//! | `USERS#tenant` | account id in lower case and user | user, for the App Space's list |
//! | `FIGURES#App Space` | day | what is counted of a day |
//! | `ACTIVE#user` | `ACTIVE` | on which day a user was last active |

use std::fmt::Display;

use countersign_crypto::digest::Digest;
use countersign_domain::act::Trail;
use countersign_domain::actor::Actor;
use countersign_domain::authenticator_key::KeyName;
use countersign_domain::day::Day;
use countersign_domain::delivery::Subject;
use countersign_domain::id::{
    ActId, AdministratorId, AppSpaceId, ChallengeId, CompanyId, ConsentId, DeviceId, Number, RequestOriginId,
    Tenant, UserId,
};
use countersign_domain::identity_provider::Identity;
use countersign_domain::text::AccountId;
use countersign_domain::time::Timestamp;

/// Partition key and sort key of one item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: impl Display, sk: impl Into<String>) -> Self {
        Self { pk: pk.to_string(), sk: sk.into() }
    }
}

pub(crate) const INBOX: &str = "INBOX#";
pub(crate) const DELIVERY: &str = "DELIVERY#";
pub(crate) const CONSENT: &str = "CONSENT#";
pub(crate) const COMPANY_APP_SPACE: &str = "APP_SPACE#";
pub(crate) const ADMINISTRATOR: &str = "ADMINISTRATOR#";
pub(crate) const ORIGIN: &str = "ORIGIN#";

/// A company.
pub fn company(id: CompanyId) -> Key {
    Key::new(company_partition(id), "COMPANY")
}

/// The partition in which a company, its administrators and the list of its App Spaces lie.
pub(crate) fn company_partition(id: CompanyId) -> String {
    format!("COMPANY#{id}")
}

/// That an App Space is of a company.
pub fn company_app_space(company: CompanyId, app_space: AppSpaceId) -> Key {
    Key::new(company_partition(company), format!("{COMPANY_APP_SPACE}{app_space}"))
}

/// An administrator.
pub fn administrator(company: CompanyId, id: AdministratorId) -> Key {
    Key::new(company_partition(company), format!("{ADMINISTRATOR}{id}"))
}

/// A one-time link for an administrator, by the hash of its token.
pub fn invitation(token_hash: &str) -> Key {
    Key::new(format_args!("INVITATION#{token_hash}"), "INVITATION")
}

/// A session of an administrator, by the hash of its token.
pub fn session(token_hash: &str) -> Key {
    Key::new(format_args!("SESSION#{token_hash}"), "SESSION")
}

/// An act of administration in a company or an App Space.
pub fn act(place: impl Display, id: ActId) -> Key {
    Key::new(format_args!("ACTS#{place}"), format!("ACT#{id}"))
}

/// The partition in which an App Space, its settings and its Request Origins lie.
pub(crate) fn tenant_partition(tenant: Tenant) -> String {
    format!("TENANT#{tenant}")
}

/// An App Space, from its own tenant or that of one of its Request Origins.
pub fn app_space(tenant: Tenant) -> Key {
    Key::new(tenant_partition(tenant), "APP_SPACE")
}

/// A Request Origin.
pub fn request_origin(id: RequestOriginId) -> Key {
    Key::new(tenant_partition(id.tenant()), format!("{ORIGIN}{id}"))
}

/// Settings of the Cloud API.
pub fn cloud_settings(tenant: Tenant) -> Key {
    Key::new(tenant_partition(tenant), "CLOUD")
}

/// Settings of the Authenticator API.
pub fn authenticator_settings(tenant: Tenant) -> Key {
    Key::new(tenant_partition(tenant), "AUTHENTICATOR")
}

/// A consent.
pub fn consent(user: UserId, id: ConsentId) -> Key {
    Key::new(consents_partition(user), format!("{CONSENT}{id}"))
}

/// Whose consent it is.
pub fn consent_owner(id: ConsentId) -> Key {
    Key::new(subject_partition(Subject::Consent(id)), "CONSENT")
}

/// The partition in which a user's consents lie.
pub(crate) fn consents_partition(user: UserId) -> String {
    format!("CONSENTS#{user}")
}

/// A key of an authenticator.
pub fn authenticator_key(tenant: Tenant, name: &KeyName) -> Key {
    // No part of a name has a line break, so that no two names give the same text.
    let text = match name {
        KeyName::Uaf { aaid, key_id } => format!("uaf\n{aaid}\n{key_id}"),
        KeyName::Fido2 { credential_id } => format!("fido2\n{credential_id}"),
    };
    Key::new(format_args!("KEY#{tenant}#{}", Digest::of(text.as_bytes())), "KEY")
}

/// A user's recovery codes.
pub fn recovery_codes(user: UserId) -> Key {
    Key::new(user_partition(user), "RECOVERY_CODES")
}

/// An account.
pub fn account(tenant: Tenant, account_id: &AccountId) -> Key {
    Key::new(format_args!("ACCOUNT#{tenant}#{}", Digest::of(account_id.as_str().as_bytes())), "ACCOUNT")
}

/// A user.
pub fn user(id: UserId) -> Key {
    Key::new(user_partition(id), "USER")
}

/// The partition in which a user, the user's devices and the inbox lie.
pub(crate) fn user_partition(id: UserId) -> String {
    format!("USER#{id}")
}

/// A device.
pub fn device(user: UserId, id: DeviceId) -> Key {
    Key::new(user_partition(user), format!("DEVICE#{id}"))
}

/// The tokens of a user's identity provider.
pub fn identity_tokens(user: UserId) -> Key {
    Key::new(user_partition(user), "IDENTITY_TOKENS")
}

/// Which user somebody at an identity provider is.
pub fn identity(tenant: Tenant, identity: &Identity) -> Key {
    // No provider's id has a line break, so that no two identities give the same text.
    let text = format!("{}\n{}", identity.provider, identity.subject);
    Key::new(format_args!("IDENTITY#{tenant}#{}", Digest::of(text.as_bytes())), "IDENTITY")
}

/// A login under way.
pub fn login(state_hash: &str) -> Key {
    Key::new(format_args!("LOGIN#{state_hash}"), "LOGIN")
}

/// Whose device it is.
pub fn device_owner(id: DeviceId) -> Key {
    Key::new(device_partition(id), "DEVICE")
}

/// The partition in which a device's owner and deliveries lie.
fn device_partition(id: DeviceId) -> String {
    format!("DEVICE#{id}")
}

/// A connection, by the number under which a bank knows it.
pub fn bank_connection(tenant: Tenant, number: Number) -> Key {
    Key::new(format_args!("CONNECTION#{tenant}#{number}"), "CONNECTION")
}

/// Whose access token it is.
pub fn bank_token(token_hash: &str) -> Key {
    Key::new(format_args!("BANK_TOKEN#{token_hash}"), "BANK_TOKEN")
}

/// The challenges of an action.
pub fn bank_action(tenant: Tenant, action_id: &str) -> Key {
    Key::new(format_args!("BANK_ACTION#{tenant}#{}", Digest::of(action_id.as_bytes())), "BANK_ACTION")
}

/// Where a consent lies.
pub fn bank_consent(tenant: Tenant, consent_id: &str) -> Key {
    Key::new(format_args!("BANK_CONSENT#{tenant}#{}", Digest::of(consent_id.as_bytes())), "BANK_CONSENT")
}

/// An open challenge in a user's inbox.
pub fn inbox(user: UserId, challenge: ChallengeId) -> Key {
    Key::new(user_partition(user), format!("{INBOX}{challenge}"))
}

/// A challenge of a user's that was decided at `at`.
pub fn concluded(user: UserId, at: Timestamp, challenge: ChallengeId) -> Key {
    Key::new(user_partition(user), format!("{}#{challenge}", concluded_since(at)))
}

/// The sort key from which on there is what was decided since `at`, and everything else of the user: no other sort key
/// of the partition comes before it.
pub(crate) fn concluded_since(at: Timestamp) -> String {
    format!("CONCLUDED#{:015}", at.millis().max(0))
}

/// An answered challenge of a user's whose bank is being told.
pub fn relaying(user: UserId, challenge: ChallengeId) -> Key {
    Key::new(user_partition(user), format!("RELAYING#{challenge}"))
}

/// An enrolment, by the hash of its token.
pub fn enrolment(token_hash: &str) -> Key {
    Key::new(format_args!("ENROLMENT#{token_hash}"), "ENROLMENT")
}

/// A challenge.
pub fn challenge(id: ChallengeId) -> Key {
    Key::new(challenge_partition(id), "CHALLENGE")
}

/// The partition in which a challenge and its deliveries lie.
pub(crate) fn challenge_partition(id: ChallengeId) -> String {
    format!("CHALLENGE#{id}")
}

/// The partition in which the deliveries about `subject` lie.
pub(crate) fn subject_partition(subject: Subject) -> String {
    match subject {
        Subject::Challenge(id) => challenge_partition(id),
        Subject::Consent(id) => format!("CONSENT#{id}"),
        Subject::Device(id) => device_partition(id),
    }
}

/// A delivery.
pub fn delivery(subject: Subject, event: &str) -> Key {
    Key::new(subject_partition(subject), format!("{DELIVERY}{event}"))
}

/// Which challenge a token claims.
pub fn claim(token_hash: &str) -> Key {
    Key::new(format_args!("CLAIM#{token_hash}"), "CLAIM")
}

/// What a request with this `Idempotency-Key` made.
pub fn idempotency(by: Actor, key: &str) -> Key {
    Key::new(format_args!("IDEMPOTENCY#{by}#{}", Digest::of(key.as_bytes())), "IDEMPOTENCY")
}

/// A signature or proof that may be used once.
pub fn seen(purpose: &str, what: &str) -> Key {
    Key::new(format_args!("SEEN#{purpose}#{}", Digest::of(what.as_bytes())), "SEEN")
}

/// The count of failures of one kind from one side.
pub fn attempts(purpose: &str, who: &str) -> Key {
    Key::new(format_args!("ATTEMPTS#{purpose}#{}", Digest::of(who.as_bytes())), "ATTEMPTS")
}

/// A callback that answered 410.
pub fn endpoint(origin: RequestOriginId, url: &str) -> Key {
    Key::new(format_args!("ENDPOINT#{origin}#{}", Digest::of(url.as_bytes())), "ENDPOINT")
}

/// What a device reported.
pub fn telemetry(device: DeviceId, at: Timestamp, number: &str) -> Key {
    Key::new(format_args!("TELEMETRY#{device}"), format!("{at}#{number}"))
}

/// An audit entry. Time and number grow together, so that a trail's entries lie in the order of both.
pub fn audit(trail: Trail, at: Timestamp, seq: u64) -> Key {
    Key::new(audit_partition(trail), format!("{at}#{seq:015}"))
}

/// The partition in which the audit entries of a trail lie, oldest first.
///
/// One partition takes as many writes as the one item that is the trail's head, which each entry changes.
pub(crate) fn audit_partition(trail: Trail) -> String {
    format!("AUDIT#{}", trail.guid())
}

/// Which entry of a trail is the newest.
pub fn audit_head(trail: Trail) -> Key {
    Key::new(format_args!("AUDIT_HEAD#{}", trail.guid()), "HEAD")
}

/// That an event has its audit entry.
pub fn audited(event: &str) -> Key {
    Key::new(format_args!("AUDITED#{event}"), "AUDITED")
}

/// That a challenge was made.
pub fn listed_challenge(app_space: AppSpaceId, at: Timestamp, id: ChallengeId) -> Key {
    Key::new(challenges_partition(app_space), format!("{at}#{id}"))
}

/// The partition in which the list of an App Space's challenges lies, oldest first.
pub(crate) fn challenges_partition(app_space: AppSpaceId) -> String {
    format!("CHALLENGES#{app_space}")
}

/// That a user was asked a challenge.
pub fn listed_challenge_of(user: UserId, at: Timestamp, id: ChallengeId) -> Key {
    Key::new(challenges_of_partition(user), format!("{at}#{id}"))
}

/// The partition in which the list of a user's challenges lies, oldest first.
pub(crate) fn challenges_of_partition(user: UserId) -> String {
    format!("CHALLENGES_OF#{user}")
}

/// That a delivery was made.
pub fn listed_delivery(app_space: AppSpaceId, at: Timestamp, event: &str) -> Key {
    Key::new(deliveries_partition(app_space), format!("{at}#{event}"))
}

/// The partition in which the list of an App Space's deliveries lies, oldest first.
pub(crate) fn deliveries_partition(app_space: AppSpaceId) -> String {
    format!("DELIVERIES#{app_space}")
}

/// A user in the list of the App Space's users.
pub fn listed_user(tenant: Tenant, account_id: &AccountId, user: UserId) -> Key {
    Key::new(users_partition(tenant), format!("{}#{user}", folded(account_id.as_str())))
}

/// The partition in which the list of an App Space's users lies, by account id.
pub(crate) fn users_partition(tenant: Tenant) -> String {
    format!("USERS#{tenant}")
}

/// Most bytes of an account id that a sort key takes, which has 1,024: two ids that begin alike for so long are in the
/// order of their users' ids.
const FOLDED_MAX: usize = 900;

/// What an account id is sorted and searched by.
pub(crate) fn folded(account_id: &str) -> String {
    let mut folded = account_id.to_lowercase();
    folded.truncate(folded.floor_char_boundary(FOLDED_MAX));
    folded
}

/// What is counted of a day.
pub fn figures(app_space: AppSpaceId, day: Day) -> Key {
    Key::new(figures_partition(app_space), day.to_string())
}

/// The partition in which an App Space's figures lie, by day.
pub(crate) fn figures_partition(app_space: AppSpaceId) -> String {
    format!("FIGURES#{app_space}")
}

/// On which day a user was last active.
pub fn last_active(user: UserId) -> Key {
    Key::new(format_args!("ACTIVE#{user}"), "ACTIVE")
}
