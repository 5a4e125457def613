//! What is written to the table comes back as it was: every stored type, every variant of every enum in it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::account::Account;
use crate::act::{Act, Trail};
use crate::actor::Actor;
use crate::administrator::{Administrator, AdministratorState};
use crate::answer::{DeclineReason, Evidence, Signed};
use crate::app_space::{AppProtocol, AppSpace, Policy, PushPlatforms};
use crate::approval::{Approval, Audience};
use crate::audit::{AuditEntry, AuditHead};
use crate::authenticator_settings::{AuthenticatorSettings, Bank};
use crate::brand::Brand;
use crate::challenge::{Action, Challenge, ChallengeState};
use crate::channel::Channel;
use crate::cloud_settings::RelyingParty;
use crate::company::Company;
use crate::consent::{Consent, ConsentContent, ConsentRevokedBy};
use crate::day::Day;
use crate::delivery::{AttemptResult, Delivery, Recipient, Subject};
use crate::device::{
    AuthenticatorVersion, Device, DeviceKind, Platform, PublicKey, PushRegistration, RevokedBy,
};
use crate::enrolment::{CloudEnrolment, Enrolment};
use crate::event::EventKind;
use crate::id::{ActId, CompanyId, EnrolmentId};
use crate::idempotency::{Idempotency, Made};
use crate::identity_provider::{
    Identity, IdentityProvider, IdentityTokens, IdpProtocol, KnownIdentity, OAuth2, Scopes,
    TokenFailBehaviour,
};
use crate::invitation::{Invitation, Purpose};
use crate::last_active::LastActive;
use crate::limits::Limits;
use crate::login::{Connecting, Login};
use crate::outbound_url::{Loopback, OutboundUrl};
use crate::question::AnswerOption;
use crate::relayed::{BankReply, DeviceEnvelope, Relayed};
use crate::request_origin::{Credential, RequestOrigin};
use crate::role::Grant;
use crate::samples::{
    Fixed, account_id, administrator, app_space_id, at, audit_entry, challenge, challenge_id, claimable,
    company_id, consent, delivery, device, device_id, enrolment, evidence, identity_provider,
    identity_tokens, invitation, login, origin_id, passkey, push_token, request_origin, session, user,
    user_id,
};
use crate::user::{User, UserInfo};
use crate::web_authn::WebAuthnCeremony;

/// All of them.
pub(crate) const EVENTS: [EventKind; 53] = [
    EventKind::ChallengeCreated,
    EventKind::ChallengeClaimed,
    EventKind::ChallengeWrongCode,
    EventKind::ChallengeAnswered,
    EventKind::ChallengeDeclined,
    EventKind::ChallengeNotMe,
    EventKind::ChallengeFailed,
    EventKind::ChallengeCancelled,
    EventKind::ChallengeExpired,
    EventKind::UserCreated,
    EventKind::UserUpdated,
    EventKind::UserSuspended,
    EventKind::UserRestored,
    EventKind::UserRevoked,
    EventKind::DeviceEnrolled,
    EventKind::DeviceUpdated,
    EventKind::DevicePushDisabled,
    EventKind::DeviceStrongFailure,
    EventKind::DeviceRevoked,
    EventKind::DeviceTelemetry,
    EventKind::ConsentCreated,
    EventKind::ConsentRevoked,
    EventKind::CompanyCreated,
    EventKind::CompanyUpdated,
    EventKind::CompanyKeyGenerated,
    EventKind::CompanyKeyRevoked,
    EventKind::KeysRotated,
    EventKind::AdministratorInvited,
    EventKind::AdministratorJoined,
    EventKind::AdministratorUpdated,
    EventKind::AdministratorRecovery,
    EventKind::AdministratorRemoved,
    EventKind::AdministratorSignedIn,
    EventKind::AdministratorSignedOut,
    EventKind::PasskeyAdded,
    EventKind::PasskeyRemoved,
    EventKind::AppSpaceCreated,
    EventKind::AppSpaceUpdated,
    EventKind::AppSpacePushChanged,
    EventKind::AppSpaceIdentityProviderChanged,
    EventKind::AppSpaceCloudChanged,
    EventKind::AppSpaceAuthenticatorChanged,
    EventKind::RequestOriginCreated,
    EventKind::RequestOriginUpdated,
    EventKind::RequestOriginRemoved,
    EventKind::RequestOriginKeyGenerated,
    EventKind::RequestOriginKeyRevoked,
    EventKind::RequestOriginWebhookSecretGenerated,
    EventKind::RequestOriginCallbackAdded,
    EventKind::RequestOriginCallbackRemoved,
    EventKind::AccessKeyGenerated,
    EventKind::AccessKeyRevoked,
    EventKind::DeliveryReplayed,
];

