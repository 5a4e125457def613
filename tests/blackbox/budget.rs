//! What each operation costs: its calls of DynamoDB, by name and in order, whatever else lies in the table.
//!
//! [`COSTS`] is exact, so that every change shows. No operation scans, and none costs more when there is more.

mod access;
mod logins;
mod setup;
mod watching;

use std::collections::BTreeSet;

use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use countersign_domain::answer::Answer;
use countersign_domain::device::Platform;
use countersign_domain::time::Span;
use countersign_standins::Service as Aws;
use countersign_tests::device::Device;
use countersign_tests::device::challenges::Challenge;
use countersign_tests::device::enrol::{Description, Enrolment};
use countersign_tests::device::keys::{DeviceKeys, KeyPair};
use countersign_tests::device::link::Link;
use countersign_tests::device::manage::TelemetryEvent;
use serde_json::{Value, json};

use crate::world::World;

/// An operation, the case of it, and what it calls: B `BatchGetItem`, P `PutItem`, Q `Query`, T `TransactWriteItems`,
/// U `UpdateItem`.
const COSTS: &[(&str, &str, &str)] = &[
    ("account-bind", "a new user", "BT"),
    ("account-bind", "a known user", "BT"),
    ("account-bind", "of an authenticator", "BT"),
    ("account-get", "", "BQ"),
    ("account-update", "", "BQT"),
    ("account-suspend", "", "BQT"),
    ("account-restore", "", "BQT"),
    ("account-revoke", "", "BQT"),
    ("challenge-create", "", "BT"),
    ("challenge-create", "by HMAC", "BT"),
    ("challenge-create", "with an Idempotency-Key", "BT"),
    ("challenge-create", "claimable", "BT"),
    ("challenge-get", "", "B"),
    ("challenge-cancel", "", "BBT"),
    ("action-create", "", "BT"),
    ("consent-create", "", "BQT"),
    ("consent-list", "", "BQ"),
    ("consent-get", "", "BB"),
    ("consent-revoke", "", "BBT"),
    ("authenticator-settings", "", "B"),
    ("device-list", "", "BQ"),
    ("device-revoke", "", "BBBT"),
    ("delivery-list", "", "BQ"),
    ("delivery-list", "of a consent", "BQ"),
    ("delivery-replay", "", "BQT"),
    ("key-set", "", ""),
    ("enrolment-lookup", "", "BB"),
    ("device-enrol", "", "BBQBT"),
    ("challenge-list", "", "Q"),
    ("challenge-fetch", "", "BT"),
    ("challenge-answer", "", "BT"),
    ("challenge-answer", "with a wrong code", "BT"),
    ("challenge-answer", "declined", "BT"),
    ("challenge-answer", "once more", "B"),
    ("challenge-answer", "vouched for", "BBT"),
    ("challenge-answer", "with new tokens", "BBTTT"),
    ("challenge-claim", "", "BBT"),
    ("telemetry-report", "", "BT"),
    ("strong-failure-report", "", "BBT"),
    ("device-status", "", "BB"),
    ("device-rename", "", "BTB"),
    ("push-token-update", "", "BBTB"),
    ("device-remove", "", "BBT"),
    ("login-begin", "the first from an address", "BUPT"),
    ("login-begin", "", "BUT"),
    ("oidc-verify", "a new user", "BBTBT"),
    ("oidc-verify", "a known user", "BBTBBT"),
    ("oidc-verify", "declined", "BBT"),
    ("oauth2-verify", "a new user", "BBTBT"),
];

type Costs = Vec<(&'static str, &'static str, String)>;

/// Counts the calls of one operation after the other.
struct Meter<'w> {
    world: &'w World,
    costs: Costs,
}

impl Meter<'_> {
    /// Carries out `operation` and notes what it called.
    async fn of<T>(
        &mut self,
        name: &'static str,
        case: &'static str,
        operation: impl Future<Output = T>,
    ) -> T {
        self.world.standins().calls().take();
        let done = operation.await;
        self.costs.push((name, case, dynamodb_calls(self.world)));
        done
    }
}

