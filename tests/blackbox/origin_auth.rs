//! Who may call as a Request Origin, how often one may fail, and that App Spaces do not see each other.

use countersign_crypto::basic::BasicKey;
use countersign_crypto::encoding::base64;
use countersign_crypto::system::SystemRandom;
use countersign_domain::app_space::AppSpace;
use countersign_domain::id::{AppSpaceId, RequestOriginId};
use countersign_domain::request_origin::{Credential, RequestOrigin};
use countersign_domain::time::{Clock, Span, Timestamp};
use countersign_local::demo::DemoOrigin;
use countersign_store::{Write, keys};
use reqwest::Method;
use serde_json::{Value, json};

use crate::backend::{Answer, Backend};
use crate::world::World;

const BIND: &str = "/api/account/bind";
const ADD: &str = "/api/request/add";
const GET_ANN: &str = "/api/account/get?accountId=ann";
const JSON: Option<&str> = Some("application/json");
const NOWHERE: &str = "01930000-0000-7000-8000-000000000000";
const WINDOW: Span = Span::minutes(5);
const MOMENT: Span = Span::millis(1);

#[tokio::test(flavor = "multi_thread")]
async fn the_right_basic_key_lets_in() {
    let world = World::new().await;
    let backend = world.backend();
    backend.put(BIND, json!({ "accountId": "ann" })).await.created();
    let header = backend.authorization(&Method::GET, GET_ANN, "", world.clock.now());
    let lower_case = header.replacen("Basic", "basic", 1);
    backend.send(Method::GET, GET_ANN, "", None, Some(&lower_case)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_a_credential_is_told_in_the_same_words() {
    let world = World::new().await;
    let (backend, signer) = (world.backend(), world.hmac_backend());
    let DemoOrigin { guid, key, .. } = &backend.origin;
    let wrong_key = told(backend.clone().with_key("wrong").get(GET_ANN).await);
    assert_eq!((wrong_key.0, wrong_key.1["error"].as_str()), (401, Some("unauthorized")));
    assert!(wrong_key.2.iter().any(|(name, _)| name == "www-authenticate"));

    let basic = |text: &str| format!("Basic {}", base64(text.as_bytes()));
    let right = signer.authorization(&Method::GET, GET_ANN, "", world.clock.now());
    let stranger = RequestOriginId::new(AppSpaceId::new(&SystemRandom), &SystemRandom).to_string();
    for wrong in [
        String::new(),
        "Basic".into(),
        "Basic ".into(),
        "Basic ???".into(),
        format!("Bearer {key}"),
        basic(guid),
        basic(&format!("{guid}:")),
        basic(&format!(":{key}")),
        basic(&format!("ann:{key}")),
        basic(&format!("{stranger}:{key}")),
        basic(&format!("{}:{key}", colleague_of(&backend))),
        basic(&format!("{}:{}", signer.origin.guid, signer.origin.key)),
        right.replacen(&signer.origin.guid, guid, 1),
        right.replacen(&signer.origin.guid, &stranger, 1),
        right.replacen(',', " ", 1),
        right.replacen('/', "", 1),
        right.replacen('/', "/+", 1),
        right[..right.len() - 4].to_owned(),
        right.replacen("SHA256", "SHA1", 1),
    ] {
        let answer = backend.send(Method::GET, GET_ANN, "", None, Some(&wrong)).await;
        assert_eq!(told(answer), wrong_key, "{wrong:?}");
    }
    assert_eq!(told(backend.send(Method::GET, GET_ANN, "", None, None).await), wrong_key);
    // Those failures were of many sides, so the right key still lets in.
    backend.get(GET_ANN).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_signature_lets_in_whatever_the_form_of_the_call() {
    let world = World::new().await;
    let backend = world.hmac_backend();
    let bound = backend.put(BIND, json!({ "accountId": "ann b@example.com" })).await.created();
    let got = backend.get("/api/account/get?accountId=ann+b%40example%2Ecom").await.ok();
    assert_eq!(got["privakeyId"], bound["privakeyId"]);
    backend
        .post(ADD, json!({ "accountId": "ann b@example.com", "content": "Grüße — 120 €?" }))
        .await
        .created();
    let form = "accountId=ann+b%40example.com&content=Pay+120%20EUR&buttons[0][title]=A&buttons[0][strongAuth]=1&buttons[1][title]=B&buttons[1][strongAuth]=0";
    backend.form(Method::POST, ADD, form).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_of_one_method_url_and_body() {
    let world = World::new().await;
    let backend = world.hmac_backend();
    backend.put(BIND, json!({ "accountId": "ann" })).await.created();
    let (suspend, body) = ("/api/account/suspend", r#"{"accountId":"ann"}"#);
    let sign = |method, path, body| backend.authorization(&method, path, body, world.clock.now());
    for signed in [
        sign(Method::PUT, suspend, body),
        sign(Method::PATCH, "/api/account/revoke", body),
        sign(Method::PATCH, "/api/account/suspend?", body),
        sign(Method::PATCH, suspend, r#"{"accountId": "ann"}"#),
        sign(Method::PATCH, suspend, ""),
        sign(Method::GET, suspend, body),
        backend.clone().with_key("wrong").authorization(&Method::PATCH, suspend, body, world.clock.now()),
    ] {
        backend.send(Method::PATCH, suspend, body, JSON, Some(&signed)).await.refused(401, "unauthorized");
    }
    let other_query = sign(Method::GET, "/api/account/get?accountId=bob", "");
    let answer = backend.send(Method::GET, GET_ANN, "", None, Some(&other_query)).await;
    answer.refused(401, "unauthorized");
    assert_eq!(backend.get(GET_ANN).await.ok()["status"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_may_be_five_minutes_early_or_late_and_no_more() {
    let world = World::new().await;
    let backend = world.hmac_backend();
    backend.put(BIND, json!({ "accountId": "ann" })).await.created();
    let now = world.clock.now();
    let get = async |backend: &Backend, at: Timestamp| {
        let signed = backend.authorization(&Method::GET, GET_ANN, "", at);
        backend.send(Method::GET, GET_ANN, "", None, Some(&signed)).await
    };
    for at in [now - WINDOW, now + WINDOW] {
        get(&backend, at).await.ok();
    }
    for at in [now - WINDOW - MOMENT, now + WINDOW + MOMENT] {
        let answer = get(&backend, at).await;
        assert_eq!(answer.body["serverTime"], now.rfc3339());
        answer.refused(401, "clock_skew");
        // Who did not sign well learns nothing of clocks.
        get(&backend.clone().with_key("wrong"), at).await.refused(401, "unauthorized");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_write_counts_once_for_as_long_as_its_time_is_good() {
    let world = World::new().await;
    let backend = world.hmac_backend();
    backend.put(BIND, json!({ "accountId": "ann" })).await.created();
    let body = r#"{"accountId":"ann"}"#;
    let latest = world.clock.now() + WINDOW;
    let signed = backend.authorization(&Method::POST, ADD, body, latest);
    let send = async || backend.send(Method::POST, ADD, body, JSON, Some(&signed)).await;
    let guid = send().await.created()["guid"].clone();
    send().await.refused(401, "replayed");
    backend.patch("/api/request/cancel", json!({ "requestGuid": guid })).await.ok();
    world.turn(Span::minutes(10));
    world.standins().sweep_ttl().unwrap();
    send().await.refused(401, "replayed");
    world.turn(MOMENT);
    send().await.refused(401, "clock_skew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_read_may_be_repeated() {
    let world = World::new().await;
    let backend = world.hmac_backend();
    backend.put(BIND, json!({ "accountId": "ann" })).await.created();
    let signed = backend.authorization(&Method::GET, GET_ANN, "", world.clock.now());
    for _ in 0..2 {
        backend.send(Method::GET, GET_ANN, "", None, Some(&signed)).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_credential_blocks_calls_and_deletes_nothing() {
    let world = World::new().await;
    for backend in [world.backend(), world.hmac_backend()] {
        backend.put(BIND, json!({ "accountId": "ann" })).await.success();
        let before = world.change_origin(&backend, |origin| origin.credential = Credential::Revoked).await;
        backend.get(GET_ANN).await.refused(401, "unauthorized");
        backend.put(BIND, json!({ "accountId": "ann" })).await.refused(401, "unauthorized");
        world.change_origin(&backend, |origin| *origin = before).await;
        assert_eq!(backend.get(GET_ANN).await.ok()["accountId"], "ann");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ten_failures_even_the_right_key_must_wait() {
    let world = World::new().await;
    let (backend, signer) = (world.backend(), world.hmac_backend());
    backend.put(BIND, json!({ "accountId": "ann" })).await.created();
    fail_ten_times(&backend).await;
    world.turn(Span::minutes(4));
    let answer = backend.get(GET_ANN).await;
    assert_eq!(answer.headers["retry-after"], "60");
    answer.refused(429, "too_many");
    backend.clone().with_key("wrong").get(GET_ANN).await.refused(429, "too_many");

    signer.get(GET_ANN).await.ok();
    backend.clone().calling_from("127.0.0.2").get(GET_ANN).await.ok();
    world.turn(Span::minutes(1));
    backend.get(GET_ANN).await.ok();
    // The window began anew: the old failures do not count.
    backend.clone().with_key("wrong").get(GET_ANN).await.refused(401, "unauthorized");
    backend.get(GET_ANN).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_signatures_count_and_skewed_clocks_do_not() {
    let world = World::new().await;
    let backend = world.hmac_backend();
    let late = backend.authorization(&Method::GET, GET_ANN, "", world.clock.now() - Span::hours(1));
    for _ in 0..11 {
        let answer = backend.send(Method::GET, GET_ANN, "", None, Some(&late)).await;
        answer.refused(401, "clock_skew");
    }
    fail_ten_times(&backend).await;
    backend.get(GET_ANN).await.refused(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_request_origin_is_answered_as_a_wrong_key_is_and_as_often() {
    let world = World::new().await;
    let mut unknown = world.backend();
    unknown.origin.guid = colleague_of(&unknown);
    let known = world.backend().with_key("wrong");
    for _ in 0..11 {
        assert_eq!(told(unknown.get(GET_ANN).await), told(known.get(GET_ANN).await));
    }
    unknown.get(GET_ANN).await.refused(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_another_app_space_does_not_exist() {
    let world = World::new().await;
    let device = world.enrol("ann").await.identity().device_guid.to_string();
    let asked = world.ask("ann").await["guid"].as_str().unwrap().to_owned();
    let stranger = another_app_space(&world).await;

    for path in ["/api/account/suspend", "/api/account/restore", "/api/account/revoke"] {
        same_404(&stranger, Method::PATCH, path, "accountId", ["ann", "nobody"]).await;
    }
    same_404(&stranger, Method::GET, "/api/account/get", "accountId", ["ann", "nobody"]).await;
    same_404(&stranger, Method::GET, "/api/device/getAll", "accountId", ["ann", "nobody"]).await;
    same_404(&stranger, Method::POST, ADD, "accountId", ["ann", "nobody"]).await;
    same_404(&stranger, Method::PATCH, "/api/device/revoke", "deviceGuid", [&device, NOWHERE]).await;
    same_404(&stranger, Method::GET, "/api/request/getRequest", "requestGuid", [&asked, NOWHERE]).await;
    same_404(&stranger, Method::PATCH, "/api/request/cancel", "requestGuid", [&asked, NOWHERE]).await;
    same_404(&stranger, Method::GET, "/api/delivery/getAll", "requestGuid", [&asked, NOWHERE]).await;
    same_404(&stranger, Method::POST, "/api/delivery/replay", "requestGuid", [&asked, NOWHERE]).await;
    let update = json!({ "accountId": "ann", "newUserInfo": "mine" });
    stranger.patch("/api/account/update", update).await.refused(404, "not_found");
    assert_eq!(world.backend().get(GET_ANN).await.ok()["history"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_id_is_another_user_in_another_app_space() {
    let world = World::new().await;
    let stranger = another_app_space(&world).await;
    let here = world.backend().put(BIND, json!({ "accountId": "ann" })).await.created();
    let there = stranger.put(BIND, json!({ "accountId": "ann" })).await.created();
    assert_ne!(here["privakeyId"], there["privakeyId"]);
    assert_ne!(here["appSpaceGuid"], there["appSpaceGuid"]);
    assert_eq!(there["appSpaceName"], "Another Bank");
}

/// Status, body and headers of a refusal, to compare.
fn told(answer: Answer) -> (u16, Value, Vec<(String, String)>) {
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (answer.status, answer.body, headers)
}

/// An id as the next Request Origin of the same App Space might have it.
fn colleague_of(backend: &Backend) -> String {
    let guid = &backend.origin.guid;
    let last = if guid.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &guid[..guid.len() - 1])
}

async fn fail_ten_times(backend: &Backend) {
    let wrong = backend.clone().with_key("wrong");
    for _ in 0..10 {
        wrong.get(GET_ANN).await.refused(401, "unauthorized");
    }
}

/// Asks for an item that another App Space has and for one that nobody has, and gets the same.
async fn same_404(backend: &Backend, method: Method, path: &str, field: &str, values: [&str; 2]) {
    let mut answers = Vec::new();
    for value in values {
        let answer = if method == Method::GET {
            backend.get(&format!("{path}?{field}={value}")).await
        } else {
            backend.call(method.clone(), path, &json!({ field: value }).to_string(), JSON).await
        };
        assert_eq!(answer.status, 404, "{path} {}", answer.body);
        answers.push(told(answer));
    }
    assert_eq!(answers[0], answers[1], "{path}");
}

/// A second App Space with a Request Origin of its own, else like the demo's.
async fn another_app_space(world: &World) -> Backend {
    let store = &world.bundle.app().store;
    let demo = world.backend().origin;
    let like: RequestOriginId = demo.guid.parse().unwrap();
    let now = world.clock.now();
    let app_space = store.get::<AppSpace>(keys::app_space(like.tenant()), now).await.unwrap().unwrap().value;
    let origin = store.get::<RequestOrigin>(keys::request_origin(like), now).await.unwrap().unwrap().value;

    let app_space = AppSpace { id: AppSpaceId::new(&SystemRandom), name: "Another Bank".into(), ..app_space };
    let key = BasicKey::generate(&SystemRandom);
    let salted_hash = key.salted_hash(&SystemRandom).to_string();
    let origin = RequestOrigin {
        id: RequestOriginId::new(app_space.id, &SystemRandom),
        app_space: app_space.id,
        credential: Credential::Basic { salted_hash },
        ..origin
    };
    let write = Write::new().insert("app space", &app_space).unwrap();
    store.write(write.insert("request origin", &origin).unwrap()).await.unwrap();
    let demo = DemoOrigin { guid: origin.id.to_string(), key: key.expose().to_owned(), ..demo };
    Backend::new(&world.base_url, &demo, world.clock.clone())
}
