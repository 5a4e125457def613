//! Challenges as their Request Origins see them: asked, watched, taken back.

mod asking;
mod buttons;
mod claimable;
mod limits;
mod malformed;
mod notifications;
mod outcomes;

use serde_json::{Value, json};

use crate::backend::Answer;
use crate::world::World;

const ADD: &str = "/api/request/add";

/// A world with a user `ann` who has no device.
async fn world_with_ann() -> World {
    let world = World::new().await;
    world.backend().put("/api/account/bind", json!({ "accountId": "ann" })).await.created();
    world
}

/// Asks `ann`, with more of a body.
async fn ask(world: &World, more: Value) -> Answer {
    let mut body = json!({ "accountId": "ann" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.backend().post(ADD, body).await
}

async fn cancel(world: &World, guid: &Value) -> Answer {
    world.backend().patch("/api/request/cancel", json!({ "requestGuid": guid })).await
}

/// Asking with this value of `field` is refused for it.
async fn refused_for(world: &World, field: &str, value: Value) {
    let told = ask(world, json!({ field: value.clone() })).await.refused(400, "invalid_field");
    assert_eq!(told.as_deref(), Some(field), "{value}");
}
