//! `getRequest` and `cancel`, in every state of a challenge.

use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::time::{Clock, Span};
use countersign_tests::device::Device;
use countersign_tests::device::error::ErrorCode;
use serde_json::{Value, json};

use super::{ask, cancel, world_with_ann};
use crate::world::World;

const NOWHERE: &str = "01930000-0000-7000-8000-000000000000";

/// Asks, lets the device answer, and gives the request as it is then.
async fn answered(world: &World, device: &Device, answer: Answer) -> Value {
    let asked = ask(world, json!({})).await.created();
    world.turn(Span::secs(1));
    let challenge = device.challenge(asked["guid"].as_str().unwrap().parse().unwrap()).await.unwrap();
    device.answer(&challenge, answer, None).await.unwrap();
    world.request(&asked["guid"]).await
}

/// A request that failed by wrong codes.
async fn failed(world: &World, device: &Device) -> Value {
    let asked = ask(world, json!({ "showCode": true })).await.created();
    let challenge = device.challenge(asked["guid"].as_str().unwrap().parse().unwrap()).await.unwrap();
    let wrong = if asked["code"] == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let error = device.answer(&challenge, Answer::Option(0), Some(wrong)).await.unwrap_err();
        assert_eq!(error.refusal().unwrap().code, ErrorCode::WrongCode);
    }
    world.request(&asked["guid"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answered_request_says_which_button_and_proves_it() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for (button, answer) in [(0, Answer::Option(0)), (1, Answer::Option(1))] {
        let request = answered(&world, &device, answer).await;
        assert_eq!((&request["status"], &request["statusId"]), (&json!("answered"), &json!(4)));
        assert_eq!((&request["buttonSelected"], &request["declineReason"]), (&json!(button), &Value::Null));
        assert_eq!(request["processedAt"], world.clock.now().rfc3339());
        assert_eq!(request["evidence"]["deviceGuid"], device.identity().device_guid.to_string());
        assert_eq!((&request["accountId"], request["privakeyId"].is_string()), (&json!("ann"), true));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_request_says_why_and_proves_it() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for (word, reason) in [("cancelled", DeclineReason::Cancelled), ("not_me", DeclineReason::NotMe)] {
        let request = answered(&world, &device, Answer::Decline(reason)).await;
        assert_eq!((&request["status"], &request["statusId"]), (&json!("declined"), &json!(5)));
        assert_eq!((&request["buttonSelected"], &request["declineReason"]), (&Value::Null, &json!(word)));
        assert!(request["evidence"]["receipt"].is_string(), "{request}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_request_has_neither_button_nor_evidence() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let request = failed(&world, &device).await;
    assert_eq!((&request["status"], &request["statusId"]), (&json!("failed"), &json!(6)));
    assert_eq!((&request["buttonSelected"], &request["evidence"]), (&Value::Null, &Value::Null));
    assert_eq!(request["processedAt"], world.clock.now().rfc3339());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_expired_on_time_even_before_the_schedule_notices() {
    let world = world_with_ann().await;
    let guid = ask(&world, json!({ "duration": "1m" })).await.created()["guid"].clone();
    world.turn(Span::millis(59_999));
    assert_eq!(world.request(&guid).await["status"], "pending");
    world.turn(Span::millis(1));
    let before = world.request(&guid).await;
    assert_eq!((&before["status"], &before["statusId"]), (&json!("expired"), &json!(8)));
    assert_eq!(before["processedAt"], before["expiresAt"]);
    world.minute().await;
    assert_eq!(world.request(&guid).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_request_leaves_the_device_and_stays_cancelled() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = ask(&world, json!({})).await.created();
    let challenge = device.challenges().await.unwrap().remove(0);
    world.turn(Span::secs(1));
    let cancelled = cancel(&world, &asked["guid"]).await.ok();
    let mut expected = asked.clone();
    expected["status"] = "cancelled".into();
    expected["statusId"] = 7.into();
    expected["processedAt"] = world.clock.now().rfc3339().into();
    assert_eq!(cancelled, expected);
    assert_eq!(world.request(&asked["guid"]).await, expected);

    assert_eq!(device.challenges().await.unwrap(), []);
    let error = device.answer(&challenge, Answer::Option(0), None).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().code, ErrorCode::WrongState);
    world.turn(Span::minutes(10));
    world.minute().await;
    assert_eq!(world.request(&asked["guid"]).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_decided_cannot_be_cancelled() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let refused = async |request: &Value| {
        cancel(&world, &request["guid"]).await.refused(422, "wrong_state");
        assert_eq!(&world.request(&request["guid"]).await, request);
    };
    refused(&answered(&world, &device, Answer::Option(1)).await).await;
    refused(&answered(&world, &device, Answer::Decline(DeclineReason::Cancelled)).await).await;
    refused(&failed(&world, &device).await).await;
    let open = ask(&world, json!({})).await.created();
    refused(&cancel(&world, &open["guid"]).await.ok()).await;
    let open = ask(&world, json!({})).await.created();
    world.turn(Span::minutes(5));
    refused(&world.request(&open["guid"]).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_request_origins_of_an_app_space_see_and_cancel_a_request() {
    let world = world_with_ann().await;
    let asked = ask(&world, json!({})).await.created();
    let colleague = world.hmac_backend();
    let path = format!("/api/request/getRequest?requestGuid={}", asked["guid"].as_str().unwrap());
    assert_eq!(colleague.get(&path).await.ok(), asked);
    let body = json!({ "requestGuid": asked["guid"] });
    assert_eq!(colleague.patch("/api/request/cancel", body).await.ok()["status"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_not_there_is_neither_seen_nor_cancelled() {
    let world = World::new().await;
    let get = async |query: &str| world.backend().get(&format!("/api/request/getRequest{query}")).await;
    get(&format!("?requestGuid={NOWHERE}")).await.refused(404, "not_found");
    cancel(&world, &json!(NOWHERE)).await.refused(404, "not_found");
    let field = Some("requestGuid".to_owned());
    for query in ["", "?requestGuid=", "?requestGuid=1", &format!("?requestGuid=%7B{NOWHERE}%7D")] {
        assert_eq!(get(query).await.refused(400, "invalid_field"), field, "{query}");
    }
    for guid in [json!("hush"), json!(null), json!(7), json!(NOWHERE.replace('-', ""))] {
        assert_eq!(cancel(&world, &guid).await.refused(400, "invalid_field"), field, "{guid}");
    }
}
