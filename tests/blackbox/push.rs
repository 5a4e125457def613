//! Push: who gets one, what it says, and what becomes of devices whose push fails. Never does a challenge suffer.

use aws_sdk_sns::Client;
use countersign_domain::answer::Answer;
use countersign_domain::device::Platform;
use countersign_domain::time::Span;
use countersign_local::aws::Aws;
use countersign_standins::{Fault, Published, Recipient, Service};
use countersign_tests::device::Device;
use serde_json::{Value, json};

use crate::world::World;

/// The pushes since they were last taken, by the stream.
async fn pushed(world: &World) -> Vec<Published> {
    world.pump().await;
    world.standins().take_published()
}

async fn one_push(world: &World) -> Published {
    let [push] = &pushed(world).await[..] else { panic!("one push") };
    push.clone()
}

fn payload(push: &Published) -> Value {
    serde_json::from_str(push.payload.as_ref().unwrap()).unwrap()
}

fn endpoint(push: &Published) -> &str {
    let Recipient::Endpoint { arn, .. } = &push.to else { panic!("to an endpoint") };
    arn
}

fn token(push: &Published) -> &str {
    let Recipient::Endpoint { token, .. } = &push.to else { panic!("to an endpoint") };
    token
}

fn attribute<'p>(push: &'p Published, name: &str) -> &'p str {
    &push.attributes[name].value
}

async fn push_state(device: &Device) -> String {
    device.status().await.unwrap().push
}

/// The challenge that was asked can be answered, whatever became of its push.
async fn assert_answerable(world: &World, device: &Device, asked: &Value) {
    let challenge = world.challenge(device, asked).await;
    assert_eq!(device.answer(&challenge, Answer::Option(0), None).await.unwrap().status, "answered");
}

async fn sns(world: &World) -> Client {
    Client::new(&Aws::at(&world.standins().endpoint_url()).await.config)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_android_device_gets_an_fcm_message_that_lives_as_long_as_the_challenge() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    let asked = world.ask_with("ann", json!({ "duration": "2m", "notificationTitle": "Bank" })).await;
    world.turn(Span::millis(30_500));
    let push = one_push(&world).await;
    assert_eq!((push.structure.as_deref(), token(&push)), (Some("json"), "token-1"));
    assert_eq!(attribute(&push, "AWS.SNS.MOBILE.GCM.TTL"), "90");
    let message = &payload(&push)["fcmV1Message"]["message"];
    let body = "Open the app to see what is asked.";
    assert_eq!(message["notification"], json!({ "title": "Bank", "body": body }));
    assert_eq!(message["android"]["ttl"], "90s");
    assert_eq!(message["android"]["priority"], "high");
    assert_eq!(message["data"], ids(&world, &device, &asked));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ios_device_gets_an_apns_alert_that_lives_as_long_as_the_challenge() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Ios, &"a1".repeat(32)).await;
    let asked = world.ask_with("ann", json!({ "duration": "2m", "notificationBody": "Confirm it." })).await;
    world.turn(Span::secs(30));
    let push = one_push(&world).await;
    let name = |what: &str| format!("AWS.SNS.MOBILE.APNS_SANDBOX.{what}");
    assert_eq!(attribute(&push, &name("TTL")), "90");
    assert_eq!(attribute(&push, &name("PUSH_TYPE")), "alert");
    assert_eq!(attribute(&push, &name("PRIORITY")), "10");
    assert_eq!(attribute(&push, &name("COLLAPSE_ID")), asked["guid"]);
    let mut payload = payload(&push);
    let aps = payload.as_object_mut().unwrap().remove("aps").unwrap();
    assert_eq!(aps["alert"], json!({ "title": "Confirmation requested", "body": "Confirm it." }));
    assert_eq!(payload, ids(&world, &device, &asked));
}

