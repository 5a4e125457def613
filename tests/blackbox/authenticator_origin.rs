//! What the Request Origin API has for apps of the Authenticator API: links that connect them, actions, consents.

mod actions;
mod bind;
mod consent_refusals;
mod consent_webhooks;
mod consents;
mod settings;

use countersign_domain::authenticator_settings::{AuthenticatorSettings, Bank};
use countersign_domain::id::AppSpaceId;
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use countersign_domain::time::Clock;
use countersign_store::{Write, keys};
use serde_json::{Value, json};

use crate::world::World;

const BIND: &str = "/api/account/bind";
const ACTION: &str = "/api/action/add";
const CONSENT: &str = "/api/consent/add";

/// Gives the demo's App Space a bank that encrypts for the apps.
async fn with_bank(world: &World) {
    let (store, now) = (&world.bundle.app().store, world.clock.now());
    let id: AppSpaceId = world.bundle.demo.app_space.guid.parse().unwrap();
    let key = keys::authenticator_settings(id.tenant());
    let old = store.get::<AuthenticatorSettings>(key, now).await.unwrap().unwrap();
    let url = OutboundUrl::parse("bank", "https://bank.example", Loopback::Refused).unwrap();
    let bank = Bank { url, public_key: old.value.public_key.clone() };
    let new = AuthenticatorSettings { bank: Some(bank), ..old.value.clone() };
    store.write(Write::new().replace("settings", &old, &new).unwrap()).await.unwrap();
}

/// What `ann`, who is known, has consented to; with more of a body.
fn terms(more: Value) -> Value {
    let mut body = json!({
        "accountId": "ann",
        "consentType": "aisp",
        "tppName": "Budget Planner",
        "accounts": [{ "name": "Current account", "iban": "GB33BUKB20201555555555" }],
        "duration": "720h",
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// A world with a user `ann` who has no device.
async fn world_with_ann() -> World {
    let world = World::new().await;
    world.backend().put(BIND, json!({ "accountId": "ann" })).await.created();
    world
}

/// A consent of Ann's.
async fn consent(world: &World, more: Value) -> Value {
    world.backend().post(CONSENT, terms(more)).await.created()
}

async fn consent_now(world: &World, consent: &Value) -> Value {
    world.backend().get(&get(consent)).await.ok()
}

/// The path of a consent.
fn get(consent: &Value) -> String {
    format!("/api/consent/get?consentGuid={}", consent["guid"].as_str().unwrap())
}

async fn revoke(world: &World, consent: &Value) -> crate::backend::Answer {
    world.backend().put("/api/consent/revoke", json!({ "consentGuid": consent["guid"] })).await
}
