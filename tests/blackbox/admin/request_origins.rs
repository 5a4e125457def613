//! Request Origins: their keys, whitelists and access keys.

use countersign_domain::role::Grant;
use countersign_domain::time::Span;
use serde_json::{Value, json};

use super::client::Admin;
use super::provisioning::made;
use crate::world::World;

/// A fresh Request Origin of the demo's App Space; its path.
async fn fresh(world: &World, admin: &Admin) -> (String, String) {
    let origins = admin.in_space(world.demo_space(), "/requestOrigins");
    let guid = made(admin.post(&format!("{origins}/new"), json!({"name": "Shop"})).await);
    let path = format!("{origins}/{guid}");
    (guid, path)
}

async fn key(admin: &Admin, path: &str, key_type: &str) -> String {
    let made = admin.post(&format!("{path}/keyManagement"), json!({"keyType": key_type})).await.ok();
    made["key"].as_str().unwrap().to_owned()
}

/// What the list says of it.
async fn listed(world: &World, admin: &Admin, guid: &str) -> Option<Value> {
    let list = admin.get(&admin.in_space(world.demo_space(), "/requestOrigins")).await.ok();
    list["items"].as_array().unwrap().iter().find(|item| item["guid"] == guid).cloned()
}

async fn world_with_admin() -> (World, Admin) {
    let world = World::new().await;
    let admin = world.admin(&[Grant::AppSpaceAdmin { app_space: world.demo_space() }]).await;
    (world, admin)
}

#[tokio::test]
async fn a_new_key_kills_the_old_one_and_its_type() {
    let (world, admin) = world_with_admin().await;
    let (guid, path) = fresh(&world, &admin).await;
    assert_eq!(listed(&world, &admin, &guid).await.unwrap()["active"], false);
    let basic = world.caller("basic", &guid, &key(&admin, &path, "basic").await);
    let call = "/api/account/get?accountId=nobody";
    basic.get(call).await.refused(404, "not_found");
    let hmac = world.caller("hmac", &guid, &key(&admin, &path, "hmac").await);
    basic.get(call).await.refused(401, "unauthorized");
    hmac.get(call).await.refused(404, "not_found");
    assert_eq!(listed(&world, &admin, &guid).await.unwrap()["keyType"], "hmac");
    assert_eq!(admin.delete(&format!("{path}/keyManagement")).await.status, 204);
    assert_eq!(admin.delete(&format!("{path}/keyManagement")).await.status, 204, "once more changes nothing");
    hmac.get(call).await.refused(401, "unauthorized");
    let refused = admin.post(&format!("{path}/keyManagement"), json!({"keyType": "oauth"})).await;
    assert_eq!(refused.refused(400, "invalid_field").as_deref(), Some("keyType"));
    let chief = world.admin(&[Grant::CompanyAdmin]).await;
    let acts = world.acts(&chief, &format!("?appSpace={}&subject={guid}", world.demo_space())).await;
    let acts: Vec<(&str, &str)> = acts.iter().map(|[event, _, detail]| (&**event, &**detail)).collect();
    let generated = "request_origin.key_generated";
    assert_eq!(
        acts,
        [
            ("request_origin.key_revoked", ""),
            (generated, "hmac"),
            (generated, "basic"),
            ("request_origin.created", "")
        ]
    );
}

#[tokio::test]
async fn a_key_is_shown_once() {
    let (world, admin) = world_with_admin().await;
    let (guid, path) = fresh(&world, &admin).await;
    let once = admin.clone().with_header("idempotency-key", "k1");
    let first = key(&once, &path, "basic").await;
    let again = once.post(&format!("{path}/keyManagement"), json!({"keyType": "basic"})).await;
    assert_eq!(again.body["message"], "The key is shown already.");
    again.refused(422, "wrong_state");
    let call = "/api/account/get?accountId=nobody";
    world.caller("basic", &guid, &first).get(call).await.refused(404, "not_found");
    let seen = listed(&world, &admin, &guid).await.unwrap().to_string();
    assert!(!seen.contains(&first));
}

#[tokio::test]
async fn webhooks_are_signed_with_the_newest_secret() {
    let (world, admin) = world_with_admin().await;
    let origin = world.backend().origin.guid.clone();
    let path = admin.in_space(world.demo_space(), &format!("/requestOrigins/{origin}"));
    let secret = key(&admin, &path, "webhook").await;
    assert!(secret.starts_with("whsec_"));
    let device = world.enrol("ann").await;
    world.answered("ann", &device).await;
    world.pump().await;
    let webhook = world.receiver.got().pop().unwrap();
    assert_eq!(webhook.verify_v1(&secret, world.now()), Ok(()));
    let former = world.backend().origin.webhook_secret;
    assert!(webhook.verify_v1(&former, world.now()).is_err());
}