/// The calls of DynamoDB since they were last taken. Nobody who calls an API waits for SNS.
pub(crate) fn dynamodb_calls(world: &World) -> String {
    let calls = world.standins().calls().take();
    assert!(calls.iter().all(|call| call.service != Aws::Sns));
    let letter = |action: &str| match action {
        "BatchGetItem" => 'B',
        "PutItem" => 'P',
        "Query" => 'Q',
        "TransactWriteItems" => 'T',
        "UpdateItem" => 'U',
        other => panic!("{other} is not in the budget"),
    };
    calls.iter().filter(|call| call.service == Aws::DynamoDb).map(|call| letter(&call.action)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_costs_what_the_table_says() {
    let world = World::new().await;
    let costs = costs(&world, "ann").await;
    assert_costs(&costs);
    let measured: BTreeSet<_> = costs.iter().map(|(name, ..)| *name).collect();
    let all = [countersign_origin::OPERATIONS, countersign_device::OPERATIONS, countersign_idp::OPERATIONS]
        .concat();
    assert_eq!(measured, all.iter().map(|operation| operation.name).collect(), "every operation is measured");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_costs_more_when_there_is_more() {
    let world = World::new().await;
    for number in 0..8 {
        let other = format!("user-{number}");
        world.enrol(&other).await;
        world.ask(&other).await;
    }
    for _ in 0..4 {
        world.enrol("ann").await;
        world.ask("ann").await;
    }
    world.pump().await;
    assert_costs(&costs(&world, "ann").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_process_pays_no_more_than_a_warm_one() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let mut meter = Meter { world: &world, costs: Vec::new() };

    let process = world.another_process().await;
    let backend = world.backend().at(&process.demo.base_url);
    let body = json!({ "accountId": "ann", "content": "Pay?" });
    let asked = meter.of("challenge-create", "", backend.post("/api/request/add", body)).await.created();
    let path = format!("/api/request/getRequest?requestGuid={}", asked["guid"].as_str().unwrap());
    let process = world.another_process().await;
    let backend = world.backend().at(&process.demo.base_url);
    meter.of("challenge-get", "", backend.get(&path)).await.ok();
    let process = world.another_process().await;
    let lists = moved(&world, &device, &process.demo.base_url);
    let challenge = meter.of("challenge-list", "", lists.challenges()).await.unwrap().remove(0);
    let process = world.another_process().await;
    let answers = moved(&world, &device, &process.demo.base_url);
    meter.of("challenge-answer", "", answers.answer(&challenge, Answer::Option(0), None)).await.unwrap();
    assert_costs(&meter.costs);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minute_with_nothing_due_costs_the_same_however_much_lies_in_the_table() {
    let world = World::new().await;
    for number in 0..5 {
        world.enrol(&format!("user-{number}")).await;
        world.ask(&format!("user-{number}")).await;
        world.pump().await;
        world.standins().calls().take();
        world.bundle.minute().await.unwrap();
        assert_eq!(dynamodb_calls(&world), "QQQQQQQQ");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_scans_no_job_either() {
    let world = World::new().await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    world.answered("ann", &device).await;
    world.ask("ann").await;
    world.pump().await;
    world.turn(Span::minutes(5));
    world.minute().await;
    let calls = world.standins().calls().all();
    let of_table = calls.iter().filter(|call| call.service == Aws::DynamoDb);
    let actions: BTreeSet<&str> = of_table.map(|call| call.action.as_str()).collect();
    let at_work = ["BatchGetItem", "Query", "TransactWriteItems"];
    let at_start = ["CreateTable", "DescribeTable", "UpdateTimeToLive"];
    assert_eq!(actions, at_work.into_iter().chain(at_start).collect());
}

/// The same device, calling another process.
fn moved(world: &World, device: &Device, base_url: &str) -> Device {
    let copy = |pair: &KeyPair| KeyPair::from_jwk(pair.to_jwk().unwrap().expose()).unwrap();
    let keys = DeviceKeys { auth: copy(&device.keys().auth), strong: copy(&device.keys().strong) };
    Device::new(world.service_at(base_url), device.identity().clone(), keys)
}

#[track_caller]
fn assert_costs(costs: &Costs) {
    for (name, case, calls) in costs {
        let (.., expected) = COSTS.iter().find(|(of, what, _)| (of, what) == (name, case)).unwrap();
        assert_eq!(calls, expected, "{name} {case}");
    }
}

/// Carries out every operation in every case of [`COSTS`] around the user `ann`, who may be known already.
async fn costs(world: &World, ann: &str) -> Costs {
    let mut meter = Meter { world, costs: Vec::new() };
    enrolling(&mut meter, ann).await;
    let device = world.enrol_as(ann, Platform::Android, None, Algorithm::Es256).await;
    asking(&mut meter, ann).await;
    answering(&mut meter, &device).await;
    consenting(&mut meter, ann).await;
    managing(&mut meter, &device).await;
    administering(&mut meter, ann).await;
    logins::logging_in(&mut meter).await;
    meter.costs
}

async fn enrolling(meter: &mut Meter<'_>, ann: &str) {
    let world = meter.world;
    let (backend, service) = (world.backend(), world.service());
    let bind = |account_id: &str| backend.put("/api/account/bind", json!({ "accountId": account_id }));
    meter.of("account-bind", "a new user", bind("zoe")).await.created();
    world.bind_link(ann).await;
    let bound = meter.of("account-bind", "a known user", bind(ann)).await.ok();
    let Ok(Link::Bind(link)) = Link::parse(bound["bindUri"].as_str().unwrap()) else { panic!("{bound}") };
    let enrolment = meter.of("enrolment-lookup", "", Enrolment::begin(&service, &link)).await.unwrap();
    let keys = DeviceKeys::generate(Algorithm::Es256, &SystemRandom).unwrap();
    let description = Description { name: "Phone".into(), platform: Platform::Ios, push_token: None };
    let identity = meter.of("device-enrol", "", enrolment.finish(&keys, &description)).await.unwrap();
    let device = Device::new(service, identity, keys);
    meter.of("device-remove", "", device.remove()).await.unwrap();
}

async fn asking(meter: &mut Meter<'_>, ann: &str) {
    let backend = meter.world.backend();
    let body = || json!({ "accountId": ann, "content": "Pay?" });
    let asked = meter.of("challenge-create", "", backend.post("/api/request/add", body())).await.created();
    let path = format!("/api/request/getRequest?requestGuid={}", asked["guid"].as_str().unwrap());
    meter.of("challenge-get", "", backend.get(&path)).await.ok();
    let cancel = || backend.patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] }));
    meter.of("challenge-cancel", "", cancel()).await.ok();
    let hmac = meter.world.hmac_backend();
    let asked =
        meter.of("challenge-create", "by HMAC", hmac.post("/api/request/add", body())).await.created();
    backend.patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] })).await.ok();
    let once = backend.clone().with_header("idempotency-key", "key-1");
    let case = "with an Idempotency-Key";
    let asked = meter.of("challenge-create", case, once.post("/api/request/add", body())).await.created();
    backend.patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] })).await.ok();
    meter.of("key-set", "", backend.get("/.well-known/jwks.json")).await.ok();
}

