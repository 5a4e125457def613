//! `POST /api/action/add`.

use countersign_domain::time::Span;
use countersign_tests::authenticator::ActionLink;
use reqwest::Method;
use serde_json::{Value, json};

use super::{ACTION, with_bank};
use crate::qr;
use crate::world::World;

/// Token and `return_to` of the links of an action, which must be the same in both.
fn links(world: &World, added: &Value) -> (String, Option<String>) {
    let parse = |name: &str| ActionLink::parse(added[name].as_str().unwrap()).unwrap();
    let ActionLink::V1 { action_uuid, connect_url, return_to } = parse("actionUriV1") else {
        panic!("{added}")
    };
    assert_eq!(connect_url, world.base_url.parse().unwrap());
    let provider_id = world.bundle.demo.authenticator.provider_id.to_string();
    let v2 = ActionLink::V2 { action_id: action_uuid.clone(), provider_id, return_to: return_to.clone() };
    assert_eq!(parse("actionUriV2"), v2);
    (action_uuid, return_to)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_is_a_claimable_request_with_links() {
    let world = World::new().await;
    let body = json!({
        "content": "Pay 120 EUR to ACME?", "callback": world.receiver.url(), "transactionId": "T-4711",
        "returnTo": "https://shop.example/done?order=1&x=ä",
    });
    let answer = world.backend().post(ACTION, body).await;
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let added = answer.created();
    assert_eq!((&added["status"], &added["accountId"]), (&json!("claimable"), &Value::Null));
    assert_eq!(added["content"], "Pay 120 EUR to ACME?");
    assert_eq!(added["transactionId"], "T-4711");
    let (_, return_to) = links(&world, &added);
    assert_eq!(return_to.as_deref(), Some("https://shop.example/done?order=1&x=ä"));
    for (code, uri) in [("actionQrCodeV1", "actionUriV1"), ("actionQrCodeV2", "actionUriV2")] {
        assert_eq!(qr::read(added[code].as_str().unwrap()), added[uri].as_str().unwrap());
    }
    let found = world.backend().get(location.strip_prefix(&world.base_url).unwrap()).await.ok();
    for (name, value) in found.as_object().unwrap() {
        assert_eq!(added[name], *value, "{name}");
    }
    let named = json!({ "requestGuid": added["guid"] });
    assert_eq!(world.backend().patch("/api/request/cancel", named).await.ok()["status"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_needs_to_be_said() {
    let world = World::new().await;
    let added = world.backend().post(ACTION, json!({})).await.created();
    assert_eq!((links(&world, &added).1, &added["content"]), (None, &Value::Null));
    let form = "confirm=false&content[title]=Log+in%3F&content[keys][0][key]=Where&content[keys][0][value]=Berlin&returnTo=demobank%3A%2F%2Fdone";
    let added = world.backend().form(Method::POST, ACTION, form).await.created();
    assert_eq!(links(&world, &added).1.as_deref(), Some("demobank://done"));
    assert_eq!(added["content"]["title"], "Log in?");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_of_the_device_api_may_claim_it_too() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let added = world.backend().post(ACTION, json!({ "content": "Log in?" })).await.created();
    let (token, _) = links(&world, &added);
    let claimed = device.claim(&countersign_domain::secret::Secret::new(token)).await.unwrap();
    assert_eq!(claimed.guid.to_string(), added["guid"].as_str().unwrap());
    assert_eq!(world.request(&added["guid"]).await["accountId"], "ann");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_action_has_the_same_links() {
    let world = World::new().await;
    let backend = world.backend().with_header("idempotency-key", "k1");
    let first = backend.post(ACTION, json!({ "confirm": false })).await.created();
    world.turn(Span::secs(1));
    assert_eq!(backend.post(ACTION, json!({ "confirm": false })).await.created(), first);
    backend.post(ACTION, json!({ "confirm": true })).await.refused(422, "wrong_state");
    backend.post("/api/request/add", json!({ "confirm": false })).await.refused(400, "invalid_field");
    let other = world.backend().post(ACTION, json!({ "confirm": false })).await.created();
    assert_ne!(links(&world, &other).0, links(&world, &first).0);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lives_as_long_as_it_is_told_to() {
    let world = World::new().await;
    let added = world.backend().post(ACTION, json!({ "duration": "1m" })).await.created();
    world.turn(Span::minutes(1));
    assert_eq!(world.request(&added["guid"]).await["status"], "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_app_must_not_open_is_refused() {
    let world = World::new().await;
    for return_to in [
        "",
        "shop.example",
        "http://shop.example",
        "javascript://shop.example/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://",
        "otherbank://done",
        "https://shop.example/\u{202e}moc",
        &format!("https://shop.example/{}", "x".repeat(512)),
    ] {
        let answer = world.backend().post(ACTION, json!({ "returnTo": return_to })).await;
        assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some("returnTo"), "{return_to}");
    }
    // The longest ones fit into a QR code.
    let longest = format!("https://shop.example/{}", "/".repeat(491));
    let added = world.backend().post(ACTION, json!({ "returnTo": longest })).await.created();
    assert_eq!(links(&world, &added).1.unwrap(), longest);
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_fields_are_named() {
    let world = World::new().await;
    for (name, value) in [
        ("confirm", json!("maybe")),
        ("duration", json!("soon")),
        ("callback", json!("https://elsewhere.example/cb")),
        ("content", json!(7)),
        ("transactionId", json!("x".repeat(256))),
        ("notificationTitle", json!("x".repeat(101))),
    ] {
        let mut body = json!({});
        body[name] = value;
        let field = world.backend().post(ACTION, body).await.refused(400, "invalid_field");
        assert_eq!(field.as_deref(), Some(name));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_none_without_settings_or_where_a_bank_makes_them() {
    let world = World::new().await;
    let other = world.other_backend().await;
    other.post(ACTION, json!({})).await.refused(422, "wrong_state");
    let added = world.backend().post(ACTION, json!({})).await.created();
    let path = format!("/api/request/getRequest?requestGuid={}", added["guid"].as_str().unwrap());
    other.get(&path).await.refused(404, "not_found");
    with_bank(&world).await;
    world.backend().post(ACTION, json!({})).await.refused(422, "wrong_state");
}
