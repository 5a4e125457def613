//! From a bind link to a device.

use countersign_crypto::encoding::base64url;
use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::answer::Answer as Decision;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span};
use countersign_tests::device::Device;
use countersign_tests::device::enrol::{
    DEVICES_PATH, Description, Enrolment, EnrolmentClaims, LOOKUP_PATH, Lookup, TYP, lookup,
};
use countersign_tests::device::keys::{DeviceKeys, KeyPair};
use countersign_tests::device::link::BindLink;
use reqwest::Method;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::backend::Answer;
use crate::device_calls::{call_with, post, refused};
use crate::world::World;

/// How every token is answered that does not work.
fn unknown() -> Value {
    json!({ "error": "not_found", "message": "There is no such enrolment." })
}

fn fresh_keys() -> DeviceKeys {
    DeviceKeys::generate(Algorithm::EdDsa, &SystemRandom).unwrap()
}

fn phone() -> Description {
    Description { name: "Phone".into(), platform: Platform::Other, push_token: None }
}

/// An enrolment that nobody has finished yet.
struct Begun {
    claims: EnrolmentClaims,
    body: Value,
    keys: DeviceKeys,
}

impl Begun {
    async fn new(world: &World, link: &BindLink) -> Self {
        Self::with(world, link, fresh_keys()).await
    }

    async fn with(world: &World, link: &BindLink, keys: DeviceKeys) -> Self {
        let service = world.service();
        let enrolment = Enrolment::begin(&service, link).await.unwrap();
        let claims = enrolment.claims(&keys, service.now());
        let body = serde_json::to_value(enrolment.body(&keys, &phone(), &claims).unwrap()).unwrap();
        Self { claims, body, keys }
    }

