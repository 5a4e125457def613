//! Webhooks: signed by Standard Webhooks, sent at least once with one id, retried, and never sent where they must not go.

use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::outbound_url::Loopback;
use countersign_domain::time::{Clock, Span, Timestamp};
use countersign_jobs::{JOBS, Jobs};
use countersign_lambda::App;
use countersign_lambda::settings::Settings;
use countersign_local::aws::Aws;
use countersign_tests::device::Device;
use serde_json::{Value, json};

use crate::receiver::Webhook;
use crate::world::World;

/// The waits between the ten attempts.
const WAITS: [Span; 9] = [
    Span::minutes(1),
    Span::minutes(5),
    Span::minutes(30),
    Span::hours(2),
    Span::hours(5),
    Span::hours(10),
    Span::hours(14),
    Span::hours(18),
    Span::hours(24),
];

async fn world_with_ann() -> (World, Device) {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    (world, device)
}

/// The one delivery about `asked`.
async fn delivery(world: &World, asked: &Value) -> Value {
    let [delivery] = &world.deliveries(asked).await[..] else { panic!("one delivery") };
    delivery.clone()
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// Goes on to the moment at which the next attempt is due, and lets the schedule make it.
async fn next_attempt(world: &World, asked: &Value) {
    let due = time(&delivery(world, asked).await["nextAttemptAt"]);
    world.turn(due - world.clock.now());
    world.minute().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_has_the_headers_and_both_signatures_of_standard_webhooks() {
    let (world, device) = world_with_ann().await;
    world.answered("ann", &device).await;
    world.pump().await;
    let [webhook] = &world.receiver.got()[..] else { panic!("one webhook") };
    let (now, backend) = (world.clock.now(), world.backend());
    assert_eq!(webhook.header("content-type"), "application/json");
    assert_eq!(webhook.header("webhook-timestamp"), now.secs().to_string());
    let versions: Vec<&str> = webhook
        .header("webhook-signature")
        .split(' ')
        .filter_map(|one| Some(one.split_once(',')?.0))
        .collect();
    assert_eq!(versions, ["v1", "v1a"]);
    let jwks = world.jwks().await;
    webhook.verify_v1(&backend.origin.webhook_secret, now).unwrap();
    webhook.verify_v1a(&jwks, now).unwrap();

    let altered = Webhook { text: webhook.text.replace("answered", "declined"), ..webhook.clone() };
    altered.verify_v1(&backend.origin.webhook_secret, now).unwrap_err();
    altered.verify_v1a(&jwks, now).unwrap_err();
    webhook.verify_v1(&world.hmac_backend().origin.webhook_secret, now).unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_origin_has_its_own_webhook_secret() {
    let (world, _) = world_with_ann().await;
    let hmac = world.hmac_backend();
    let body = json!({ "accountId": "ann", "callback": world.receiver.url() });
    let asked = hmac.post("/api/request/add", body).await.created();
    hmac.patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] })).await.ok();
    world.pump().await;
    let [webhook] = &world.receiver.got()[..] else { panic!("one webhook") };
    webhook.verify_v1(&hmac.origin.webhook_secret, world.clock.now()).unwrap();
    webhook.verify_v1(&world.backend().origin.webhook_secret, world.clock.now()).unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_outcome_is_reported_with_the_whole_request() {
    let (world, device) = world_with_ann().await;
    let mut outcomes = vec![("challenge.answered", world.answered("ann", &device).await)];
    let asked = world.ask("ann").await;
    world.backend().patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] })).await.ok();
    outcomes.push(("challenge.cancelled", asked));
    outcomes.push(("challenge.expired", world.ask_with("ann", json!({ "duration": "1s" })).await));
    world.turn(Span::secs(1));
    outcomes.push(("challenge.failed", fail(&world, &device).await));
    for (event, reason) in
        [("challenge.declined", DeclineReason::Cancelled), ("challenge.not_me", DeclineReason::NotMe)]
    {
        let asked = world.ask("ann").await;
        let challenge = world.challenge(&device, &asked).await;
        device.answer(&challenge, Answer::Decline(reason), None).await.unwrap();
        outcomes.push((event, asked));
    }
    world.minute().await;
    let got = world.receiver.got();
    assert_eq!(got.len(), outcomes.len());
    for (event, asked) in outcomes {
        let mut request = world.request(&asked["guid"]).await;
        request["event"] = event.into();
        let webhook = got.iter().find(|webhook| webhook.body["guid"] == asked["guid"]).unwrap();
        assert_eq!(webhook.body, request);
        assert_eq!(delivery(&world, &asked).await["id"], webhook.header("webhook-id"));
    }
}

