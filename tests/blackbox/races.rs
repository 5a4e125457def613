//! Races: whatever happens at the same moment, there is one outcome, told once, and no limit is passed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::answer::Answer;
use countersign_domain::device::Platform;
use countersign_domain::time::Span;
use countersign_standins::{Fault, Service};
use countersign_tests::device::Device;
use countersign_tests::device::challenges::{Answered, Challenge};
use countersign_tests::device::enrol::{Description, Enrolment};
use countersign_tests::device::error::{CallError, ErrorCode};
use countersign_tests::device::keys::DeviceKeys;
use countersign_tests::device::link::Link;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::backend;
use crate::receiver::Webhook;
use crate::world::World;

/// An answer JWS of its own, not yet sent.
fn signed(device: &Device, challenge: &Challenge, answer: Answer, code: Option<&str>) -> String {
    let claims = challenge.claims(answer, code, device.service().now()).unwrap();
    device.sign_answer(challenge.key_for(answer).unwrap(), &claims).unwrap()
}

fn refusal(result: &Result<Answered, CallError>) -> Option<ErrorCode> {
    result.as_ref().err().map(|error| error.refusal().unwrap().code.clone())
}

/// The ids of the webhooks about `asked`.
fn webhook_ids(world: &World, asked: &Value) -> BTreeSet<String> {
    let about = |webhook: &Webhook| webhook.body["guid"] == asked["guid"];
    let got = world.receiver.got();
    got.iter()
        .filter(|webhook| about(webhook))
        .map(|webhook| webhook.header("webhook-id").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_answers_at_once_one_counts() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.ask("ann").await;
    let challenge = world.challenge(&device, &asked).await;
    let answers: Vec<String> =
        (0..50).map(|number| signed(&device, &challenge, Answer::Option(number % 2), None)).collect();
    let results = join_all(answers.iter().map(|jws| device.send_answer(challenge.guid, jws))).await;
    let taken: Vec<&String> =
        answers.iter().zip(&results).filter(|(_, result)| result.is_ok()).map(|(jws, _)| jws).collect();
    let [taken] = taken[..] else { panic!("{} answers count", taken.len()) };
    for code in results.iter().filter_map(refusal) {
        assert!(matches!(code, ErrorCode::WrongState | ErrorCode::Conflict), "{code}");
    }
    world.pump().await;
    let request = world.request(&asked["guid"]).await;
    assert_eq!(request["evidence"]["answer"], *taken);
    assert_eq!((webhook_ids(&world, &asked).len(), world.receiver.got().len()), (1, 1));
    assert_eq!(world.receiver.got()[0].body["evidence"], request["evidence"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_answer_sent_many_times_at_once_gets_the_same_reply_each_time() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.ask("ann").await;
    let challenge = world.challenge(&device, &asked).await;
    let jws = signed(&device, &challenge, Answer::Option(0), None);
    let sent = (0..20).map(|_| device.send_answer(challenge.guid, &jws));
    let receipts: BTreeSet<String> =
        join_all(sent).await.into_iter().map(|result| result.unwrap().receipt).collect();
    assert_eq!(receipts.len(), 1);
    world.pump().await;
    assert_eq!(webhook_ids(&world, &asked).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_answer_cancel_and_expiry_at_once_one_is_the_outcome() {
    let world = World::new().await;
    world.change_app_space(|app_space| app_space.policy.pushes_max = 1000).await;
    let device = world.enrol("ann").await;
    let other = world.another_process().await;
    for round in 0..20 {
        let asked = world.ask_with("ann", json!({ "duration": "30s" })).await;
        let challenge = world.challenge(&device, &asked).await;
        let (backend, cancel) = (world.backend(), json!({ "requestGuid": asked["guid"] }));
        let answer = device.answer(&challenge, Answer::Option(0), None);
        let time = async {
            if round % 2 == 0 {
                world.turn(Span::secs(30));
            }
            other.minute().await.unwrap();
        };
        let (answered, cancelled, ()) =
            tokio::join!(answer, backend.patch("/api/request/cancel", cancel), time);
        world.minute().await;
        let request = world.request(&asked["guid"]).await;
        let outcome = match (answered.is_ok(), cancelled.status) {
            (true, 422) => "answered",
            (false, 200) => "cancelled",
            (false, 422) => "expired",
            other => panic!("round {round}: {other:?}"),
        };
        assert_eq!(request["status"], outcome, "round {round}");
        assert_eq!(request["evidence"].is_null(), answered.is_err());
        assert_eq!(webhook_ids(&world, &asked).len(), 1, "round {round}");
        assert_eq!(world.receiver.got().last().unwrap().body["status"], outcome);
    }
    assert_eq!(world.receiver.got().len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_token_makes_one_device_however_many_try_at_once() {
    let world = World::new().await;
    let (service, link) = (world.service(), world.bind_link("ann").await);
    let enrolment = Enrolment::begin(&service, &link).await.unwrap();
    let description = Description { name: "Phone".into(), platform: Platform::Other, push_token: None };
    let keys: Vec<DeviceKeys> =
        (0..20).map(|_| DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap()).collect();
    let results = join_all(keys.iter().map(|keys| enrolment.finish(keys, &description))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for error in results.iter().filter_map(|result| result.as_ref().err()) {
        let code = &error.refusal().unwrap().code;
        assert!(matches!(code, ErrorCode::NotFound | ErrorCode::Conflict | ErrorCode::TooMany), "{code}");
    }
    let devices = world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    assert_eq!(devices.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_device_that_enrols_many_times_at_once_is_one_device() {
    let world = World::new().await;
    let (service, link) = (world.service(), world.bind_link("ann").await);
    let enrolment = Enrolment::begin(&service, &link).await.unwrap();
    let description = Description { name: "Phone".into(), platform: Platform::Other, push_token: None };
    let keys = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap();
    let results = join_all((0..10).map(|_| enrolment.finish(&keys, &description))).await;
    let guids: BTreeSet<_> = results.into_iter().map(|result| result.unwrap().device_guid).collect();
    assert_eq!(guids.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_made_once_however_many_bind_at_once() {
    let world = World::new().await;
    let backend = world.backend();
    let bind = || backend.put("/api/account/bind", json!({ "accountId": "ann" }));
    let answers = retried_all((0..10).map(|_| bind)).await;
    let users: BTreeSet<String> =
        answers.iter().map(|answer| answer.body["privakeyId"].to_string()).collect();
    assert_eq!((users.len(), count(&answers, 201), count(&answers, 200)), (1, 1, 9));
}

/// All calls at once, each repeated while it is told of a conflict, as callers do.
async fn retried_all<C, F>(calls: impl Iterator<Item = C>) -> Vec<backend::Answer>
where
    C: Fn() -> F,
    F: Future<Output = backend::Answer>,
{
    let retried = async |call: C| {
        loop {
            let answer = call().await;
            if answer.status != 409 {
                return answer;
            }
        }
    };
    join_all(calls.map(retried)).await
}

fn count(answers: &[backend::Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn challenges_made_at_once_fill_the_limit_exactly() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let backend = world.backend();
    let ask = || backend.post("/api/request/add", json!({ "accountId": "ann" }));
    let answers = retried_all((0..20).map(|_| ask)).await;
    assert_eq!((count(&answers, 201), count(&answers, 429)), (5, 15));
    assert_eq!(device.challenges().await.unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_idempotency_key_makes_one_challenge_however_often_it_is_sent_at_once() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let backend = world.backend().with_header("idempotency-key", "key-1");
    let ask = || backend.post("/api/request/add", json!({ "accountId": "ann" }));
    let answers = retried_all((0..10).map(|_| ask)).await;
    let guids: BTreeSet<String> =
        answers.into_iter().map(|answer| answer.created()["guid"].to_string()).collect();
    assert_eq!((guids.len(), device.challenges().await.unwrap().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_sent_at_once_are_never_more_than_the_maximum() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.ask_with("ann", json!({ "showCode": true })).await;
    let challenge = world.challenge(&device, &asked).await;
    let wrong = if asked["code"] == "000000" { "000001" } else { "000000" };
    let answers: Vec<String> =
        (0..20).map(|_| signed(&device, &challenge, Answer::Option(0), Some(wrong))).collect();
    let results = join_all(answers.iter().map(|jws| device.send_answer(challenge.guid, jws))).await;
    let mut left: Vec<u32> = results
        .iter()
        .map(|result| result.as_ref().unwrap_err().refusal().unwrap())
        .filter_map(|refusal| refusal.attempts_left)
        .collect();
    left.sort_unstable();
    assert_eq!(left, (5 - left.len() as u32..5).collect::<Vec<_>>(), "each try is counted once");
    for _ in left.len()..5 {
        device.answer(&challenge, Answer::Option(0), Some(wrong)).await.unwrap_err();
    }
    assert_eq!(world.request(&asked["guid"]).await["status"], "failed");
    let late = device.answer(&challenge, Answer::Option(0), asked["code"].as_str()).await;
    assert_eq!(refusal(&late), Some(ErrorCode::WrongState));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_or_revoked_at_the_same_moment_has_answered_before_or_not_at_all() {
    let world = World::new().await;
    for round in 0..12 {
        let account_id = format!("user-{round}");
        let device = world.enrol(&account_id).await;
        let asked = world.ask(&account_id).await;
        let challenge = world.challenge(&device, &asked).await;
        let (backend, path) = (world.backend(), ["suspend", "revoke"][round % 2]);
        let path = format!("/api/account/{path}");
        let change = backend.patch(&path, json!({ "accountId": account_id }));
        let (answered, changed) = tokio::join!(device.answer(&challenge, Answer::Option(0), None), change);
        assert!(matches!(changed.status, 200 | 409), "{} {}", changed.status, changed.body);
        let expected = match refusal(&answered) {
            None => "answered",
            Some(ErrorCode::UserNotActive | ErrorCode::Unauthorized | ErrorCode::Conflict) => "pending",
            Some(code) => panic!("{code}"),
        };
        assert_eq!(world.request(&asked["guid"]).await["status"], expected, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_is_claimed_once_however_many_try_at_once() {
    let world = World::new().await;
    let mut devices = Vec::new();
    for number in 0..10 {
        devices.push(world.enrol(&format!("user-{number}")).await);
    }
    let body = json!({ "claimable": true, "content": "Log in?" });
    let asked = world.backend().post("/api/request/add", body).await.created();
    let Ok(Link::Claim(link)) = Link::parse(asked["claimUri"].as_str().unwrap()) else { panic!("{asked}") };
    let claims = join_all(devices.iter().map(|device| device.claim(&link.claim_token))).await;
    let claimed: Vec<usize> = (0..10).filter(|index| claims[*index].is_ok()).collect();
    let [winner] = claimed[..] else { panic!("{claimed:?}") };
    assert_eq!(world.request(&asked["guid"]).await["accountId"], format!("user-{winner}"));
    for (index, device) in devices.iter().enumerate() {
        assert_eq!(device.challenges().await.unwrap().len(), usize::from(index == winner));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_meets_another_one_is_tried_again() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let counted = AtomicU32::new(0);
    world.standins().set_faults(Some(Arc::new(move |call| {
        let transaction = call.service == Service::DynamoDb && call.action == "TransactWriteItems";
        let busy = transaction && counted.fetch_add(1, Ordering::SeqCst) % 3 < 2;
        busy.then_some(Fault::TransactionConflict)
    })));
    let asked = world.answered("ann", &device).await;
    world.pump().await;
    world.standins().set_faults(None);
    assert_eq!(world.request(&asked["guid"]).await["status"], "answered");
    assert_eq!(world.receiver.got().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_stays_busy_is_unavailable_and_nothing_is_half_done() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.ask("ann").await;
    let challenge = world.challenge(&device, &asked).await;
    world.standins().set_faults(Some(Arc::new(|call| {
        (call.action == "TransactWriteItems").then_some(Fault::TransactionConflict)
    })));
    let answered = device.answer(&challenge, Answer::Option(0), None).await;
    assert_eq!(refusal(&answered), Some(ErrorCode::Unavailable));
    let refused = world.backend().post("/api/request/add", json!({ "accountId": "ann" })).await;
    assert_eq!(refused.headers["retry-after"], "1");
    refused.refused(503, "unavailable");
    world.standins().set_faults(None);
    assert_eq!(device.challenges().await.unwrap().len(), 1);
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
}
