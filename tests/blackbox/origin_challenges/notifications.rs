//! What the push about a challenge says, if there is one.

use countersign_domain::device::Platform;
use reqwest::Method;
use serde_json::{Value, json};

use super::{ADD, ask, refused_for, world_with_ann};
use crate::world::World;

async fn world_with_phone() -> World {
    let world = World::new().await;
    world.enrol_with_push("ann", Platform::Android, "token-1").await;
    world
}

/// What was pushed since the last look: title and text.
async fn pushed(world: &World) -> Vec<(Value, Value)> {
    world.pump().await;
    let shown = |payload: Option<String>| {
        let payload: Value = serde_json::from_str(&payload.unwrap()).unwrap();
        let mut shown = payload["fcmV1Message"]["message"]["notification"].clone();
        (shown["title"].take(), shown["body"].take())
    };
    world.standins().take_published().into_iter().map(|published| shown(published.payload)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_push_says_what_the_app_space_says_unless_the_request_origin_does() {
    let world = world_with_phone().await;
    let default = (json!("Confirmation requested"), json!("Open the app to see what is asked."));
    for (more, title, body) in [
        (json!({}), &default.0, &default.1),
        (json!({ "notificationTitle": "ACME asks" }), &json!("ACME asks"), &default.1),
        (json!({ "notificationBody": "Look, Ann" }), &default.0, &json!("Look, Ann")),
        (
            json!({ "notificationTitle": "ä".repeat(100), "notificationBody": "ä".repeat(200) }),
            &json!("ä".repeat(100)),
            &json!("ä".repeat(200)),
        ),
    ] {
        ask(&world, more).await.created();
        assert_eq!(pushed(&world).await, [(title.clone(), body.clone())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_no_push_gets_none_and_the_device_still_finds_the_challenge() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    ask(&world, json!({ "showNotification": false })).await.created();
    ask(&world, json!({ "showNotification": "false" })).await.created();
    world.backend().form(Method::POST, ADD, "accountId=ann&showNotification=0").await.created();
    assert_eq!(pushed(&world).await, []);
    assert_eq!(device.challenges().await.unwrap().len(), 3);
    ask(&world, json!({ "showNotification": true })).await.created();
    assert_eq!(pushed(&world).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn notification_texts_have_limits() {
    let world = world_with_ann().await;
    for (field, most) in [("notificationTitle", 100), ("notificationBody", 200)] {
        for wrong in [json!(""), json!("x".repeat(most + 1)), json!("a\u{7}b"), json!(1)] {
            refused_for(&world, field, wrong).await;
        }
    }
    for wrong in [json!("no"), json!(0), json!("")] {
        refused_for(&world, "showNotification", wrong).await;
    }
}
