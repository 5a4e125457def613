//! One of each for the tests. Times are milliseconds; everything is made at 0 and expires at [`EXPIRY`].

use crate::act::Trail;
use crate::actor::Actor;
use crate::administrator::{Administrator, Passkey};
use crate::answer::{Answer, CodeCheck, Evidence, Signed, SignedAnswer};
use crate::audit::{AuditEntry, Happened};
use crate::callback::{CallbackKind, CallbackRule};
use crate::challenge::{Challenge, ChallengeState, MatchingCode, Notification};
use crate::chance::Random;
use crate::channel::Channel;
use crate::consent::{
    Consent, ConsentAccount, ConsentContent, ConsentKind, ConsentState, ConsentTerms, SharedData,
};
use crate::delivery::{Delivery, Recipient, Subject};
use crate::device::{Device, DeviceKind, DeviceName, DeviceState, Platform, PublicKey, PushRegistration};
use crate::enrolment::{Enrolment, EnrolmentState};
use crate::event::EventKind;
use crate::id::{
    AdministratorId, AppSpaceId, ChallengeId, CompanyId, ConsentId, DeviceId, EnrolmentId, RequestOriginId,
    UserId,
};
use crate::identity_provider::{
    IdentityProvider, IdentityTokens, IdpProtocol, OpenIdConnect, Scopes, TokenFailBehaviour,
};
use crate::invitation::{INVITATION_LIFETIME, Invitation, Purpose};
use crate::login::Login;
use crate::outbound_url::{Loopback, OutboundUrl};
use crate::question::AnswerOption;
use crate::request_origin::{Credential, RequestOrigin};
use crate::role::Grant;
use crate::session::Session;
use crate::text::{AccountId, PushToken};
use crate::time::{Span, Timestamp};
use crate::user::User;

/// When challenges and enrolments expire.
pub(crate) const EXPIRY: i64 = 300_000;

/// Randomness that is always the same.
pub(crate) struct Fixed(pub(crate) u8);

impl Random for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn user_id(number: u8) -> UserId {
    UserId::new(at(0), &Fixed(number))
}

pub(crate) fn device_id(number: u8) -> DeviceId {
    DeviceId::new(at(0), &Fixed(number))
}

pub(crate) fn challenge_id(number: u8) -> ChallengeId {
    ChallengeId::new(at(0), &Fixed(number))
}

pub(crate) fn app_space_id() -> AppSpaceId {
    AppSpaceId::new(&Fixed(9))
}

pub(crate) fn other_app_space_id() -> AppSpaceId {
    AppSpaceId::new(&Fixed(10))
}

pub(crate) fn company_id() -> CompanyId {
    CompanyId::new(at(0), &Fixed(1))
}

/// Was invited to run the company.
pub(crate) fn administrator() -> Administrator {
    let id = AdministratorId::new(at(0), &Fixed(1));
    Administrator::new(id, company_id(), "Ann".into(), vec![Grant::CompanyAdmin], at(0))
}

pub(crate) fn passkey(credential_id: &str) -> Passkey {
    Passkey {
        credential_id: credential_id.into(),
        name: "Laptop".into(),
        credential: "{}".into(),
        created_at: at(0),
        used_at: None,
    }
}

pub(crate) fn invitation() -> Invitation {
    Invitation {
        token_hash: "hash".into(),
        company: company_id(),
        administrator: administrator().id,
        purpose: Purpose::Join,
        by: Actor::Operator,
        created_at: at(0),
        expires_at: at(0) + INVITATION_LIFETIME,
        used_at: None,
    }
}

pub(crate) fn session() -> Session {
    Session {
        token_hash: "hash".into(),
        company: company_id(),
        administrator: administrator().id,
        passkey: "a".into(),
        began_at: at(0),
        active_at: at(0),
    }
}

/// A Request Origin asked, by a device's doing.
pub(crate) fn happened() -> Happened {
    Happened {
        id: "evt_1".into(),
        trail: Trail::AppSpace(app_space_id()),
        at: at(1),
        event: EventKind::ChallengeCreated,
        subject: challenge_id(1).to_string(),
        user: None,
        actor: Some(Actor::Device(device_id(1))),
        channel: Some(Channel::Push),
        detail: None,
    }
}

/// The first of its trail.
pub(crate) fn audit_entry() -> AuditEntry {
    AuditEntry { hash: "hash".into(), ..AuditEntry::after(&happened(), None, "begin".into()) }
}

pub(crate) fn origin_id() -> RequestOriginId {
    RequestOriginId::new(app_space_id(), &Fixed(8))
}

pub(crate) fn account_id(text: &str) -> AccountId {
    AccountId::parse("accountId", text.into()).unwrap()
}

pub(crate) fn push_token(text: &str) -> PushToken {
    PushToken::parse("pushToken", text.into()).unwrap()
}

pub(crate) fn callback() -> OutboundUrl {
    OutboundUrl::parse("callback", "https://bank.example/cb?key=hush", Loopback::Refused).unwrap()
}

/// Waits for user 1, who may approve with the strong key and the matching code, or reject.
pub(crate) fn challenge() -> Challenge {
    Challenge {
        id: challenge_id(1),
        app_space: app_space_id(),
        origin: Some(origin_id()),
        asked_by: None,
        account_id: Some(account_id("ann")),
        document: r#"{"content":"hush"}"#.into(),
        digest: "digest".into(),
        options: AnswerOption::default_pair(),
        nonce: "hush".into(),
        matching_code: Some(MatchingCode::new(&Fixed(0x42))),
        transaction_id: Some("7".into()),
        callback: Some(callback()),
        notification: Notification { show: true, title: "t".into(), body: "b".into() },
        wrong_codes_max: 3,
        cool_down: Span::minutes(5),
        approval: None,
        action: None,
        relayed: None,
        followed: false,
        asked_at: at(0),
        expires_at: at(EXPIRY),
        wrong_answers: Vec::new(),
        state: ChallengeState::Pending { user: user_id(1), wrong_codes: 0 },
    }
}

