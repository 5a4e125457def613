//! `/api/device/getAll` and `/api/device/revoke`.

use countersign_domain::answer::Answer;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span};
use countersign_standins::Recipient;
use countersign_tests::device::Device;
use countersign_tests::device::error::ErrorCode;
use serde_json::{Value, json};

use super::{bound, refused};
use crate::backend::Answer as HttpAnswer;
use crate::world::World;

async fn list(world: &World, account_id: &str) -> HttpAnswer {
    world.backend().get(&format!("/api/device/getAll?accountId={account_id}")).await
}

async fn revoke(world: &World, device: &Device) -> HttpAnswer {
    let body = json!({ "deviceGuid": device.identity().device_guid });
    world.backend().patch("/api/device/revoke", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_are_listed_oldest_first_and_revoked_ones_too() {
    let world = World::new().await;
    bound(&world, "ann").await;
    assert_eq!(list(&world, "ann").await.ok(), json!([]));
    let phone = world.enrol_with_push("ann", Platform::Ios, "c0ffee").await;
    let began = world.clock.now();
    world.turn(Span::secs(1));
    let browser = world.enrol("ann").await;
    world.enrol("bea").await;
    let revoked = revoke(&world, &browser).await.ok();
    let mut expected = json!([
        {
            "guid": phone.identity().device_guid,
            "name": "ann's phone",
            "kind": "native",
            "platform": "ios",
            "status": "active",
            "push": "registered",
            "createdAt": began.rfc3339(),
            "revokedAt": null,
        },
    ]);
    expected.as_array_mut().unwrap().push(revoked);
    assert_eq!(list(&world, "ann").await.ok(), expected);
    let account: Value = world.backend().get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(account["devices"], expected);
    list(&world, "nobody").await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_is_refused_for_ever() {
    let world = World::new().await;
    let (device, other) = (world.enrol("ann").await, world.enrol("ann").await);
    world.ask("ann").await;
    let challenge = device.challenges().await.unwrap().remove(0);
    let revoked = revoke(&world, &device).await.ok();
    assert_eq!((&revoked["status"], &revoked["revokedAt"]), (&json!("revoked"), &revoked["createdAt"]));

    refused(device.status().await, 401, &ErrorCode::Unauthorized);
    refused(device.challenges().await, 401, &ErrorCode::Unauthorized);
    refused(device.answer(&challenge, Answer::Option(0), None).await, 401, &ErrorCode::Unauthorized);
    refused(device.rename("back").await, 401, &ErrorCode::Unauthorized);
    refused(device.remove().await, 401, &ErrorCode::Unauthorized);
    revoke(&world, &device).await.refused(422, "wrong_state");
    other.answer(&challenge, Answer::Option(0), None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_gets_no_push_and_its_endpoint_is_deleted() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    world.enrol_with_push("ann", Platform::Android, "token-2").await;
    world.ask("ann").await;
    world.pump().await;
    let endpoints: Vec<(String, String)> = pushed(&world);
    assert_eq!(endpoints.len(), 2);
    assert_eq!(revoke(&world, &device).await.ok()["push"], "none");
    world.pump().await;
    world.ask("ann").await;
    world.pump().await;
    let [(_, token)] = &pushed(&world)[..] else { panic!("one push") };
    assert_eq!(token, "token-2");
    for (arn, token) in &endpoints {
        assert_eq!(world.standins().disable_endpoint(arn).unwrap(), token == "token-2", "{token}");
    }
}

/// Endpoint and token of each push since the last look.
fn pushed(world: &World) -> Vec<(String, String)> {
    let recipient = |to| match to {
        Recipient::Endpoint { arn, token, .. } => (arn, token),
        other => panic!("{other:?}"),
    };
    world.standins().take_published().into_iter().map(|published| recipient(published.to)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_device_is_revoked_by_a_wrong_guid() {
    let world = World::new().await;
    let revoke = async |body: Value| world.backend().patch("/api/device/revoke", body).await;
    for body in [json!({}), json!({ "deviceGuid": "phone" }), json!({ "deviceGuid": 1 })] {
        assert_eq!(revoke(body).await.refused(400, "invalid_field").as_deref(), Some("deviceGuid"));
    }
    let nowhere = json!({ "deviceGuid": "01930000-0000-7000-8000-000000000000" });
    revoke(nowhere).await.refused(404, "not_found");
}