/// All that a push tells beside the notification texts.
fn ids(world: &World, device: &Device, asked: &Value) -> Value {
    json!({
        "challengeGuid": asked["guid"],
        "deviceGuid": device.identity().device_guid.to_string(),
        "appSpaceGuid": world.bundle.demo.app_space.guid,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_has_no_content_and_no_secret() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    let secret = "hush-hush";
    let more = json!({ "content": secret, "additionalInfo": secret, "transactionId": secret, "showCode": true,
        "buttons": [{ "title": secret, "strongAuth": true }, { "title": "No", "strongAuth": false }] });
    let asked = world.ask_with("ann", more).await;
    let push = one_push(&world).await;
    let nonce = world.challenge(&device, &asked).await.nonce.unwrap();
    let url = world.receiver.url();
    for hidden in [secret, asked["code"].as_str().unwrap(), &nonce, &url, "ann"] {
        let told = format!("{}{:?}{:?}", push.message, push.attributes, push.subject);
        assert!(!told.contains(hidden), "{hidden}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_device_with_a_token_gets_the_push_and_no_other() {
    let world = World::new().await;
    world.enrol_with_push("ann", Platform::Android, "token-1").await;
    world.enrol_with_push("ann", Platform::Ios, &"a1".repeat(32)).await;
    world.enrol("ann").await;
    world.enrol_with_push("bob", Platform::Android, "token-2").await;
    world.ask("ann").await;
    let pushes = pushed(&world).await;
    let mut tokens: Vec<&str> = pushes.iter().map(token).collect();
    tokens.sort_unstable();
    assert_eq!(tokens, [&"a1".repeat(32), "token-1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_push_where_none_is_wanted() {
    let world = World::new().await;
    let device = world.enrol("bob").await;
    assert_eq!(push_state(&device).await, "none");
    let asked = world.ask("bob").await;
    assert!(pushed(&world).await.is_empty());
    assert_answerable(&world, &device, &asked).await;

    world.enrol_with_push("ann", Platform::Android, "token-1").await;
    world.ask_with("ann", json!({ "showNotification": false })).await;
    assert!(pushed(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_that_is_decided_or_over_is_not_pushed() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    let asked = world.ask("ann").await;
    assert_answerable(&world, &device, &asked).await;
    world.ask_with("ann", json!({ "duration": "10s" })).await;
    world.turn(Span::secs(10));
    assert!(pushed(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_endpoint_marks_the_device_until_it_brings_a_token() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    assert_eq!(push_state(&device).await, "registered");
    world.ask("ann").await;
    let first = one_push(&world).await;
    assert!(world.standins().disable_endpoint(endpoint(&first)).unwrap());

    let asked = world.ask("ann").await;
    assert!(pushed(&world).await.is_empty());
    assert_eq!(push_state(&device).await, "disabled");
    assert_answerable(&world, &device, &asked).await;
    for token in ["token-2", "token-2"] {
        device.set_push_token(Some(token)).await.unwrap();
        world.ask("ann").await;
        assert_eq!(self::token(&one_push(&world).await), token);
        assert_eq!(push_state(&device).await, "registered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_token_again_ends_a_disabled_endpoint() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    world.ask("ann").await;
    assert!(world.standins().disable_endpoint(endpoint(&one_push(&world).await)).unwrap());
    world.ask("ann").await;
    assert!(pushed(&world).await.is_empty());
    device.set_push_token(Some("token-1")).await.unwrap();
    world.ask("ann").await;
    assert_eq!(token(&one_push(&world).await), "token-1");
    assert_eq!(endpoints(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_sns_knows_with_other_attributes_is_taken_over() {
    let world = World::new().await;
    let first = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    let second = world.enrol_with_push("bob", Platform::Android, "token-1").await;
    assert_eq!(
        (push_state(&first).await, push_state(&second).await),
        ("registered".into(), "registered".into())
    );
    let asked = world.ask("bob").await;
    let push = one_push(&world).await;
    assert_eq!(payload(&push)["fcmV1Message"]["message"]["data"], ids(&world, &second, &asked));
    let attributes = sns(&world).await.get_endpoint_attributes().endpoint_arn(endpoint(&push)).send().await;
    let attributes = attributes.unwrap().attributes.unwrap();
    assert_eq!(attributes["CustomUserData"], second.identity().device_guid.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_was_deleted_behind_our_back_is_made_again() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    world.ask("ann").await;
    let arn = endpoint(&one_push(&world).await).to_owned();
    sns(&world).await.delete_endpoint().endpoint_arn(&arn).send().await.unwrap();
    let asked = world.ask("ann").await;
    pushed(&world).await;
    assert_eq!(push_state(&device).await, "registered");
    assert_answerable(&world, &device, &asked).await;
    world.ask("ann").await;
    assert_ne!(endpoint(&one_push(&world).await), arn);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_gets_no_push_and_its_endpoint_is_deleted() {
    let world = World::new().await;
    let (removed, revoked) = (
        world.enrol_with_push("ann", Platform::Android, "token-1").await,
        world.enrol_with_push("ann", Platform::Android, "token-2").await,
    );
    world.enrol_with_push("ann", Platform::Android, "token-3").await;
    let user = world.enrol_with_push("bob", Platform::Android, "token-4").await;
    assert_eq!(endpoints(&world).await, 4);
    removed.remove().await.unwrap();
    let guid = revoked.identity().device_guid.to_string();
    world.backend().patch("/api/device/revoke", json!({ "deviceGuid": guid })).await.ok();
    world.backend().patch("/api/account/revoke", json!({ "accountId": "bob" })).await.ok();
    user.status().await.unwrap_err();
    world.ask("ann").await;
    assert_eq!(token(&one_push(&world).await), "token-3");
    assert_eq!(endpoints(&world).await, 1);
}

async fn endpoints(world: &World) -> usize {
    let (sns, mut count) = (sns(world).await, 0);
    let applications = sns.list_platform_applications().send().await.unwrap().platform_applications.unwrap();
    for application in applications {
        let arn = application.platform_application_arn.unwrap();
        let list = sns.list_endpoints_by_platform_application().platform_application_arn(arn).send().await;
        count += list.unwrap().endpoints.unwrap_or_default().len();
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_was_bound_anew_keeps_its_endpoint_when_its_former_device_is_revoked() {
    let world = World::new().await;
    let former = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    world.enrol_with_push("ann", Platform::Android, "token-1").await;
    former.remove().await.unwrap();
    world.ask("ann").await;
    assert_eq!(token(&one_push(&world).await), "token-1");
    assert_eq!(endpoints(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_takes_its_token_back_gets_no_push() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    device.set_push_token(None).await.unwrap();
    world.ask("ann").await;
    assert!(pushed(&world).await.is_empty());
    assert_eq!((push_state(&device).await.as_str(), endpoints(&world).await), ("none", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_changes_its_token_leaves_no_endpoint_behind() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    device.set_push_token(Some("token-2")).await.unwrap();
    world.ask("ann").await;
    assert_eq!(token(&one_push(&world).await), "token-2");
    assert_eq!(endpoints(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_push_goes_out_once_sns_works_again() {
    let world = World::new().await;
    for fault in [Fault::Throttled, Fault::Internal, Fault::Dropped] {
        let account_id = format!("{fault:?}");
        let device = world.enrol_with_push(&account_id, Platform::Android, &account_id).await;
        world.standins().set_faults(Some(std::sync::Arc::new(move |call| {
            (call.service == Service::Sns).then_some(fault)
        })));
        let asked = world.ask(&account_id).await;
        assert!(pushed(&world).await.is_empty());
        world.standins().set_faults(None);
        let push = one_push(&world).await;
        assert_eq!(payload(&push)["fcmV1Message"]["message"]["data"]["challengeGuid"], asked["guid"]);
        assert_answerable(&world, &device, &asked).await;
        world.pump().await;
        world.standins().take_published();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_given_while_sns_is_down_is_registered_later() {
    let world = World::new().await;
    world.standins().set_faults(Some(std::sync::Arc::new(|call| {
        (call.service == Service::Sns).then_some(Fault::Throttled)
    })));
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    assert_eq!(push_state(&device).await, "wanted");
    world.standins().set_faults(None);
    world.pump().await;
    assert_eq!(push_state(&device).await, "registered");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_platform_application_the_device_finds_its_challenge_by_asking() {
    let world = World::new().await;
    world.change_app_space(|app_space| app_space.push.android = None).await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    assert_eq!(push_state(&device).await, "wanted");
    let asked = world.ask("ann").await;
    assert!(pushed(&world).await.is_empty());
    assert_answerable(&world, &device, &asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_application_that_is_gone_keeps_no_other_event_waiting() {
    let world = World::new().await;
    let arn = "arn:aws:sns:eu-west-1:000000000000:app/GCM/gone";
    world.change_app_space(|app_space| app_space.push.android = Some(arn.into())).await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    let asked = world.ask("ann").await;
    assert_answerable(&world, &device, &asked).await;
    assert!(pushed(&world).await.is_empty());
    assert_eq!(world.receiver.got().len(), 1);
}
