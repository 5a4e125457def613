//! Faults of AWS: one call of ten goes wrong, and nothing is lost, doubled or stuck.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::Client;
use countersign_domain::account::Account;
use countersign_domain::answer::Answer;
use countersign_domain::device::Platform;
use countersign_domain::time::{Clock, Span};
use countersign_local::aws::Aws;
use countersign_local::secrets::SIGNING_KEYS;
use countersign_standins::{Call, Fault, FaultPlan, Service};
use countersign_store::keys;
use countersign_tests::device::Device;
use countersign_tests::device::challenges::Answered;
use countersign_tests::device::error::{CallError, ErrorCode};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::world::World;

/// Lets one call of ten of the table and of SNS go wrong, the same ones for the same seed.
fn one_of_ten(seed: u64) -> FaultPlan {
    const TABLE: [Fault; 4] = [Fault::Throttled, Fault::Internal, Fault::Dropped, Fault::LostAnswer];
    const SNS: [Fault; 2] = [Fault::Throttled, Fault::Internal];
    let state = AtomicU64::new(seed);
    Arc::new(move |call: &Call| {
        let kinds: &[Fault] = match call.service {
            Service::DynamoDb => &TABLE,
            Service::Sns => &SNS,
            Service::Streams | Service::SecretsManager => return None,
        };
        let drawn = mixed(state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst));
        drawn.is_multiple_of(10).then(|| kinds[(drawn / 10) as usize % kinds.len()])
    })
}

/// The output function of SplitMix64.
fn mixed(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn all_of(service: Service, fault: Fault) -> Option<FaultPlan> {
    Some(Arc::new(move |call| (call.service == service).then_some(fault)))
}

/// Asks as a real backend does: the same request with the same key until it is answered.
async fn ask(world: &World, account_id: &str, key: &str) -> Value {
    let backend = world.backend().with_header("idempotency-key", key);
    let body = json!({ "accountId": account_id, "content": key, "callback": world.receiver.url() });
    loop {
        let answer = backend.post("/api/request/add", body.clone()).await;
        if !matches!(answer.status, 409 | 500 | 503) {
            return answer.created();
        }
    }
}

fn worth_another_try(error: &CallError) -> bool {
    let code = error.refusal().map(|refusal| &refusal.code);
    matches!(code, Some(ErrorCode::Conflict | ErrorCode::Internal | ErrorCode::Unavailable))
}

/// Answers as a real device does: finds the challenge, signs once, and sends that until it is answered.
async fn answer(device: &Device, asked: &Value) -> (String, Answered) {
    let challenge = loop {
        match device.challenges().await {
            Ok(list) => break list.into_iter().find(|one| asked["guid"] == one.guid.to_string()).unwrap(),
            Err(error) => assert!(worth_another_try(&error), "{error}"),
        }
    };
    let claims = challenge.claims(Answer::Option(0), None, device.service().now()).unwrap();
    let jws = device.sign_answer(challenge.key_for(Answer::Option(0)).unwrap(), &claims).unwrap();
    loop {
        match device.send_answer(challenge.guid, &jws).await {
            Ok(answered) => return (jws, answered),
            Err(error) => assert!(worth_another_try(&error), "{error}"),
        }
    }
}

/// The challenges that were pushed.
fn pushed(world: &World) -> BTreeSet<String> {
    let guid = |payload: &str| {
        let payload: Value = serde_json::from_str(payload).unwrap();
        payload["fcmV1Message"]["message"]["data"]["challengeGuid"].as_str().unwrap().to_owned()
    };
    world.standins().published().iter().map(|push| guid(push.payload.as_ref().unwrap())).collect()
}

/// Lets the stream go on until every one of `asked` is pushed: a record that failed comes again.
async fn pump_until_pushed(world: &World, asked: &[Value]) {
    for _ in 0..50 {
        world.pump().await;
        let pushed = pushed(world);
        if asked.iter().all(|asked| pushed.contains(asked["guid"].as_str().unwrap())) {
            return;
        }
    }
    panic!("a challenge is not pushed");
}

const USERS: usize = 14;
const ROUNDS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn with_one_call_of_ten_failing_every_challenge_has_one_outcome_that_is_told_once() {
    let world = World::new().await;
    let accounts: Vec<String> = (0..USERS).map(|number| format!("user-{number}")).collect();
    let mut devices = Vec::new();
    for account_id in &accounts {
        devices.push(world.enrol_with_push(account_id, Platform::Android, account_id).await);
    }
    world.standins().set_faults(Some(one_of_ten(7)));
    let (mut answered, mut ignored) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let keys: Vec<String> = accounts.iter().map(|account_id| format!("{account_id}-{round}")).collect();
        let asked = join_all(accounts.iter().zip(&keys).map(|(id, key)| ask(&world, id, key))).await;
        pump_until_pushed(&world, &asked).await;
        if round + 1 == ROUNDS {
            ignored = asked;
            break;
        }
        let answers = join_all(devices.iter().zip(&asked).map(|(device, asked)| answer(device, asked))).await;
        answered.extend(asked.into_iter().zip(answers));
        world.pump().await;
    }
    world.turn(Span::minutes(5));
    // A schedule that fails runs again in the next minute.
    while world.bundle.minute().await.is_err() {}
    world.pump().await;
    world.standins().set_faults(None);
    for _ in 0..3 {
        world.turn(Span::minutes(2));
        world.minute().await;
    }

    assert_eq!((answered.len(), ignored.len()), (USERS * (ROUNDS - 1), USERS));
    for (asked, (jws, reply)) in &answered {
        let request = world.request(&asked["guid"]).await;
        assert_eq!((request["status"].as_str(), reply.status.as_str()), (Some("answered"), "answered"));
        assert_eq!(request["evidence"]["answer"], *jws);
        assert_eq!(request["evidence"]["receipt"], reply.receipt);
        assert_told_once(&world, asked, "challenge.answered").await;
    }
    for asked in &ignored {
        assert_eq!(world.request(&asked["guid"]).await["status"], "expired");
        assert_told_once(&world, asked, "challenge.expired").await;
    }
    for (device, account_id) in devices.iter().zip(&accounts) {
        assert!(device.challenges().await.unwrap().is_empty());
        assert_eq!(pending(&world, account_id).await, 0, "no place is lost");
    }
}