async fn answering(meter: &mut Meter<'_>, device: &Device) {
    let world = meter.world;
    let account_id = device.status().await.unwrap().account_id;
    let asked = world.ask_with(&account_id, json!({ "showCode": true })).await;
    let list = meter.of("challenge-list", "", device.challenges()).await.unwrap();
    let challenge = &find(&list, &asked);
    meter.of("challenge-fetch", "", device.challenge(challenge.guid)).await.unwrap();
    let wrong = if asked["code"] == "000000" { "000001" } else { "000000" };
    let answer = device.answer(challenge, Answer::Option(0), Some(wrong));
    meter.of("challenge-answer", "with a wrong code", answer).await.unwrap_err();
    let code = asked["code"].as_str();
    let role = challenge.key_for(Answer::Option(0)).unwrap();
    let claims = challenge.claims(Answer::Option(0), code, device.service().now()).unwrap();
    let jws = device.sign_answer(role, &claims).unwrap();
    meter.of("challenge-answer", "", device.send_answer(challenge.guid, &jws)).await.unwrap();
    meter.of("challenge-answer", "once more", device.send_answer(challenge.guid, &jws)).await.unwrap();
    world.pump().await;
    deliveries(meter, &asked).await;

    let body = json!({ "claimable": true, "content": "Log in?" });
    let asked = world.backend();
    let asked =
        meter.of("challenge-create", "claimable", asked.post("/api/request/add", body)).await.created();
    let Ok(Link::Claim(link)) = Link::parse(asked["claimUri"].as_str().unwrap()) else { panic!("{asked}") };
    let claimed = meter.of("challenge-claim", "", device.claim(&link.claim_token)).await.unwrap();
    let cancelled = Answer::Decline(countersign_domain::answer::DeclineReason::Cancelled);
    meter.of("challenge-answer", "declined", device.answer(&claimed, cancelled, None)).await.unwrap();
}