/// Writes `value` and reads it again; gives what was written.
fn comes_back<T: Serialize + DeserializeOwned>(value: &T) -> Value {
    let text = serde_json::to_string(value).unwrap();
    let read: T = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    // The store goes through a tree of values, which meets other code in serde than a text.
    let tree = serde_json::to_value(value).unwrap();
    let read: T = serde_json::from_value(tree.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), tree);
    tree
}

#[test]
fn a_challenge_in_every_state() {
    let (user, at) = (user_id(1), at(1));
    let attested = Evidence { receipt: Some("receipt".into()), ..evidence() };
    let declined = |reason| ChallengeState::Declined { user, at, reason, evidence: attested.clone() };
    let mut names = Vec::new();
    for state in [
        claimable().state,
        ChallengeState::Pending { user, wrong_codes: 2 },
        ChallengeState::Answered { user, at, option: 1, evidence: Some(evidence()) },
        declined(DeclineReason::Cancelled),
        declined(DeclineReason::NotMe),
        ChallengeState::Failed { user, at, device: Some(device_id(1)) },
        ChallengeState::Cancelled { user: Some(user), at },
        ChallengeState::Cancelled { user: None, at },
        ChallengeState::Expired { user: Some(user), at },
        ChallengeState::Expired { user: None, at },
    ] {
        let written = comes_back(&Challenge { state: state.clone(), ..challenge() });
        assert_eq!(written["state"]["state"], state.name(), "the state is found under its word");
        names.push(state.name());
    }
    names.dedup();
    assert_eq!(names, ["claimable", "pending", "answered", "declined", "failed", "cancelled", "expired"]);
}

#[test]
fn a_challenge_with_as_little_as_can_be() {
    let option = AnswerOption { title: "Yes".into(), strong_auth: false, style: Some("green".into()) };
    comes_back(&Challenge {
        account_id: None,
        options: vec![option],
        matching_code: None,
        transaction_id: None,
        callback: None,
        ..claimable()
    });
}

#[test]
fn a_device_in_every_state() {
    let pushes = [
        PushRegistration::None,
        PushRegistration::Wanted { token: push_token("a") },
        PushRegistration::Registered { token: push_token("a"), endpoint: "arn:a".into() },
        PushRegistration::Disabled { at: at(1), endpoint: "arn:a".into() },
    ];
    for push in pushes {
        let written = comes_back(&Device { push: push.clone(), ..device() });
        assert_eq!(written["push"]["state"], push.name());
        assert_eq!(written["state"], json!({"state": "active"}));
    }
    for platform in [Platform::Android, Platform::Ios, Platform::Other] {
        let written = comes_back(&Device { platform, ..device() });
        assert_eq!(written["platform"], platform.name());
    }
    let who = [RevokedBy::RequestOrigin, RevokedBy::Device, RevokedBy::StrongFailures, RevokedBy::User];
    for by in who.into_iter().chain([RevokedBy::Bank, RevokedBy::Administrator]) {
        let written = comes_back(&device().revoke(by, Actor::Service, at(1)).unwrap());
        assert_eq!(written["state"]["state"], "revoked");
    }
}

#[test]
fn a_user_in_every_state_with_every_change() {
    let info = UserInfo::parse("userInfo", "vip".into()).unwrap();
    let by = Actor::RequestOrigin(origin_id());
    let active: User = user().set_info(Some(info), by, at(1)).unwrap();
    let active = active.set_info(None, by, at(2)).unwrap().rename(account_id("bob"), by, at(3)).unwrap();
    let suspended = active.clone().suspend(by, at(4)).unwrap();
    let revoked = suspended.clone().restore(by, at(5)).unwrap().revoke(by, at(6)).unwrap();
    for user in [active, suspended, User { last_active_at: Some(at(7)), ..revoked }] {
        assert_eq!(comes_back(&user)["state"]["state"], user.state.name());
        comes_back(&Account::of(&user));
    }
}

