use countersign_domain::id::{AppSpaceId, DeviceId, RequestOriginId, UserId};
use countersign_domain::time::Span;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::jwk_set::JwkSet;
use crate::system::SystemRandom;

const ISSUER: &str = "https://auth.example.com";
const NOW: Timestamp = Timestamp::from_millis(1_795_341_600_123);
const IAT: i64 = NOW.secs();
const EXP: i64 = IAT + 300;
const TRANSACTION: &str = "0199c1de-0000-7000-8000-000000000001";

/// One token of each signed kind, of the same App Space and user.
struct Samples {
    app_space: AppSpaceId,
    origin: RequestOriginId,
    user: UserId,
    device: DeviceId,
}

impl Samples {
    fn new() -> Self {
        let app_space = AppSpaceId::new(&SystemRandom);
        Self {
            app_space,
            origin: RequestOriginId::new(app_space, &SystemRandom),
            user: UserId::new(NOW, &SystemRandom),
            device: DeviceId::new(NOW, &SystemRandom),
        }
    }

    fn status(&self) -> StatusToken {
        StatusToken {
            iss: ISSUER.to_owned(),
            aud: self.origin,
            sub: Some(self.user),
            jti: "status-1".to_owned(),
            iat: IAT,
            exp: EXP,
            operation: Operation::Enroll,
            transaction: TRANSACTION.to_owned(),
            record: Some("hash".to_owned()),
        }
    }

    fn transaction(&self) -> TransactionToken {
        TransactionToken {
            iss: ISSUER.to_owned(),
            aud: self.origin.to_string(),
            sub: Some(self.user),
            jti: "transaction-1".to_owned(),
            iat: IAT,
            exp: EXP,
            operation: Operation::Approval,
            transaction: TRANSACTION.to_owned(),
            status: TransactionStatus::Succeeded,
            device: Some(self.device),
            digest: Some("digest".to_owned()),
            app_space: self.app_space,
        }
    }

    fn intent(&self) -> IntentToken {
        IntentToken {
            iss: ISSUER.to_owned(),
            aud: self.origin,
            sub: Some(self.user),
            username: Some("jane".to_owned()),
            jti: "intent-1".to_owned(),
            iat: IAT,
            exp: EXP,
            operation: Operation::Approval,
            channels: vec!["push".to_owned(), "app".to_owned()],
        }
    }

    fn device(&self) -> DeviceToken {
        DeviceToken {
            iss: ISSUER.to_owned(),
            aud: self.app_space,
            sub: self.user,
            device: self.device,
            jti: "device-1".to_owned(),
            iat: IAT,
            exp: EXP,
        }
    }
}

fn keys() -> SigningKeys {
    SigningKeys::generate(&SystemRandom, NOW).unwrap()
}

/// The payload of a token as JSON.
fn payload(compact: &str) -> Value {
    json(Unverified::parse(compact).unwrap().unverified_payload()).unwrap()
}

#[test]
fn each_kind_is_read_as_what_it_is_and_as_no_other() {
    let (keys, samples) = (keys(), Samples::new());
    let (access_key, _) =
        AccessKey::issue(&keys, ISSUER, samples.origin, samples.app_space, "key-1", NOW, None).unwrap();
    let tokens = [
        (Kind::Status, samples.status().issue(&keys).unwrap()),
        (Kind::Transaction, samples.transaction().issue(&keys).unwrap()),
        (Kind::Intent, samples.intent().issue(&keys).unwrap()),
        (Kind::AccessKey, access_key.expose().to_owned()),
        (Kind::Device, samples.device().issue(&keys).unwrap()),
    ];
    for (kind, compact) in &tokens {
        assert_eq!(Kind::of(compact), Some(*kind));
        let status = StatusToken::verify(&keys, ISSUER, NOW, compact);
        let transaction = TransactionToken::verify(&keys, ISSUER, NOW, compact);
        let intent = IntentToken::verify(&keys, ISSUER, NOW, compact);
        let device = DeviceToken::verify(&keys, ISSUER, NOW, compact);
        let access = AccessKeyClaims::peek(compact);
        let taken = [
            (Kind::Status, status.as_ref().err(), status == Ok(samples.status())),
            (Kind::Transaction, transaction.as_ref().err(), transaction == Ok(samples.transaction())),
            (Kind::Intent, intent.as_ref().err(), intent == Ok(samples.intent())),
            (Kind::Device, device.as_ref().err(), device == Ok(samples.device())),
            (Kind::AccessKey, access.as_ref().err(), access.is_ok()),
        ];
        for (reader, refused, same) in taken {
            if reader == *kind {
                assert!(same, "{kind:?}");
            } else {
                assert_eq!(refused, Some(&TokenRefused::Jws(JwsRefused::Type)), "{kind:?} as {reader:?}");
            }
        }
    }
}

