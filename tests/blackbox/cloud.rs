//! The Cloud API: what backends enrol, ask and verify, and what apps answer.

mod app_side;
mod approvals;
mod callers;
mod codes;
mod costs;
mod enrolments;
mod intents;
mod introspection;
mod logs;
mod status;
mod users;

use countersign_crypto::encoding::{base64url, from_base64url};
use countersign_crypto::short_code::ShortCode;
use countersign_crypto::system::SystemRandom;
use countersign_domain::account::Account;
use countersign_domain::chance;
use countersign_domain::device::{
    Device, DeviceKind, DeviceName, DeviceState, Platform, PublicKey, PushRegistration,
};
use countersign_domain::id::{AppSpaceId, DeviceId};
use countersign_domain::text::AccountId;
use countersign_domain::time::Clock;
use countersign_store::entities::DeviceOwner;
use countersign_store::{Write, keys};
use serde_json::{Value, json};
use url::Url;

use crate::backend::{Answer, Backend};
use crate::world::World;

const ENROLL: &str = "/api/v1/users/enroll";
const APPROVAL: &str = "/api/v1/approval";
const INTENT: &str = "/api/v1/intent";

/// The demo's Request Origin by access key.
fn caller(world: &World) -> Backend {
    world.backend().by_access_key()
}

/// Another Request Origin of the same App Space, likewise.
fn other_caller(world: &World) -> Backend {
    world.hmac_backend().by_access_key()
}

/// Enrols, e.g. with `{"username": "ann"}`.
async fn enroll(backend: &Backend, body: Value) -> Value {
    backend.post(ENROLL, body).await.created()
}

async fn approve(backend: &Backend, body: Value) -> Value {
    backend.post(APPROVAL, body).await.created()
}

async fn status(backend: &Backend, begun: &Value) -> Value {
    backend.post("/api/v1/status", json!({ "statusToken": begun["statusToken"] })).await.ok()
}

async fn introspect(backend: &Backend, token: &Value) -> Value {
    backend.post("/api/v1/introspect", json!({ "token": token })).await.ok()
}

async fn verify(backend: &Backend, user: &Value, body: Value) -> Answer {
    let path = format!("/api/v1/users/{}/verification", user.as_str().unwrap());
    backend.post(&path, body).await
}

/// A path of a user's or authenticator's.
fn path(kind: &str, id: &Value) -> String {
    format!("/api/v1/{kind}/{}", id.as_str().unwrap())
}

/// The six digits that go out for an enrolment or approval.
async fn sent_code(world: &World, transaction: &Value) -> String {
    let sealing = world.bundle.app().keys.sealing().await.unwrap();
    let id = transaction.as_str().unwrap();
    ShortCode::derived(&sealing, None, id.as_bytes()).unwrap().expose().to_owned()
}

/// A code of six digits that is not this one.
fn another(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

/// A user whose phone number is verified; gives what the enrolment answered.
async fn with_phone(world: &World, username: &str) -> Value {
    let backend = caller(world);
    let body = json!({ "username": username, "channel": "sms", "phone": "+41791234567" });
    let enrolled = enroll(&backend, body).await;
    let begun = &enrolled["enrollment"];
    let code = sent_code(world, &begun["transactionId"]).await;
    let body = json!({ "code": code, "statusToken": begun["statusToken"] });
    verify(&backend, &enrolled["userId"], body).await.ok();
    enrolled
}

fn uaf() -> DeviceKind {
    DeviceKind::Uaf {
        aaid: "C0DE#0001".into(),
        key_id: base64url(&chance::bytes::<32>(&SystemRandom)),
        key: public_key(),
        target: None,
    }
}

fn fido2() -> DeviceKind {
    DeviceKind::Fido2 { credential_id: base64url(&chance::bytes::<16>(&SystemRandom)), key: public_key() }
}

fn public_key() -> PublicKey {
    PublicKey { jwk: "{}".into(), thumbprint: "thumbprint".into() }
}

/// Puts an authenticator of `username`, who is there, into the table as if it had been registered a moment later
/// than the one before.
async fn plant(world: &World, username: &str, kind: DeviceKind) -> DeviceId {
    world.turn(countersign_domain::time::Span::millis(1));
    let (store, now) = (&world.bundle.app().store, world.clock.now());
    let app_space: AppSpaceId = world.bundle.demo.app_space.guid.parse().unwrap();
    let account_id = AccountId::parse("username", username.to_owned()).unwrap();
    let key = keys::account(app_space.tenant(), &account_id);
    let account = store.get::<Account>(key, now).await.unwrap().unwrap();
    let id = DeviceId::new(now, &SystemRandom);
    let device = Device {
        id,
        app_space,
        user: account.value.user,
        name: DeviceName::parse("name", "Planted".into()).unwrap(),
        platform: Platform::Ios,
        kind,
        push: PushRegistration::None,
        state: DeviceState::Active,
        strong_failures: 0,
        created_at: now,
        changed_by: None,
    };
    let owner = DeviceOwner { device: id, user: device.user, app_space };
    let write = Write::new().insert("device", &device).unwrap().insert("owner", &owner).unwrap();
    let with = account.value.clone().with_device(&device);
    store.write(write.replace("account", &account, &with).unwrap()).await.unwrap();
    id
}

/// A user with one UAF authenticator.
async fn with_uaf(world: &World, username: &str) -> DeviceId {
    enroll(&caller(world), json!({ "username": username })).await;
    plant(world, username, uaf()).await
}

/// What a link hands to the app: `nma_data` and what stands beside it.
fn dispatched(answer: &Value) -> Value {
    let link: Url = answer["appLinkUri"].as_str().unwrap().parse().unwrap();
    let (name, payload) = link.query_pairs().next().unwrap();
    assert_eq!(name, "dispatchTokenResponse");
    serde_json::from_slice(&from_base64url(&payload).unwrap()).unwrap()
}

/// A refusal of this API: status, word and, where a field is named, its name.
#[track_caller]
fn refused(answer: Answer, status: u16, error: &str) -> Option<String> {
    assert_eq!(answer.body["status"], status, "{}", answer.body);
    answer.refused(status, error)
}
