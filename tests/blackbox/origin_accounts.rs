//! Users as their Request Origins manage them: bound, changed, suspended, restored, revoked; and their devices.

mod bind;
mod devices;
mod states;
mod update;

use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::device::Platform;
use countersign_tests::device::Device;
use countersign_tests::device::enrol::{Description, Enrolment};
use countersign_tests::device::error::{CallError, ErrorCode};
use countersign_tests::device::keys::DeviceKeys;
use countersign_tests::device::link::{BindLink, Link};
use serde_json::{Value, json};

use crate::backend::Answer;
use crate::world::World;

const BIND: &str = "/api/account/bind";
const UPDATE: &str = "/api/account/update";

/// A user without devices.
async fn bound(world: &World, account_id: &str) -> Value {
    world.backend().put(BIND, json!({ "accountId": account_id })).await.created()
}

async fn account(world: &World, account_id: &str) -> Answer {
    world.backend().get(&format!("/api/account/get?accountId={account_id}")).await
}

/// Suspends, restores or revokes.
async fn change(world: &World, how: &str, account_id: &str) -> Answer {
    world.backend().patch(&format!("/api/account/{how}"), json!({ "accountId": account_id })).await
}

fn bind_link(bound: &Value) -> BindLink {
    match Link::parse(bound["bindUri"].as_str().unwrap()).unwrap() {
        Link::Bind(link) => link,
        other => panic!("{other:?}"),
    }
}

/// Enrols with what a bind answered.
async fn enrol_with(world: &World, bound: &Value) -> Result<Device, CallError> {
    let (service, link) = (world.service(), bind_link(bound));
    let keys = DeviceKeys::generate(Algorithm::Es256, &SystemRandom)?;
    let description = Description { name: "phone".into(), platform: Platform::Other, push_token: None };
    let identity = Enrolment::begin(&service, &link).await?.finish(&keys, &description).await?;
    Ok(Device::new(service, identity, keys))
}

/// The device's call was refused so.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, CallError>, status: u16, code: &ErrorCode) {
    let error = result.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!((refusal.status, &refusal.code), (status, code));
}