/// What is for apps of the Authenticator API.
async fn consenting(meter: &mut Meter<'_>, ann: &str) {
    let backend = meter.world.backend();
    let body = json!({ "accountId": ann, "deviceKind": "authenticatorV2" });
    meter.of("account-bind", "of an authenticator", backend.put("/api/account/bind", body)).await.ok();
    let action = backend.post("/api/action/add", json!({ "content": "Log in?" }));
    meter.of("action-create", "", action).await.created();
    let settings = backend.get("/api/authenticator/settings");
    meter.of("authenticator-settings", "", settings).await.ok();
    let body = json!({
        "accountId": ann, "consentType": "aisp", "tppName": "Budget Planner", "accounts": [{ "name": "Current" }],
        "duration": "1h", "callback": meter.world.receiver.url(),
    });
    let given = meter.of("consent-create", "", backend.post("/api/consent/add", body)).await.created();
    let list = format!("/api/consent/getAll?accountId={ann}");
    meter.of("consent-list", "", backend.get(&list)).await.ok();
    let guid = given["guid"].as_str().unwrap();
    let get = format!("/api/consent/get?consentGuid={guid}");
    meter.of("consent-get", "", backend.get(&get)).await.ok();
    let revoke = backend.put("/api/consent/revoke", json!({ "consentGuid": guid }));
    meter.of("consent-revoke", "", revoke).await.ok();
    meter.world.pump().await;
    let log = format!("/api/delivery/getAll?consentGuid={guid}");
    let log = meter.of("delivery-list", "of a consent", backend.get(&log)).await.ok();
    assert_eq!(log.as_array().unwrap().len(), 2);
}

fn find(list: &[Challenge], asked: &Value) -> Challenge {
    list.iter().find(|challenge| asked["guid"] == challenge.guid.to_string()).unwrap().clone()
}

async fn deliveries(meter: &mut Meter<'_>, asked: &Value) {
    let backend = meter.world.backend();
    let path = format!("/api/delivery/getAll?requestGuid={}", asked["guid"].as_str().unwrap());
    let list = meter.of("delivery-list", "", backend.get(&path)).await.ok();
    assert_eq!(list[0]["status"], "delivered");
    let body = json!({ "requestGuid": asked["guid"] });
    meter.of("delivery-replay", "", backend.post("/api/delivery/replay", body)).await.expect(202);
}

async fn managing(meter: &mut Meter<'_>, device: &Device) {
    meter.of("device-status", "", device.status()).await.unwrap();
    meter.of("device-rename", "", device.rename("New name")).await.unwrap();
    meter.of("push-token-update", "", device.set_push_token(Some("token"))).await.unwrap();
    meter.of("strong-failure-report", "", device.report_strong_failure()).await.unwrap();
    let event = TelemetryEvent { kind: "NOTIFICATION_CLICKED".into(), ..TelemetryEvent::default() };
    meter.of("telemetry-report", "", device.report_telemetry(&[event])).await.unwrap();
}

async fn administering(meter: &mut Meter<'_>, ann: &str) {
    let backend = meter.world.backend();
    let body = || json!({ "accountId": ann });
    meter.of("account-get", "", backend.get(&format!("/api/account/get?accountId={ann}"))).await.ok();
    let path = format!("/api/device/getAll?accountId={ann}");
    let devices = meter.of("device-list", "", backend.get(&path)).await.ok();
    let active = devices.as_array().unwrap().iter().find(|device| device["status"] == "active").unwrap();
    let revoke = backend.patch("/api/device/revoke", json!({ "deviceGuid": active["guid"] }));
    meter.of("device-revoke", "", revoke).await.ok();
    let update = json!({ "accountId": ann, "newUserInfo": "VIP" });
    meter.of("account-update", "", backend.patch("/api/account/update", update)).await.ok();
    meter.of("account-suspend", "", backend.patch("/api/account/suspend", body())).await.ok();
    meter.of("account-restore", "", backend.patch("/api/account/restore", body())).await.ok();
    meter.of("account-revoke", "", backend.patch("/api/account/revoke", body())).await.ok();
}