#[test]
fn a_text_that_is_no_token_is_of_no_kind() {
    let keys = keys();
    let receipt = keys.sign_jws(crate::receipt::TYP, &json!({})).unwrap();
    let upper = keys.sign_jws("STATUS+JWT", &json!({})).unwrap();
    for compact in ["", "..", "change-me", &receipt, &upper] {
        assert_eq!(Kind::of(compact), None, "{compact}");
    }
    let hidden: Vec<_> = Kind::ALL.into_iter().filter(|kind| !kind.is_introspectable()).collect();
    assert_eq!(hidden, [Kind::Device]);
}

#[test]
fn the_claims_are_written_as_documented() {
    let (keys, samples) = (keys(), Samples::new());
    assert_eq!(
        payload(&samples.status().issue(&keys).unwrap()),
        json!({ "iss": ISSUER, "aud": samples.origin, "sub": samples.user, "jti": "status-1", "iat": IAT,
            "nbf": IAT, "exp": EXP, "scope": "status", "operation": "enroll", "transaction": TRANSACTION,
            "record": "hash" })
    );
    assert_eq!(
        payload(&samples.transaction().issue(&keys).unwrap()),
        json!({ "iss": ISSUER, "aud": samples.origin, "sub": samples.user, "jti": "transaction-1", "iat": IAT,
            "nbf": IAT, "exp": EXP, "scope": "transaction", "operation": "approval",
            "transaction": TRANSACTION, "status": "succeeded", "device": samples.device, "digest": "digest",
            "appSpace": samples.app_space })
    );
    assert_eq!(
        payload(&samples.intent().issue(&keys).unwrap()),
        json!({ "iss": ISSUER, "aud": samples.origin, "sub": samples.user, "username": "jane",
            "jti": "intent-1", "iat": IAT, "nbf": IAT, "exp": EXP, "scope": "intent:approve",
            "operation": "approval", "channels": ["push", "app"] })
    );
    assert_eq!(
        payload(&samples.device().issue(&keys).unwrap()),
        json!({ "iss": ISSUER, "aud": samples.app_space, "sub": samples.user, "device": samples.device,
            "jti": "device-1", "iat": IAT, "nbf": IAT, "exp": EXP, "scope": "device" })
    );
    let enroll = IntentToken { operation: Operation::Enroll, ..samples.intent() };
    assert_eq!(enroll.registered().scope, "intent:enroll");
    let unclaimed =
        TransactionToken { sub: None, device: None, digest: None, ..samples.transaction() }.issue(&keys);
    let unclaimed = payload(&unclaimed.unwrap());
    assert!(["sub", "device", "digest"].iter().all(|name| unclaimed.get(name).is_none()), "{unclaimed}");
}

#[test]
fn introspection_tells_the_registered_claims_and_no_others() {
    let samples = Samples::new();
    assert_eq!(
        serde_json::to_value(samples.transaction().registered()).unwrap(),
        json!({ "iss": ISSUER, "aud": samples.origin, "sub": samples.user, "jti": "transaction-1", "iat": IAT,
            "nbf": IAT, "exp": EXP, "scope": "transaction" })
    );
    let unknown = StatusToken { sub: None, ..samples.status() };
    assert!(serde_json::to_value(unknown.registered()).unwrap().get("sub").is_none());
}

#[test]
fn a_token_is_good_from_its_first_second_to_the_one_before_its_last() {
    let (keys, samples) = (keys(), Samples::new());
    let compact = samples.status().issue(&keys).unwrap();
    let at = |secs| StatusToken::verify(&keys, ISSUER, Timestamp::from_secs(secs), &compact);
    assert_eq!(at(IAT - 1), Err(TokenRefused::NotYet));
    assert_eq!(at(IAT), Ok(samples.status()));
    assert_eq!(at(EXP - 1), Ok(samples.status()));
    assert_eq!(at(EXP), Err(TokenRefused::Expired));
    assert_eq!(at(i64::MAX / 1000), Err(TokenRefused::Expired));
}

#[test]
fn a_token_is_good_for_its_issuer_only() {
    let (keys, samples) = (keys(), Samples::new());
    let compact = samples.intent().issue(&keys).unwrap();
    for issuer in ["", "https://auth.example.com/", "https://AUTH.example.com", "https://other.example.com"] {
        assert_eq!(IntentToken::verify(&keys, issuer, NOW, &compact), Err(TokenRefused::Issuer), "{issuer}");
    }
}

