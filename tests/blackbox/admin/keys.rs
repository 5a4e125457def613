//! Provisioning keys, and the rotation of the stack's keys by an administrator.

use countersign_crypto::cx1;
use countersign_domain::role::Grant;
use countersign_domain::secret::Secret;
use countersign_domain::time::{Clock, Span};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::client::Admin;
use crate::backend::Answer;
use crate::world::World;

/// A call by the holder of `key`.
async fn signed(
    world: &World,
    admin: &Admin,
    key: &str,
    method: Method,
    rest: &str,
    body: Option<Value>,
) -> Answer {
    let path = admin.at(rest);
    let url = format!("{}{path}", world.base_url);
    let text = body.as_ref().map(ToString::to_string).unwrap_or_default();
    let (id, secret) = (admin.company.to_string(), Secret::new(key.to_owned()));
    let header = cx1::sign(&secret, &id, world.clock.now(), method.as_str(), &url, text.as_bytes());
    let caller = world.browser(HeaderMap::new()).with_header("authorization", header.expose());
    caller.send(method, &path, body).await
}

#[tokio::test]
async fn a_provisioning_key_is_shown_once_and_dies_with_the_next_one() {
    let world = World::new().await;
    let boss = world.admin(&[Grant::CompanyAdmin]).await;
    let path = boss.at("/keyManagement");
    let first = boss.post(&path, json!({})).await.ok()["key"].as_str().unwrap().to_owned();
    assert_eq!(first.len(), 43);
    assert_eq!(boss.get(&boss.at("")).await.ok()["hasKey"], true);
    let get = |key: String| {
        let (world, boss) = (&world, &boss);
        async move {
            world.turn(Span::secs(1));
            signed(world, boss, &key, Method::GET, "", None).await.status
        }
    };
    assert_eq!(get(first.clone()).await, 200);
    let second = boss.post(&path, json!({})).await.ok()["key"].as_str().unwrap().to_owned();
    assert_eq!((get(first).await, get(second.clone()).await), (401, 200));
    assert_eq!(boss.delete(&path).await.status, 204);
    assert_eq!(boss.delete(&path).await.status, 204);
    assert_eq!(get(second).await, 401);
    assert_eq!(boss.get(&boss.at("")).await.ok()["hasKey"], false);
}

#[tokio::test]
async fn a_provisioning_key_invites_and_a_signature_does_it_once() {
    let world = World::new().await;
    let boss = world.admin(&[Grant::CompanyAdmin]).await;
    let key = boss.post(&boss.at("/keyManagement"), json!({})).await.ok()["key"].as_str().unwrap().to_owned();
    let body = json!({"name": "Bea", "grants": [{"role": "companyAdmin"}]});
    let invite = || signed(&world, &boss, &key, Method::POST, "/administrators/new", Some(body.clone()));
    invite().await.created();
    let again = invite().await;
    assert_eq!((again.status, &again.body["error"]), (401, &json!("replayed")));
    let list = boss.get(&boss.at("/administrators")).await.ok();
    let beas = list["items"].as_array().unwrap().iter().filter(|item| item["name"] == "Bea");
    assert_eq!(beas.count(), 1);
}

#[tokio::test]
async fn an_administrator_rotates_the_keys() {
    let world = World::new().await;
    let boss = world.admin(&[Grant::CompanyAdmin]).await;
    let path = boss.at("/keys/rotate");
    let before = world.jwks().await;
    assert_eq!(boss.post(&path, json!({"which": "signing"})).await.status, 202);
    let again = boss.post(&path, json!({"which": "signing"})).await;
    assert_eq!((again.status, &again.body["message"]), (422, &json!("The rotation is under way already.")));
    world.bundle.rotate_asked().await.unwrap();
    world.turn(Span::minutes(5));
    assert_ne!(world.jwks().await, before);
    let boss = world.admin(&[Grant::CompanyAdmin]).await;
    // What was sealed before can be opened afterwards.
    let key = boss.post(&boss.at("/keyManagement"), json!({})).await.ok()["key"].as_str().unwrap().to_owned();
    assert_eq!(boss.post(&path, json!({"which": "sealing"})).await.status, 202);
    world.bundle.rotate_asked().await.unwrap();
    world.turn(Span::minutes(6));
    assert_eq!(signed(&world, &boss, &key, Method::GET, "", None).await.status, 200);
    assert_eq!(boss.post(&path, json!({"which": "all"})).await.status, 400);
}

#[tokio::test]
async fn a_sign_in_that_is_under_way_outlives_a_rotation() {
    let world = World::at_localhost().await;
    let mut ann = world.joined(&[Grant::CompanyAdmin]).await;
    let credential = ann.assertion(&Default::default()).await;
    let company = world.company().await;
    let path = format!("/admin/api/companies/{company}/keys/rotate");
    assert_eq!(ann.browser.post(&path, json!({"which": "sealing"})).await.status, 202);
    world.bundle.rotate_asked().await.unwrap();
    world.turn(Span::minutes(4));
    assert_eq!(ann.present(&credential).await.status, 201);
}