#[tokio::test]
async fn a_whitelist_has_each_entry_once() {
    let (world, admin) = world_with_admin().await;
    let (guid, path) = fresh(&world, &admin).await;
    let new = format!("{path}/callbacks/new");
    let entry = json!({"callbackUrl": "Shop.example/api/{*}/callback"});
    assert_eq!(
        admin.post(&new, entry.clone()).await.created()["callbackUrl"],
        "shop.example/api/{*}/callback"
    );
    assert_eq!(admin.post(&new, entry).await.ok()["type"], "result");
    let domain = json!({"callbackUrl": "shop.example", "type": "webauthn"});
    admin.post(&new, domain).await.created();
    for (field, body) in [
        ("callbackUrl", json!({"callbackUrl": "https://shop.example/callback"})),
        ("callbackUrl", json!({"callbackUrl": "{*}/callback"})),
        ("callbackUrl", json!({})),
        ("type", json!({"callbackUrl": "shop.example", "type": "email"})),
    ] {
        let named = admin.post(&new, body).await.refused(400, "invalid_field");
        assert_eq!(named.as_deref(), Some(field));
    }
    let seen = listed(&world, &admin, &guid).await.unwrap()["callbacks"].clone();
    assert_eq!(
        seen,
        json!([
            {"callbackUrl": "shop.example/api/{*}/callback", "type": "result"},
            {"callbackUrl": "shop.example", "type": "webauthn"},
        ])
    );
    let remove = async |query: &str| admin.delete(&format!("{path}/callbacks?{query}")).await;
    remove("callbackUrl=shop.example").await.refused(404, "not_found");
    assert_eq!(remove("callbackUrl=shop.example&type=webauthn").await.status, 204);
    assert_eq!(remove("callbackUrl=SHOP.example%2Fapi%2F%7B*%7D%2Fcallback").await.status, 204);
    assert_eq!(listed(&world, &admin, &guid).await.unwrap()["callbacks"], json!([]));
}

#[tokio::test]
async fn results_go_where_the_whitelist_says_from_then_on() {
    let (world, admin) = world_with_admin().await;
    let (guid, path) = fresh(&world, &admin).await;
    let shop = world.caller("basic", &guid, &key(&admin, &path, "basic").await);
    world.enrol("ann").await;
    let ask = json!({"accountId": "ann", "content": "Pay?", "callback": "https://shop.example/cb"});
    let named = shop.post("/api/request/add", ask.clone()).await.refused(400, "invalid_field");
    assert_eq!(named.as_deref(), Some("callback"));
    let entry = json!({"callbackUrl": "shop.example/cb"});
    admin.post(&format!("{path}/callbacks/new"), entry).await.created();
    shop.post("/api/request/add", ask).await.created();
}

#[tokio::test]
async fn access_keys_come_and_go() {
    let (world, admin) = world_with_admin().await;
    let (guid, path) = fresh(&world, &admin).await;
    let new = format!("{path}/accessKeys/new");
    admin.post(&new, json!({})).await.refused(422, "wrong_state");
    key(&admin, &path, "basic").await;
    let end = (world.now() + Span::hours(1)).rfc3339();
    let first = admin.post(&new, json!({"expiresAt": end})).await;
    let location = first.headers["location"].to_str().unwrap().to_owned();
    let first = first.created();
    assert!(location.ends_with(first["id"].as_str().unwrap()));
    let second = admin.post(&new, json!({})).await.created();
    let by = |made: &Value| world.caller("bearer", &guid, made["accessKey"].as_str().unwrap());
    let call = "/api/account/get?accountId=nobody";
    for made in [&first, &second] {
        by(made).get(call).await.refused(404, "not_found");
    }
    world.turn(Span::hours(1));
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    by(&first).get(call).await.refused(401, "unauthorized");
    let seen = listed(&world, &admin, &guid).await.unwrap()["accessKeys"].clone();
    assert_eq!(seen.as_array().unwrap().iter().map(|key| &key["id"]).collect::<Vec<_>>(), [&second["id"]]);
    let revoke = format!("{path}/accessKeys/{}", second["id"].as_str().unwrap());
    assert_eq!(admin.delete(&revoke).await.status, 204);
    admin.delete(&revoke).await.refused(404, "not_found");
    by(&second).get(call).await.refused(401, "unauthorized");
    let over = admin.post(&new, json!({"expiresAt": "2020-01-01T00:00:00Z"})).await;
    assert_eq!(over.refused(400, "invalid_field").as_deref(), Some("expiresAt"));
    for _ in 0..10 {
        admin.post(&new, json!({})).await.created();
    }
    admin.post(&new, json!({})).await.refused(422, "wrong_state");
}