    /// The body with other values for some of its members.
    fn but(&self, members: Value) -> Value {
        let mut body = self.body.clone();
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    /// The body with both proofs over claims that `change` has spoilt.
    fn claiming(&self, change: impl FnOnce(&mut EnrolmentClaims)) -> Value {
        let mut claims = self.claims.clone();
        change(&mut claims);
        let proof = |key: &KeyPair| key.sign(TYP, None, &claims).unwrap();
        self.but(json!({ "authProof": proof(&self.keys.auth), "strongProof": proof(&self.keys.strong) }))
    }
}

async fn enrol(world: &World, body: &Value) -> Answer {
    post(&world.service(), DEVICES_PATH, body).await
}

async fn look_up(world: &World, token: &str) -> Answer {
    post(&world.service(), LOOKUP_PATH, &json!({ "token": token })).await
}

/// The device answers a question with its strong key, and one with the other.
async fn answers_by_both_keys(world: &World, device: &Device) {
    for button in [0, 1] {
        world.ask("ann").await;
        let challenge = device.challenges().await.unwrap().remove(0);
        let answered = device.answer(&challenge, Decision::Option(button), None).await.unwrap();
        assert_eq!(answered.status, "answered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_of_every_algorithm_enrol_and_answer() {
    let world = World::new().await;
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        let device = world.enrol_as("ann", Platform::Other, None, algorithm).await;
        answers_by_both_keys(&world, &device).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_keys_may_be_of_different_algorithms() {
    let world = World::new().await;
    let keys = DeviceKeys {
        auth: KeyPair::generate(Algorithm::Rs256, &SystemRandom).unwrap(),
        strong: KeyPair::generate(Algorithm::EdDsa, &SystemRandom).unwrap(),
    };
    let begun = Begun::with(&world, &world.bind_link("ann").await, keys).await;
    let identity = serde_json::from_value(enrol(&world, &begun.body).await.created()).unwrap();
    answers_by_both_keys(&world, &Device::new(world.service(), identity, begun.keys)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lookup_says_what_the_token_is_for_and_does_not_use_it_up() {
    let world = World::new().await;
    let (service, link) = (world.service(), world.bind_link("ann").await);
    let first = lookup(&service, &link.session_token).await.unwrap();
    let expected = Lookup {
        nonce: first.nonce.clone(),
        app_space_guid: link.app_space_guid,
        app_space_name: "Demo Bank".into(),
        privakey_id: link.privakey_id,
        account_id: "ann".into(),
        expires_at: (world.clock.now() + Span::minutes(10)).rfc3339(),
    };
    assert_eq!(first, expected);
    assert_eq!(lookup(&service, &link.session_token).await.unwrap(), first);
    let device = world.enrol_by(&link, Platform::Other, None, Algorithm::Es256).await;
    assert_eq!(device.identity().privakey_id, link.privakey_id);
    assert_eq!(device.identity().app_space_name, "Demo Bank");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_garbled_used_and_expired_tokens_look_the_same() {
    let world = World::new().await;
    let used = Begun::new(&world, &world.bind_link("ann").await).await;
    enrol(&world, &used.body).await.created();
    let other = fresh_keys();
    let old = Begun::new(&world, &world.bind_link("ann").await).await;
    world.turn(Span::minutes(10));
    let fresh = world.clock.now().secs();
    for token in [&used.body["token"], &old.body["token"], &json!("A".repeat(43)), &json!("!"), &json!("")] {
        assert_eq!(look_up(&world, token.as_str().unwrap()).await.expect(404), unknown(), "{token}");
        let late = old.claiming(|claims| claims.iat = fresh);
        for body in [&late, &old.body] {
            let mut body = body.clone();
            body["token"] = token.clone();
            assert_eq!(enrol(&world, &body).await.expect(404), unknown(), "{token}");
        }
    }
    let link = world.bind_link("ann").await;
    let service = world.service();
    let taken = Begun::new(&world, &link).await;
    let late = Begun::with(&world, &link, other).await;
    enrol(&world, &taken.body).await.created();
    assert_eq!(enrol(&world, &late.body).await.expect(404), unknown(), "used by other keys");
    refused(lookup(&service, &link.session_token).await, 404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_until_the_last_moment() {
    let world = World::new().await;
    let begun = Begun::new(&world, &world.bind_link("ann").await).await;
    world.turn(Span::millis(599_999));
    let iat = world.clock.now().secs();
    enrol(&world, &begun.claiming(|claims| claims.iat = iat)).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_device_may_ask_again_what_it_became() {
    let world = World::new().await;
    let begun = Begun::new(&world, &world.bind_link("ann").await).await;
    let first = enrol(&world, &begun.body).await.created();
    assert_eq!(enrol(&world, &begun.body).await.ok(), first);
    let unsigned = begun.but(json!({ "authProof": begun.body["strongProof"] }));
    assert_eq!(enrol(&world, &unsigned).await.refused(400, "invalid_field").unwrap(), "authProof");
    world.turn(Span::minutes(10));
    let iat = world.clock.now().secs();
    assert_eq!(enrol(&world, &begun.claiming(|claims| claims.iat = iat)).await.expect(404), unknown());
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_again_does_not_exchange_the_strong_key() {
    let world = World::new().await;
    let link = world.bind_link("ann").await;
    let begun = Begun::new(&world, &link).await;
    let other = DeviceKeys {
        auth: KeyPair::from_jwk(begun.keys.auth.to_jwk().unwrap().expose()).unwrap(),
        strong: KeyPair::generate(Algorithm::EdDsa, &SystemRandom).unwrap(),
    };
    let again = Begun::with(&world, &link, other).await;
    let identity: Value = enrol(&world, &begun.body).await.created();
    assert_eq!(enrol(&world, &again.body).await.ok(), identity);
    let device = Device::new(world.service(), serde_json::from_value(identity).unwrap(), again.keys);
    world.ask("ann").await;
    let challenge = device.challenges().await.unwrap().remove(0);
    let answered = device.answer(&challenge, Decision::Option(0), None).await;
    assert_eq!(refused(answered, 400, "invalid_field").unwrap(), "answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_proof_is_named_and_the_token_still_works() {
    let world = World::new().await;
    let begun = Begun::new(&world, &world.bind_link("ann").await).await;
    let (claims, keys, stranger) = (&begun.claims, &begun.keys, fresh_keys());
    let by = |key: &KeyPair| key.sign(TYP, None, claims).unwrap();
    let (auth, strong) = (by(&keys.auth), by(&keys.strong));
    let header = |alg| json!({ "alg": alg, "typ": TYP });
    let payload = serde_json::to_vec(claims).unwrap();
    let none = format!("{}.{}.", base64url(header("none").to_string().as_bytes()), base64url(&payload));
    let call = keys.auth.sign("countersign-proof+jwt", None, claims).unwrap();
    let wrong = [
        ("authProof", begun.but(json!({ "authProof": by(&stranger.auth) }))),
        ("strongProof", begun.but(json!({ "strongProof": by(&stranger.strong) }))),
        ("authProof", begun.but(json!({ "authProof": strong, "strongProof": auth }))),
        ("strongProof", begun.but(json!({ "strongProof": auth }))),
        ("authProof", begun.but(json!({ "authProof": none }))),
        (
            "authProof",
            begun.but(json!({ "authProof": keys.auth.sign_raw(&header("HS256"), &payload).unwrap() })),
        ),
        ("authProof", begun.but(json!({ "authProof": call }))),
        ("strongProof", begun.but(json!({ "strongProof": "garbage" }))),
        ("authProof", begun.claiming(|claims| claims.nonce.push('x'))),
        ("authProof", begun.claiming(|claims| claims.aud = "https://elsewhere.example".into())),
        ("authProof", begun.claiming(|claims| claims.aud.push('/'))),
        ("authProof", begun.claiming(|claims| claims.auth_key = stranger.auth.thumbprint())),
        ("authProof", begun.claiming(|claims| claims.strong_key = stranger.strong.thumbprint())),
    ];
    for (field, body) in wrong {
        assert_eq!(enrol(&world, &body).await.refused(400, "invalid_field").unwrap(), field, "{body}");
    }
    enrol(&world, &begun.body).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_may_be_a_minute_off_and_no_more() {
    let world = World::new().await;
    let begun = Begun::new(&world, &world.bind_link("ann").await).await;
    for off in [-61, 61] {
        let answer = enrol(&world, &begun.claiming(|claims| claims.iat += off)).await;
        assert_eq!(answer.body["serverTime"], world.clock.now().rfc3339());
        assert_eq!(answer.refused(401, "clock_skew"), None);
    }
    let stale = begun.claiming(|claims| claims.iat -= 61);
    let body = begun.but(json!({ "strongProof": stale["strongProof"] }));
    enrol(&world, &body).await.refused(401, "clock_skew");
    enrol(&world, &begun.claiming(|claims| claims.iat -= 60)).await.created();
    enrol(&world, &begun.claiming(|claims| claims.iat += 60)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_with_a_wrong_clock_sets_itself_right_and_enrols() {
    let world = World::new().await;
    let (service, link) = (world.service(), world.bind_link("ann").await);
    service.learn_time(world.clock.now() + Span::hours(3));
    let enrolment = Enrolment::begin(&service, &link).await.unwrap();
    enrolment.finish(&fresh_keys(), &phone()).await.unwrap();
    assert_eq!(service.offset(), Span::millis(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_a_good_public_key_is_named() {
    let world = World::new().await;
    let begun = Begun::new(&world, &world.bind_link("ann").await).await;
    let private: Value =
        serde_json::from_str(begun.keys.auth.to_jwk().unwrap().expose()).expect("a JWK is JSON");
    let short = base64url(&[0xff; 128]);
    let wrong = [
        private,
        json!({ "kty": "RSA", "n": short, "e": "AQAB" }),
        json!({ "kty": "RSA", "n": base64url(&[0xff; 256]), "e": "Aw" }),
        json!({ "kty": "EC", "crv": "P-384", "x": base64url(&[1; 48]), "y": base64url(&[1; 48]) }),
        json!({ "kty": "EC", "crv": "secp256k1", "x": base64url(&[1; 32]), "y": base64url(&[1; 32]) }),
        json!({ "kty": "EC", "crv": "P-256", "x": base64url(&[1; 32]), "y": base64url(&[1; 32]) }),
        json!({ "kty": "OKP", "crv": "Ed25519", "x": base64url(&[0; 32]) }),
        json!({ "kty": "OKP", "crv": "Ed25519" }),
        json!({ "kty": "oct", "k": base64url(&[1; 32]) }),
        json!({}),
        json!("key"),
        Value::Null,
    ];
    for field in ["authKey", "strongKey"] {
        for key in &wrong {
            let answer = enrol(&world, &begun.but(json!({ field: key }))).await;
            assert_eq!(answer.refused(400, "invalid_field").unwrap(), field, "{key}");
        }
    }
    enrol(&world, &begun.body).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_cannot_be_both() {
    let world = World::new().await;
    let pair = KeyPair::generate(Algorithm::Es256, &SystemRandom).unwrap();
    let same = KeyPair::from_jwk(pair.to_jwk().unwrap().expose()).unwrap();
    let link = world.bind_link("ann").await;
    let begun = Begun::with(&world, &link, DeviceKeys { auth: pair, strong: same }).await;
    assert_eq!(enrol(&world, &begun.body).await.refused(400, "invalid_field").unwrap(), "strongKey");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_description_is_named() {
    let world = World::new().await;
    let begun = Begun::new(&world, &world.bind_link("ann").await).await;
    let wrong = [
        ("name", json!("")),
        ("name", json!("é".repeat(65))),
        ("name", json!("Ann's\u{1b}phone")),
        ("name", json!(7)),
        ("platform", json!("windows")),
        ("platform", json!("Android")),
        ("platform", json!(null)),
        ("pushToken", json!("")),
        ("pushToken", json!("t".repeat(4097))),
        ("pushToken", json!("two\nlines")),
        ("pushToken", json!(["token"])),
        ("token", json!(1)),
        ("authProof", json!({})),
    ];
    for (field, value) in wrong {
        let answer = enrol(&world, &begun.but(json!({ field: value }))).await;
        assert_eq!(answer.refused(400, "invalid_field").unwrap(), field, "{value}");
    }
    for field in ["token", "name", "platform", "authKey", "strongKey", "authProof", "strongProof"] {
        let mut body = begun.body.clone();
        body.as_object_mut().unwrap().remove(field);
        assert_eq!(enrol(&world, &body).await.refused(400, "invalid_field").unwrap(), field);
    }
    let longest = json!({ "name": "é".repeat(64), "pushToken": "t".repeat(4096) });
    enrol(&world, &begun.but(longest)).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_object_is_malformed_and_a_huge_one_too_large() {
    let world = World::new().await;
    for path in [LOOKUP_PATH, DEVICES_PATH] {
        for body in ["[]", "{\"token\": ", "\"text\"", "\u{7f}"] {
            let service = world.service();
            let reply = service.send(&Method::POST, path, body.into(), None).await.unwrap().accepted();
            refused(reply, 400, "malformed");
        }
        post(&world.service(), path, &json!({ "token": "x".repeat(65_536) })).await.refused(413, "too_large");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_has_only_so_many_devices_until_one_goes() {
    let world = World::new().await;
    world.change_app_space(|app_space| app_space.policy.devices_max = 2).await;
    let first = world.enrol("ann").await;
    world.enrol("ann").await;
    let begun = Begun::new(&world, &world.bind_link("ann").await).await;
    enrol(&world, &begun.body).await.refused(422, "wrong_state");
    world.enrol("bob").await;
    first.remove().await.unwrap();
    enrol(&world, &begun.body).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_gets_no_device_and_a_restored_one_does() {
    let world = World::new().await;
    let begun = Begun::new(&world, &world.bind_link("ann").await).await;
    let ann = json!({ "accountId": "ann" });
    world.backend().patch("/api/account/suspend", ann.clone()).await.ok();
    enrol(&world, &begun.body).await.refused(422, "wrong_state");
    world.backend().patch("/api/account/restore", ann).await.ok();
    enrol(&world, &begun.body).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_user_gets_no_device_and_the_next_user_of_the_name_is_another() {
    let world = World::new().await;
    let link = world.bind_link("ann").await;
    let begun = Begun::new(&world, &link).await;
    world.backend().patch("/api/account/revoke", json!({ "accountId": "ann" })).await.ok();
    enrol(&world, &begun.body).await.refused(422, "wrong_state");
    let next = world.enrol("ann").await;
    assert_ne!(next.identity().privakey_id, link.privakey_id);
    enrol(&world, &begun.body).await.refused(422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_wrong_tokens_from_one_address_are_enough_for_five_minutes() {
    let world = World::new().await;
    let begun = Begun::new(&world, &world.bind_link("ann").await).await;
    let right = begun.body["token"].as_str().unwrap();
    for number in 0..20_u8 {
        let wrong = base64url(&[number; 32]);
        let answer = match number % 2 {
            0 => look_up(&world, &wrong).await,
            _ => enrol(&world, &begun.but(json!({ "token": wrong }))).await,
        };
        assert_eq!(answer.expect(404), unknown());
    }
    world.turn(Span::secs(1));
    for answer in [look_up(&world, right).await, enrol(&world, &begun.body).await] {
        assert_eq!(answer.headers[RETRY_AFTER], "299");
        answer.refused(429, "too_many");
    }
    world.turn(Span::secs(299));
    look_up(&world, right).await.ok();
    let iat = world.clock.now().secs();
    enrol(&world, &begun.claiming(|claims| claims.iat = iat)).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_token_and_twenty_devices_at_once_make_one_device() {
    let world = World::new().await;
    let link = world.bind_link("ann").await;
    let mut bodies = Vec::new();
    for _ in 0..20 {
        bodies.push(Begun::new(&world, &link).await.body);
    }
    let mut racing = JoinSet::new();
    for body in bodies {
        let service = world.service();
        racing.spawn(async move { post(&service, DEVICES_PATH, &body).await });
    }
    let answers = racing.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for loser in answers.into_iter().filter(|answer| answer.status != 201) {
        assert_eq!(loser.expect(404), unknown());
    }
    let devices = world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    assert_eq!(devices.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_phone_holds_devices_of_several_app_spaces() {
    let world = World::new().await;
    let other_bank = world.other_backend().await;
    let here = world.enrol("ann").await;
    let link = world.bind_link_of(&other_bank, "ann").await;
    let there = world.enrol_by(&link, Platform::Other, None, Algorithm::Es256).await;
    assert_eq!(there.identity().app_space_name, "Other Bank");
    assert_ne!(here.identity().privakey_id, there.identity().privakey_id);

    let asked = other_bank.post("/api/request/add", json!({ "accountId": "ann" })).await.created();
    let [challenge] = &there.challenges().await.unwrap()[..] else { panic!("one challenge") };
    assert_eq!(asked["guid"], challenge.guid.to_string());
    assert!(here.challenges().await.unwrap().is_empty());
    refused(here.challenge(challenge.guid).await, 404, "not_found");
    let as_the_other = |claims: &mut countersign_tests::device::proof::ProofClaims| {
        claims.sub = there.identity().privakey_id.to_string();
    };
    let answer = call_with(&here, Method::GET, "/device/v1/device", &Value::Null, as_the_other).await;
    answer.refused(401, "unauthorized");
    there.answer(challenge, Decision::Option(0), None).await.unwrap();
}