#[test]
fn an_account_with_devices_and_limits() {
    let policy = Policy::default();
    let limits = Limits::default().cool_down(&policy, at(-600_000));
    let limits = limits.admit(&policy, at(0), challenge_id(1), at(9), true).unwrap();
    let limits = limits.cool_down(&policy, at(1));
    let push = PushRegistration::Registered { token: push_token("a"), endpoint: "arn:a".into() };
    let account = Account { limits: limits.clone(), ..Account::of(&user()) };
    let account = account.with_device(&device()).with_device(&Device { id: device_id(2), push, ..device() });
    let written = comes_back(&account);
    assert_eq!(written["targets"].as_array().map(Vec::len), Some(2));
    assert_eq!(serde_json::from_value::<Limits>(written["limits"].clone()).unwrap(), limits);
    assert!(!written.to_string().contains("token"), "a push needs the endpoint only");
}

#[test]
fn an_enrolment_in_every_state() {
    assert_eq!(comes_back::<Enrolment>(&enrolment())["state"]["state"], "open");
    let redeemed = enrolment().redeem(device_id(1), "key".into(), at(1)).unwrap();
    assert_eq!(comes_back(&redeemed)["state"]["state"], "redeemed");
}

#[test]
fn what_a_web_authn_ceremony_was_begun_with() {
    let ceremony = WebAuthnCeremony {
        rp: RelyingParty {
            id: "bank.example".into(),
            name: "Bank".into(),
            origins: vec!["https://bank.example".into()],
        },
        user_verification: "required".into(),
    };
    let cloud = CloudEnrolment {
        channel: Channel::Fido2,
        token_key: "k1".into(),
        sms: None,
        wrong_codes: 0,
        web_authn: Some(ceremony.clone()),
    };
    for cloud in [CloudEnrolment { web_authn: None, ..cloud.clone() }, cloud] {
        comes_back::<Enrolment>(&Enrolment { cloud: Some(cloud), ..enrolment() });
    }
    for web_authn in [None, Some(ceremony)] {
        let approval = Approval {
            channel: Channel::Fido2,
            message: None,
            prompt: false,
            audience: Audience::Only(device_id(1)),
            token_key: "k1".into(),
            sms: None,
            web_authn,
        };
        comes_back(&Challenge { approval: Some(approval), ..challenge() });
    }
}

#[test]
fn a_delivery_in_every_state() {
    let ended = |result| -> Delivery {
        delivery().begin(at(0)).unwrap().finish(result, at(0), at(1), &Fixed(0)).unwrap()
    };
    let mut exhausted = delivery();
    while let crate::delivery::DeliveryState::Due { at, .. } = exhausted.state {
        exhausted = exhausted.begin(at).unwrap().finish(AttemptResult::Forbidden, at, at, &Fixed(0)).unwrap();
    }
    let to_bank = |until| Delivery {
        recipient: Recipient::Bank { user: user_id(1), until },
        subject: Subject::Device(device_id(1)),
        ..delivery()
    };
    comes_back(&to_bank(Some(at(1))));
    let refused = to_bank(None).begin(at(0)).unwrap();
    let refused = refused.finish(AttemptResult::Status(404), at(0), at(1), &Fixed(0)).unwrap();
    for (delivery, name) in [
        (delivery(), "due"),
        (delivery().begin(at(0)).unwrap(), "due"),
        (ended(AttemptResult::Unreachable("timed out".into())), "due"),
        (ended(AttemptResult::Forbidden), "due"),
        (ended(AttemptResult::Status(204)), "delivered"),
        (ended(AttemptResult::Status(410)), "gone"),
        (exhausted, "exhausted"),
        (refused, "refused"),
    ] {
        assert_eq!(comes_back(&delivery)["state"]["state"], name);
    }
}

#[test]
fn a_request_origin_with_every_credential() {
    for credential in [
        Credential::Basic { salted_hash: "hash".into() },
        Credential::Hmac { sealed: "sealed".into() },
        Credential::Revoked,
    ] {
        let origin: RequestOrigin = RequestOrigin { credential, ..request_origin() };
        comes_back(&origin);
    }
}

#[test]
fn an_app_space_and_its_company() {
    let company = Company::new(CompanyId::new(at(0), &Fixed(1)), "ACME".into(), Some(company_id()), at(0));
    comes_back(&Company { provisioning_secret: Some("sealed".into()), ..company.clone() });
    comes_back(&company);
    let app_protocol = AppProtocol::parse("appProtocol", "myapp").unwrap();
    for push in [PushPlatforms::default(), PushPlatforms { android: Some("arn:fcm".into()), ios: None }] {
        let app_space = AppSpace::new(app_space_id(), company.id, "Bank".into(), app_protocol.clone());
        let brand = Brand::parse(Some("https://bank.example".into()), Some("#102030".into())).unwrap();
        comes_back(&AppSpace { push, brand, ..app_space });
    }
}