/// Waits for whoever claims it.
pub(crate) fn claimable() -> Challenge {
    let state = ChallengeState::Claimable { claim_hash: "claim".into() };
    Challenge { account_id: None, state, ..challenge() }
}

/// As strong as can be, with the right matching code.
pub(crate) fn signed(answer: Answer) -> SignedAnswer {
    SignedAnswer { id: fresh_id(), answer, strong: true, code: CodeCheck::Right, evidence: evidence() }
}

pub(crate) fn evidence() -> Evidence {
    Evidence {
        device: device_id(1),
        key_thumbprint: "thumbprint".into(),
        key: r#"{"kty":"EC"}"#.into(),
        signed: Signed::Jws { jws: "hush.hush.hush".into() },
        receipt: None,
    }
}

pub(crate) fn user() -> User {
    User::new(user_id(1), app_space_id(), account_id("ann"), None, Actor::RequestOrigin(origin_id()), at(0))
}

/// A device of user 1 that has given no push token.
pub(crate) fn device() -> Device {
    let key = |name: &str| PublicKey { jwk: "{}".into(), thumbprint: name.into() };
    Device {
        id: device_id(1),
        app_space: app_space_id(),
        user: user_id(1),
        name: DeviceName::parse("name", "Phone".into()).unwrap(),
        platform: Platform::Android,
        kind: DeviceKind::Native { auth_key: key("auth"), strong_key: key("strong") },
        push: PushRegistration::None,
        state: DeviceState::Active,
        strong_failures: 0,
        created_at: at(0),
        changed_by: None,
    }
}

pub(crate) fn enrolment() -> Enrolment {
    Enrolment {
        id: EnrolmentId::new(at(0), &Fixed(1)),
        app_space: app_space_id(),
        origin: Some(origin_id()),
        user: user_id(1),
        account_id: account_id("ann"),
        for_key: None,
        token_hash: "hush".into(),
        nonce: "hush".into(),
        cloud: None,
        created_at: at(0),
        expires_at: at(EXPIRY),
        state: EnrolmentState::Open,
    }
}

pub(crate) fn identity_provider() -> IdentityProvider {
    let url = |path: &str| {
        OutboundUrl::parse("discoveryUrl", &format!("https://idp.example{path}"), Loopback::Refused).unwrap()
    };
    IdentityProvider {
        name: "Staff".into(),
        client_id: "countersign".into(),
        client_secret: Some("hush".into()),
        token_fail: TokenFailBehaviour::Suspend,
        protocol: IdpProtocol::OpenIdConnect(OpenIdConnect {
            discovery_url: url("/.well-known/openid-configuration"),
            issuer: "https://idp.example".into(),
            scopes: Scopes::parse("scopes", "profile").unwrap(),
        }),
    }
}

pub(crate) fn identity_tokens() -> IdentityTokens {
    IdentityTokens {
        user: user_id(1),
        provider: "https://idp.example".into(),
        access: "hush".into(),
        refresh: Some("hush".into()),
        obtained_at: at(0),
        renewing_until: None,
    }
}

pub(crate) fn login() -> Login {
    Login {
        app_space: app_space_id(),
        provider: "https://idp.example".into(),
        state_hash: "hush".into(),
        verifier: "hush".into(),
        nonce: "hush".into(),
        redirect_uri: "https://auth.example/api/idp/oidc/verify".into(),
        auth_key: "thumbprint".into(),
        connecting: None,
        web_device: false,
        expires_at: at(EXPIRY),
    }
}

/// Results may go to [`callback`].
pub(crate) fn request_origin() -> RequestOrigin {
    let rule = |kind, text| CallbackRule::parse("callbackUrl", kind, text).unwrap();
    RequestOrigin {
        id: origin_id(),
        app_space: app_space_id(),
        name: "Bank".into(),
        credential: Credential::Hmac { sealed: "hush".into() },
        access_keys: Vec::new(),
        callbacks: vec![
            rule(CallbackKind::Result, "bank.example/{*}"),
            rule(CallbackKind::Webauthn, "login.bank.example/cb"),
        ],
        webhook_secret: "hush".into(),
        created_at: at(0),
    }
}

pub(crate) fn delivery() -> Delivery {
    let ids = (app_space_id(), Recipient::Origin(origin_id()), Subject::Challenge(challenge_id(1)));
    Delivery::new("evt_1".into(), ids, EventKind::ChallengeAnswered, callback(), "hush".into(), at(0))
}

/// In force until [`EXPIRY`].
pub(crate) fn consent() -> Consent {
    let account = ConsentAccount {
        name: "Checking".into(),
        account_number: None,
        sort_code: None,
        iban: Some("GB33BUKB20201555555555".into()),
    };
    Consent {
        id: ConsentId::new(at(0), &Fixed(1)),
        app_space: app_space_id(),
        user: user_id(1),
        account_id: account_id("ann"),
        origin: Some(origin_id()),
        content: ConsentContent::Plain(ConsentTerms {
            kind: ConsentKind::Aisp,
            tpp_name: "Budget".into(),
            accounts: vec![account],
            shared_data: Some(SharedData { balance: true, transactions: false }),
        }),
        callback: Some(callback()),
        created_at: at(0),
        expires_at: at(EXPIRY),
        state: ConsentState::Active,
    }
}

/// Every answer is another one.
fn fresh_id() -> String {
    static MADE: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string()
}