/// Told at least once, always as the same event.
async fn assert_told_once(world: &World, asked: &Value, event: &str) {
    let got = world.receiver.got();
    let told: BTreeSet<(&str, &str)> = got
        .iter()
        .filter(|webhook| webhook.body["guid"] == asked["guid"])
        .map(|webhook| (webhook.header("webhook-id"), webhook.body["event"].as_str().unwrap()))
        .collect();
    assert_eq!(told.into_iter().map(|(_, event)| event).collect::<Vec<_>>(), [event]);
    let [delivery] = &world.deliveries(asked).await[..] else { panic!("one delivery") };
    assert_eq!(delivery["status"], "delivered");
}

/// How many places of the user's limit are taken.
async fn pending(world: &World, account_id: &str) -> usize {
    let app_space: countersign_domain::id::AppSpaceId = world.bundle.demo.app_space.guid.parse().unwrap();
    let account_id = countersign_domain::text::AccountId::parse("accountId", account_id.into()).unwrap();
    let key = keys::account(app_space.tenant(), &account_id);
    let account = world.bundle.app().store.get::<Account>(key, world.clock.now()).await.unwrap().unwrap();
    account.value.limits.pending().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_manager_may_fail_once_the_keys_are_loaded() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    world.answered("ann", &device).await;
    world.hmac_backend().get("/api/account/get?accountId=ann").await.ok();
    world.pump().await;
    for fault in [Fault::Internal, Fault::Dropped] {
        world.standins().set_faults(all_of(Service::SecretsManager, fault));
        world.turn(Span::minutes(6));
        world.hmac_backend().get("/api/account/get?accountId=ann").await.ok();
        let asked = world.answered("ann", &device).await;
        world.pump().await;
        assert_eq!(world.receiver.got().last().unwrap().body["guid"], asked["guid"]);
        world.jwks().await;
    }
    assert_eq!(world.receiver.got().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_cannot_be_reached_is_unavailable() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    for fault in [Fault::Throttled, Fault::Internal, Fault::Dropped] {
        world.standins().set_faults(all_of(Service::DynamoDb, fault));
        let refused = world.backend().get("/api/account/get?accountId=ann").await;
        assert_eq!(refused.headers["retry-after"], "1");
        refused.refused(503, "unavailable");
        let refused = device.challenges().await.unwrap_err();
        assert_eq!(refused.refusal().unwrap().code, ErrorCode::Unavailable);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_table_is_told_to_the_operator_and_not_to_the_caller() {
    let world = World::new().await;
    let table = world.bundle.app().settings.table.clone();
    let dynamodb = Client::new(&Aws::at(&world.standins().endpoint_url()).await.config);
    dynamodb.delete_table().table_name(&table).send().await.unwrap();
    let body = world.backend().post("/api/request/add", json!({ "accountId": "ann" })).await.expect(500);
    assert_eq!(
        body,
        json!({ "error": "internal", "message": "Something is wrong here; the log says what." })
    );
    let told = world.bundle.app().store.warm_up().await.unwrap_err().to_string();
    assert!(told.contains(&format!("there is no table {table:?}")) && told.contains("TABLE_NAME"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_without_keys_is_told_to_the_operator_and_not_to_the_caller() {
    let world = World::new().await;
    let keys = &world.bundle.app().keys;
    let put = keys.secrets_manager().put_secret_value().secret_id(SIGNING_KEYS);
    put.secret_string("{\"keys\":\"hush\"}").send().await.unwrap();
    let refused = world.backend().get("/.well-known/jwks.json").await;
    let message = refused.body["message"].clone();
    refused.refused(503, "unavailable");
    assert_eq!(message, "The service is not available; try again.");
    let told = keys.signing().await.unwrap_err().to_string();
    assert!(told.contains(SIGNING_KEYS) && told.contains("let its rotation run once"), "{told}");
    assert!(!told.contains("hush"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_secret_is_told_to_the_operator_and_not_to_the_caller() {
    let world = World::new().await;
    let keys = &world.bundle.app().keys;
    let delete = keys.secrets_manager().delete_secret().secret_id(SIGNING_KEYS);
    delete.force_delete_without_recovery(true).send().await.unwrap();
    world.backend().get("/.well-known/jwks.json").await.refused(503, "unavailable");
    let told = keys.signing().await.unwrap_err().to_string();
    assert!(told.contains(SIGNING_KEYS) && told.contains("there is no such secret"), "{told}");
}