#[test]
fn an_identity_provider_of_each_protocol() {
    let url = |path: &str| {
        OutboundUrl::parse("url", &format!("https://idp.example{path}"), Loopback::Refused).unwrap()
    };
    let oauth2 = IdpProtocol::OAuth2(Box::new(OAuth2 {
        authorization_url: url("/authorize"),
        access_token_url: url("/token"),
        user_profile_url: url("/profile"),
        verify_token_url: Some(url("/tokeninfo")),
        scopes: Scopes::parse("scopes", "profile profile:user_id").unwrap(),
        end_user_id_name: "user_id".into(),
    }));
    let oidc = identity_provider();
    assert_eq!(comes_back(&oidc)["protocol"]["type"], "open_id_connect");
    for token_fail in [TokenFailBehaviour::Suspend, TokenFailBehaviour::Revoke, TokenFailBehaviour::Nothing] {
        let provider =
            IdentityProvider { protocol: oauth2.clone(), client_secret: None, token_fail, ..oidc.clone() };
        assert_eq!(comes_back(&provider)["protocol"]["type"], "oauth2");
        assert_eq!(provider.id(), "https://idp.example/profile");
    }
}

#[test]
fn what_is_known_of_a_user_at_an_identity_provider() {
    let identity = Identity::new(&identity_provider(), "42".into()).unwrap();
    comes_back(&user().identified(identity.clone()));
    comes_back(&KnownIdentity { app_space: app_space_id(), identity, user: user_id(1) });
    comes_back(&login());
    let tokens = identity_tokens();
    comes_back(&IdentityTokens { refresh: None, ..tokens.clone() });
    comes_back(&tokens.begin_renewal(at(1)).unwrap());
}

#[test]
fn what_a_repeated_request_made() {
    let challenge = |token_key| Made::Challenge { id: challenge_id(1), token_key };
    let id = EnrolmentId::new(at(0), &Fixed(1));
    for made in [
        challenge(None),
        challenge(Some("k1".into())),
        Made::Enrolment { id, new_user: true, token_key: "k1".into() },
    ] {
        comes_back(&Idempotency {
            by: Actor::RequestOrigin(origin_id()),
            request_digest: "d".into(),
            made,
            at: at(0),
        });
    }
}

#[test]
fn an_audit_entry_of_every_event() {
    for (event, channel) in EVENTS.into_iter().zip([None, Some(Channel::Push)].into_iter().cycle()) {
        comes_back(&AuditEntry { event, channel, ..audit_entry() });
    }
    comes_back(&AuditHead::of(&audit_entry()));
    let last = LastActive { app_space: app_space_id(), user: user_id(1), day: Some(Day::of(at(0))) };
    comes_back(&LastActive { day: None, ..last.clone() });
    comes_back(&last);
}

#[test]
fn a_device_of_the_authenticator_api() {
    for (version, word) in
        [(AuthenticatorVersion::V1, "authenticator_v1"), (AuthenticatorVersion::V2, "authenticator_v2")]
    {
        let kind = DeviceKind::Authenticator {
            version,
            key: PublicKey { jwk: "{}".into(), thumbprint: "key".into() },
            token_hash: "hash".into(),
            token_key: (version == AuthenticatorVersion::V1).then(|| "k1".into()),
        };
        assert_eq!((kind.name(), kind.authenticator()), (word, Some(version)));
        let device = Device { kind, ..device() };
        assert_eq!(comes_back(&device)["kind"]["kind"], "authenticator");
        let account = Account::of(&user()).with_device(&device);
        assert!(account.has_authenticator());
        comes_back(&account);
    }
}

#[test]
fn an_answer_by_an_app_of_the_authenticator_api() {
    let text = || Some("word".to_owned());
    for (signed, format) in [
        (
            Signed::AuthenticatorV1 {
                method: "put".into(),
                url: "https://auth.example/".into(),
                expires_at: "1".into(),
                body: "{}".into(),
                signature: "c2ln".into(),
                authorization_type: text(),
                geolocation: text(),
            },
            "authenticator_v1",
        ),
        (
            Signed::AuthenticatorV2 {
                jws: "a..b".into(),
                body: "{}".into(),
                authorization_type: None,
                geolocation: None,
            },
            "authenticator_v2",
        ),
    ] {
        assert_eq!(comes_back(&Evidence { signed, ..evidence() })["signed"]["format"], format);
    }
}