#[test]
fn a_token_outlives_one_rotation_of_the_keys() {
    let (keys, samples) = (keys(), Samples::new());
    let compact = samples.device().issue(&keys).unwrap();
    let keys = keys.rotated(&SystemRandom, NOW).unwrap();
    assert_eq!(DeviceToken::verify(&keys, ISSUER, NOW, &compact), Ok(samples.device()));
    let keys = keys.rotated(&SystemRandom, NOW).unwrap();
    let gone = Err(TokenRefused::Jws(JwsRefused::UnknownKey));
    assert_eq!(DeviceToken::verify(&keys, ISSUER, NOW, &compact), gone);
    let other = self::keys();
    assert_eq!(DeviceToken::verify(&other, ISSUER, NOW, &compact), gone);
}

#[test]
fn a_token_verifies_offline_with_the_published_keys() {
    let (keys, samples) = (keys(), Samples::new());
    let compact = samples.transaction().issue(&keys).unwrap();
    let published = JwkSet::parse(&keys.jwks().to_string()).unwrap();
    let read = Unverified::parse(&compact).unwrap();
    let key = published.find(read.kid().unwrap()).unwrap();
    assert_eq!(read.claims(key, "transaction+jwt"), Ok(samples.transaction()));
}

/// Only who has the keys can make these; still no claim may be missing or contradict another.
#[test]
fn claims_that_are_missing_or_contradict_each_other_are_refused() {
    let (keys, samples) = (keys(), Samples::new());
    let good = payload(&samples.intent().issue(&keys).unwrap());
    let verify = |claims: &Value| {
        IntentToken::verify(&keys, ISSUER, NOW, &keys.sign_jws("intent+jwt", claims).unwrap())
    };
    assert_eq!(verify(&good), Ok(samples.intent()));
    let malformed = Err(TokenRefused::Jws(JwsRefused::Payload));
    for name in ["iss", "aud", "jti", "iat", "nbf", "exp", "scope", "operation", "channels"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        assert_eq!(verify(&claims), malformed, "{name}");
        claims[name] = json!({});
        assert_eq!(verify(&claims), malformed, "{name}");
    }
    for (name, value) in [
        ("scope", json!("status")),
        ("scope", json!("intent:enroll")),
        ("operation", json!("enroll")),
        ("operation", json!("deregister")),
        ("nbf", json!(IAT - 1)),
        ("sub", json!("jane")),
        ("aud", json!([samples.origin])),
        ("exp", json!("1")),
    ] {
        let mut claims = good.clone();
        claims[name] = value.clone();
        assert_eq!(verify(&claims), malformed, "{name} {value}");
    }
}

#[test]
fn an_intent_names_its_user_in_one_way_at_least() {
    let (keys, samples) = (keys(), Samples::new());
    let known = IntentToken { username: None, ..samples.intent() };
    let named = IntentToken { sub: None, ..samples.intent() };
    for intent in [known, named] {
        let compact = intent.issue(&keys).unwrap();
        assert_eq!(IntentToken::verify(&keys, ISSUER, NOW, &compact), Ok(intent));
    }
    let nobody = IntentToken { sub: None, username: None, ..samples.intent() };
    assert_eq!(nobody.issue(&keys), Err(SigningFailed::Payload));
    let mut claims = payload(&samples.intent().issue(&keys).unwrap());
    claims.as_object_mut().unwrap().retain(|name, _| name != "sub" && name != "username");
    let compact = keys.sign_jws("intent+jwt", &claims).unwrap();
    let refused = Err(TokenRefused::Jws(JwsRefused::Payload));
    assert_eq!(IntentToken::verify(&keys, ISSUER, NOW, &compact), refused);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_flipped_byte_fails(place in any::<proptest::sample::Index>(), bit in 0u8..8) {
        let (keys, samples) = (keys(), Samples::new());
        let mut bytes = samples.transaction().issue(&keys).unwrap().into_bytes();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert!(TransactionToken::verify(&keys, ISSUER, NOW, &text).is_err());
        }
    }

    #[test]
    fn what_is_issued_is_read_back(
        jti in ".{0,40}",
        transaction in ".{0,40}",
        lifetime in 1i64..1_000_000,
        later in 0i64..2_000_000,
        record in proptest::option::of(".{0,43}"),
    ) {
        let (keys, samples) = (keys(), Samples::new());
        let token = StatusToken { jti, transaction, record, exp: IAT + lifetime, ..samples.status() };
        let read = StatusToken::verify(&keys, ISSUER, NOW + Span::secs(later), &token.issue(&keys).unwrap());
        prop_assert_eq!(read, if later < lifetime { Ok(token) } else { Err(TokenRefused::Expired) });
    }

    #[test]
    fn no_text_panics(text in ".{0,80}|[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}") {
        prop_assert_eq!(Kind::of(&text), None);
        prop_assert!(AccessKeyClaims::peek(&text).is_err());
    }
}