/// A challenge that failed by wrong codes.
async fn fail(world: &World, device: &Device) -> Value {
    let asked = world.ask_with("ann", json!({ "showCode": true })).await;
    let wrong = if asked["code"] == "000000" { "000001" } else { "000000" };
    let challenge = world.challenge(device, &asked).await;
    for _ in 0..5 {
        device.answer(&challenge, Answer::Option(0), Some(wrong)).await.unwrap_err();
    }
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_callback_nothing_is_sent() {
    let (world, device) = world_with_ann().await;
    let asked = world.backend().post("/api/request/add", json!({ "accountId": "ann" })).await.created();
    let challenge = world.challenge(&device, &asked).await;
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
    world.pump().await;
    assert!(world.receiver.got().is_empty());
    assert!(world.deliveries(&asked).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn any_2xx_is_success_and_ends_it() {
    let (world, device) = world_with_ann().await;
    for status in [200, 201, 202, 299] {
        world.receiver.answer_with(&[status]);
        let asked = world.answered("ann", &device).await;
        world.pump().await;
        let delivery = delivery(&world, &asked).await;
        assert_eq!(delivery["status"], "delivered");
        assert_eq!(delivery["attempts"][0]["httpStatus"], status);
        assert_eq!(delivery["nextAttemptAt"], Value::Null);
    }
    world.turn(Span::days(4));
    world.minute().await;
    assert_eq!(world.receiver.got().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_a_failure_and_nobody_follows_it() {
    let (world, device) = world_with_ann().await;
    world.receiver.answer_with(&[302]);
    let asked = world.answered("ann", &device).await;
    world.pump().await;
    let delivery = delivery(&world, &asked).await;
    assert_eq!(delivery["status"], "due");
    assert_eq!(delivery["attempts"][0]["httpStatus"], 302);
    assert_eq!(delivery["attempts"][0]["problem"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_has_the_same_id_and_body_and_a_fresh_timestamp_and_signature() {
    let (world, device) = world_with_ann().await;
    world.receiver.answer_with(&[503]);
    let asked = world.answered("ann", &device).await;
    world.pump().await;
    next_attempt(&world, &asked).await;
    let [first, second] = &world.receiver.got()[..] else { panic!("two attempts") };
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(first.text, second.text);
    assert_eq!(second.header("webhook-timestamp"), world.clock.now().secs().to_string());
    assert_ne!(first.header("webhook-timestamp"), second.header("webhook-timestamp"));
    second.verify_v1(&world.backend().origin.webhook_secret, world.clock.now()).unwrap();
    second.verify_v1a(&world.jwks().await, world.clock.now()).unwrap();
    assert_eq!(delivery(&world, &asked).await["status"], "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_ten_times_over_three_days_and_then_given_up() {
    let (world, device) = world_with_ann().await;
    world.receiver.answer_with(&[400, 401, 404, 409, 422, 429, 500, 502, 503, 504]);
    let asked = world.answered("ann", &device).await;
    world.pump().await;
    for (failed, wait) in (1..).zip(WAITS) {
        assert_eq!(world.receiver.got().len(), failed);
        let due = time(&delivery(&world, &asked).await["nextAttemptAt"]) - world.clock.now();
        assert!(wait <= due && due.as_millis() <= wait.as_millis() * 6 / 5, "{due:?} for {wait:?}");
        world.turn(Span::millis(due.as_millis() - 1));
        world.minute().await;
        assert_eq!(world.receiver.got().len(), failed, "not before its time");
        world.turn(Span::millis(1));
        world.minute().await;
    }
    assert_eq!(delivery(&world, &asked).await["status"], "exhausted");
    world.turn(Span::days(3));
    world.minute().await;
    assert_eq!(world.receiver.got().len(), 10);
    let delivery = delivery(&world, &asked).await;
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 10);
    assert_eq!(delivery["nextAttemptAt"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_410_disables_the_callback_until_a_replay() {
    let (world, device) = world_with_ann().await;
    world.receiver.answer_with(&[410]);
    let first = world.answered("ann", &device).await;
    world.pump().await;
    assert_eq!(delivery(&world, &first).await["status"], "gone");

    let second = world.answered("ann", &device).await;
    world.pump().await;
    let known = delivery(&world, &second).await;
    assert_eq!((&known["status"], &known["attempts"][0]["httpStatus"]), (&json!("gone"), &Value::Null));
    assert_eq!(world.receiver.got().len(), 1, "nobody is called");
    let elsewhere = format!("http://{}/elsewhere", world.receiver.authority());
    world.answered_with("ann", &device, json!({ "callback": elsewhere })).await;
    world.pump().await;
    assert_eq!(world.receiver.got().len(), 2, "another callback is called");

    let body = json!({ "requestGuid": second["guid"] });
    let replayed = world.backend().post("/api/delivery/replay", body).await.expect(202);
    assert_eq!(replayed[0]["status"], "due");
    world.minute().await;
    assert_eq!(delivery(&world, &second).await["status"], "delivered");
    assert_eq!(delivery(&world, &first).await["status"], "gone", "nobody asked for that one");
    let third = world.answered("ann", &device).await;
    world.pump().await;
    assert_eq!(delivery(&world, &third).await["status"], "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_was_dead_gets_the_event_when_it_is_back() {
    let (mut world, device) = world_with_ann().await;
    world.receiver.kill().await;
    let asked = world.answered("ann", &device).await;
    world.pump().await;
    let failed = delivery(&world, &asked).await;
    assert_eq!(failed["status"], "due");
    assert_eq!(failed["attempts"][0]["httpStatus"], Value::Null);
    let problem = failed["attempts"][0]["problem"].as_str().unwrap();
    assert!(problem.starts_with("no connection") && !problem.contains("127.0.0.1"), "{problem}");
    next_attempt(&world, &asked).await;
    assert_eq!(delivery(&world, &asked).await["attempts"].as_array().unwrap().len(), 2);

    world.receiver.revive().await;
    next_attempt(&world, &asked).await;
    let [webhook] = &world.receiver.got()[..] else { panic!("one webhook") };
    assert_eq!(webhook.body["guid"], asked["guid"]);
    assert_eq!(delivery(&world, &asked).await["status"], "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_whose_sender_died_is_taken_over_after_two_minutes() {
    let (mut world, device) = world_with_ann().await;
    let asked = world.answered("ann", &device).await;
    world.receiver.kill().await;
    let listener = world.receiver.hang().await;
    // The sender dies while it waits for the answer.
    tokio::select! {
        () = world.pump() => panic!("nobody answers"),
        accepted = listener.accept() => drop(accepted.unwrap()),
    }
    drop(listener);
    world.receiver.revive().await;
    world.turn(Span::millis(119_999));
    world.minute().await;
    assert!(world.receiver.got().is_empty(), "it might still be sending");
    world.turn(Span::millis(1));
    world.minute().await;
    assert_eq!(world.receiver.got().len(), 1);
    assert_eq!(delivery(&world, &asked).await["status"], "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_never_answers_does_not_keep_others_waiting() {
    let (world, device) = world_with_ann().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    world.permit(&format!("{address}/{{*}}")).await;
    let callback = json!({ "callback": format!("http://{address}/callback") });
    world.answered_with("ann", &device, callback).await;
    world.receiver.answer_with(&[500]);
    let asked = world.answered("ann", &device).await;
    tokio::select! {
        () = world.pump() => panic!("one is silent"),
        () = world.receiver.received(1) => {}
    }
    world.turn(Span::minutes(2));
    tokio::select! {
        () = world.minute() => panic!("one is silent"),
        () = world.receiver.received(2) => {}
    }
    assert!(world.receiver.got().iter().all(|webhook| webhook.body["guid"] == asked["guid"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_must_not_be_called_is_not_called() {
    let (world, device) = world_with_ann().await;
    for host in [
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "[fd00::1]",
        "[fe80::1]",
    ] {
        world.permit(&format!("{host}/hook")).await;
        let callback = json!({ "callback": format!("https://{host}/hook") });
        let asked = world.answered_with("ann", &device, callback).await;
        world.pump().await;
        assert_forbidden(&delivery(&world, &asked).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_loopback_is_refused_no_name_and_no_address_leads_to_this_machine() {
    let (world, device) = world_with_ann().await;
    let port = world.receiver.authority().rsplit_once(':').unwrap().1.to_owned();
    world.permit(&format!("localhost:{port}/{{*}}")).await;
    let strict = strict_jobs(&world).await;
    let retry = JOBS.iter().find(|job| job.name == "delivery-retry").unwrap();
    for host in ["localhost", "127.0.0.1"] {
        world.receiver.answer_with(&[500]);
        let callback = json!({ "callback": format!("http://{host}:{port}/callback") });
        let asked = world.answered_with("ann", &device, callback).await;
        world.pump().await;
        let before = world.receiver.got().len();
        world.turn(Span::secs(72));
        (retry.run)(&strict, json!({})).await.unwrap();
        assert_eq!(world.receiver.got().len(), before);
        assert_forbidden(&delivery(&world, &asked).await);
    }
}

/// The jobs as they are in production: no callbacks to this machine.
async fn strict_jobs(world: &World) -> Jobs {
    let settings = Settings { loopback: Loopback::Refused, ..world.bundle.app().settings.clone() };
    let aws = Aws::at(&world.standins().endpoint_url()).await;
    Jobs::new(App::new(settings, &aws.config, world.clock.clone()))
}

#[track_caller]
fn assert_forbidden(delivery: &Value) {
    let attempt = delivery["attempts"].as_array().unwrap().last().unwrap();
    assert_eq!(attempt["httpStatus"], Value::Null);
    assert_eq!(attempt["problem"], "leads to an address that must not be called", "{delivery}");
    assert_eq!(delivery["status"], "due");
}