#[test]
fn a_challenge_that_apps_of_the_authenticator_api_follow() {
    let envelope = DeviceEnvelope { device: device_id(1), key: "k".into(), iv: "i".into(), data: "d".into() };
    comes_back(&Challenge {
        action: Some(Action { answered_by_claim: true, return_to: None }),
        relayed: Some(Relayed { action_id: "7".into(), envelopes: vec![envelope] }),
        followed: true,
        ..claimable()
    });
    for reply in [
        BankReply::Awaited,
        BankReply::Taken { at: at(1) },
        BankReply::Refused { at: at(1) },
        BankReply::Unreachable { at: at(1) },
    ] {
        comes_back(&reply);
    }
    let connecting = Connecting {
        device: device_id(1),
        version: AuthenticatorVersion::V2,
        key: None,
        platform: Platform::Ios,
        push_token: Some(push_token("a")),
        return_url: "authenticator://oauth/redirect".into(),
    };
    comes_back(&Login { connecting: Some(connecting), ..login() });
    assert_eq!(comes_back(&Login { web_device: true, ..login() })["web_device"], true);
}

#[test]
fn a_consent_in_every_state() {
    for by in [ConsentRevokedBy::RequestOrigin, ConsentRevokedBy::User, ConsentRevokedBy::Bank] {
        let revoked = consent().revoke(by, at(1)).unwrap();
        assert_eq!(comes_back(&revoked)["state"]["state"], "revoked");
    }
    let content = ConsentContent::Relayed { consent_id: "7".into(), envelopes: Vec::new() };
    let relayed = Consent { content, origin: None, callback: None, ..consent() };
    assert_eq!(comes_back(&relayed)["state"]["state"], "active");
    comes_back(&Delivery { subject: Subject::Consent(relayed.id), ..delivery() });
}

#[test]
fn settings_of_the_authenticator_api() {
    let key = || PublicKey { jwk: "{}".into(), thumbprint: "key".into() };
    let own = AuthenticatorSettings {
        app_space: app_space_id(),
        name: "Bank".into(),
        logo_url: None,
        support_email: "help@bank.example".into(),
        consent_management: true,
        geolocation_required: None,
        public_key: key(),
        private_key: "hush".into(),
        bank: None,
    };
    comes_back(&own);
    assert!(!format!("{own:?}").contains("hush"));
    let public_key = PublicKey { thumbprint: "bank".into(), ..key() };
    let bank = Bank { url: crate::samples::callback(), public_key };
    let relayed = AuthenticatorSettings { bank: Some(bank), ..own.clone() };
    comes_back(&relayed);
    let encrypts_to = |settings: &AuthenticatorSettings| settings.encryption_key().thumbprint.clone();
    assert_eq!((encrypts_to(&own), encrypts_to(&relayed)), ("key".into(), "bank".into()));
}

#[test]
fn what_gives_administrators_access() {
    let app_space = app_space_id();
    let grants =
        vec![Grant::CompanyAdmin, Grant::AppSpaceAdmin { app_space }, Grant::UserSupport { app_space }];
    for state in [AdministratorState::Invited, AdministratorState::Active, AdministratorState::Removed] {
        let mut one = Administrator { state, grants: grants.clone(), ..administrator() };
        one.passkeys.push(passkey("a"));
        comes_back(&one);
    }
    for purpose in [Purpose::Join, Purpose::Recover, Purpose::AddPasskey] {
        comes_back(&Invitation { purpose, used_at: Some(at(1)), ..invitation() });
    }
    comes_back(&session());
}

#[test]
fn an_act_of_each_actor() {
    let administrator = administrator().id;
    let actors = [
        Actor::RequestOrigin(origin_id()),
        Actor::Device(device_id(1)),
        Actor::Administrator(administrator),
        Actor::Company(company_id()),
        Actor::Operator,
        Actor::Service,
    ];
    for actor in actors {
        for trail in [Trail::AppSpace(app_space_id()), Trail::Company(company_id())] {
            comes_back(&Act {
                id: ActId::new(at(0), &Fixed(1)),
                trail,
                at: at(0),
                event: EventKind::AdministratorInvited,
                subject: administrator.to_string(),
                actor,
                detail: Some("companyAdmin".into()),
            });
        }
    }
}