#[tokio::test]
async fn a_revoked_credential_takes_the_access_keys_along() {
    let (world, admin) = world_with_admin().await;
    let (guid, path) = fresh(&world, &admin).await;
    key(&admin, &path, "basic").await;
    let made = admin.post(&format!("{path}/accessKeys/new"), json!({})).await.created();
    let by = world.caller("bearer", &guid, made["accessKey"].as_str().unwrap());
    assert_eq!(admin.delete(&format!("{path}/keyManagement")).await.status, 204);
    key(&admin, &path, "hmac").await;
    by.get("/api/account/get?accountId=nobody").await.refused(401, "unauthorized");
}

#[tokio::test]
async fn only_what_cannot_call_is_removed_and_then_nothing_is_delivered_for_it() {
    let (world, admin) = world_with_admin().await;
    let (guid, path) = fresh(&world, &admin).await;
    let shop = world.caller("basic", &guid, &key(&admin, &path, "basic").await);
    let receiver = json!({"callbackUrl": format!("{}/{{*}}", world.receiver.authority())});
    admin.post(&format!("{path}/callbacks/new"), receiver).await.created();
    let device = world.enrol("ann").await;
    let ask = json!({"accountId": "ann", "content": "Pay?", "callback": world.receiver.url()});
    let asked = shop.post("/api/request/add", ask).await.created();
    let challenge = world.challenge(&device, &asked).await;
    device.answer(&challenge, countersign_domain::answer::Answer::Option(0), None).await.unwrap();
    admin.delete(&path).await.refused(422, "wrong_state");
    assert_eq!(admin.delete(&format!("{path}/keyManagement")).await.status, 204);
    assert_eq!(admin.delete(&path).await.status, 204);
    admin.delete(&path).await.refused(404, "not_found");
    assert_eq!(listed(&world, &admin, &guid).await, None);
    world.pump().await;
    world.minute().await;
    assert!(world.receiver.got().is_empty());
    let log = admin.get(&admin.in_space(world.demo_space(), "/deliveries")).await.ok();
    let states: Vec<&Value> = log["items"].as_array().unwrap().iter().map(|item| &item["status"]).collect();
    assert_eq!(states, ["gone"]);
}

#[tokio::test]
async fn what_is_of_another_app_space_does_not_exist() {
    let (world, admin) = world_with_admin().await;
    let chief = world.admin(&[Grant::CompanyAdmin]).await;
    let other = world.another_space(chief.company, "Other").await;
    let origins = chief.in_space(other, "/requestOrigins");
    let theirs = made(chief.post(&format!("{origins}/new"), json!({"name": "Theirs"})).await);
    for guid in [theirs.as_str(), "x", "01900000-0000-7000-8000-000000000001"] {
        let path = admin.in_space(world.demo_space(), &format!("/requestOrigins/{guid}"));
        admin.patch(&path, json!({"name": "Mine"})).await.refused(404, "not_found");
        let keys = format!("{path}/keyManagement");
        admin.post(&keys, json!({"keyType": "basic"})).await.refused(404, "not_found");
    }
    let support = world.admin(&[Grant::UserSupport { app_space: world.demo_space() }]).await;
    let list = support.in_space(world.demo_space(), "/requestOrigins");
    support.get(&list).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_list_has_pages_in_the_order_of_making() {
    let (world, admin) = world_with_admin().await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        world.turn(Span::secs(1));
        expected.push(fresh(&world, &admin).await.0);
    }
    let list = admin.in_space(world.demo_space(), "/requestOrigins");
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("{list}?limit=2{cursor}")).await.ok();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|item| item["guid"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[2..], expected);
    let refused = admin.get(&format!("{list}?cursor=x")).await.refused(400, "invalid_field");
    assert_eq!(refused.as_deref(), Some("cursor"));
}
