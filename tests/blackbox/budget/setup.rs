//! What setting up costs, however much is set up already.

use countersign_domain::role::Grant;
use serde_json::json;

use super::dynamodb_calls;
use crate::admin::client::Admin;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn setting_up_costs_what_is_said_here() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    measure(&world, &admin).await;
    for number in 0..5 {
        world.another_space(admin.company, &format!("Bank {number}")).await;
        let path = admin.in_space(world.demo_space(), "/requestOrigins/new");
        admin.post(&path, json!({"name": "Shop"})).await.created();
    }
    measure(&world, &admin).await;
}

async fn measure(world: &World, admin: &Admin) {
    let (_, key) = world.provisioner().await;
    world.standins().calls().take();
    let cost = |what: &str, expected: &str| assert_eq!(dynamodb_calls(world), expected, "{what}");
    key.post("/admin/api/companies/new", json!({"name": "Child"})).await.created();
    cost("company-create", "BT");
    admin.post(&admin.at("/appSpaces/new"), json!({"name": "Bank"})).await.created();
    cost("app-space-create", "BT");
    let space = admin.in_space(world.demo_space(), "");
    admin.get(&space).await.ok();
    cost("app-space-get", "BQQQ");
    let name = |name: &str| json!({"name": name, "cloud": {"appLink": null}});
    admin.patch(&space, name("Bank")).await.expect(204);
    cost("app-space-update", "BT");
    admin.patch(&space, name("Bank")).await.expect(204);
    cost("app-space-update, of what is so already", "B");
    admin.patch(&space, name("Demo Bank")).await.expect(204);
    world.standins().calls().take();
    admin.put(&format!("{space}/identityProvider"), json!({"idpType": "simple"})).await.expect(204);
    cost("identity-provider-set, of what is so already", "B");
    let provider = json!({
        "idpType": "oauth2", "idpServerName": "Login", "clientId": "a", "clientSecret": null,
        "authorizationUrl": "https://idp.example/a", "accessTokenUrl": "https://idp.example/t",
        "userProfileUrl": "https://idp.example/u", "endUserIdName": "id",
    });
    admin.put(&format!("{space}/identityProvider"), provider).await.expect(204);
    cost("identity-provider-set", "BT");
    admin.put(&format!("{space}/identityProvider"), json!({"idpType": "simple"})).await.expect(204);
    cost("identity-provider-set, to simple", "BT");
    let arn = "arn:aws:sns:eu-west-1:123456789012:app/GCM/bank";
    let former = world.app_space_of(world.demo_space()).await.push.android;
    world.standins().calls().take();
    admin.put(&format!("{space}/push"), json!({"android": {"application": arn}})).await.ok();
    cost("push-set", "BT");
    admin.put(&format!("{space}/push"), json!({"android": {"application": former}})).await.ok();
    cost("push-set", "BT");
    origins(world, admin, &format!("{space}/requestOrigins")).await;
}

async fn origins(world: &World, admin: &Admin, origins: &str) {
    let cost = |what: &str, expected: &str| assert_eq!(dynamodb_calls(world), expected, "{what}");
    let made = admin.post(&format!("{origins}/new"), json!({"name": "Shop"})).await.created();
    cost("request-origin-create", "BT");
    admin.get(origins).await.ok();
    cost("request-origin-list", "BQ");
    let origin = format!("{origins}/{}", made["guid"].as_str().unwrap());
    admin.patch(&origin, json!({"name": "Web shop"})).await.expect(204);
    cost("request-origin-update", "BT");
    let once = admin.clone().with_header("idempotency-key", &origin);
    once.post(&format!("{origin}/keyManagement"), json!({"keyType": "basic"})).await.ok();
    cost("request-origin-key-generate", "BT");
    let entry = json!({"callbackUrl": "shop.example"});
    admin.post(&format!("{origin}/callbacks/new"), entry).await.created();
    cost("callback-create", "BT");
    admin.delete(&format!("{origin}/callbacks?callbackUrl=shop.example")).await.expect(204);
    cost("callback-remove", "BT");
    let key = admin.post(&format!("{origin}/accessKeys/new"), json!({})).await.created();
    cost("access-key-create", "BT");
    admin.delete(&format!("{origin}/accessKeys/{}", key["id"].as_str().unwrap())).await.expect(204);
    cost("access-key-revoke", "BT");
    admin.delete(&format!("{origin}/keyManagement")).await.expect(204);
    cost("request-origin-key-revoke", "BT");
    admin.delete(&origin).await.expect(204);
    cost("request-origin-remove", "BT");
}
