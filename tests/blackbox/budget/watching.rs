//! What administrators' looks at users and at what happened cost, and what they do there.

use countersign_domain::role::Grant;
use serde_json::{Value, json};

use super::dynamodb_calls;
use crate::admin::client::Admin;
use crate::backend::Answer;
use crate::world::World;

/// An operation, and what it calls; see [`super::COSTS`].
const COSTS: [(&str, &str); 11] = [
    ("user-list", "BQB"),
    ("app-space-user-get", "BQQB"),
    ("test-challenge-create", "BT"),
    ("app-space-challenges", "BQB"),
    ("figures-get", "BQ"),
    ("delivery-log", "BQB"),
    ("delivery-resend", "BQT"),
    ("audit-search", "BQ"),
    ("audit-verify", "BQB"),
    ("user-device-revoke", "BBBT"),
    ("user-update", "BQBT"),
];

/// Carries all of them out, with a new user; gives what each called, in the order of [`COSTS`].
async fn costs(world: &World, admin: &Admin, account_id: &str) -> Vec<String> {
    let device = world.enrol(account_id).await;
    let asked = world.answered(account_id, &device).await;
    world.pump().await;
    let path = |rest: &str| admin.in_space(world.demo_space(), rest);
    let user = path(&format!("/users/{}", device.identity().privakey_id));
    let phone = format!("{user}/devices/{}", device.identity().device_guid);
    let audit = |rest: &str| admin.at(&format!("/audit{rest}?appSpace={}", world.demo_space()));
    world.standins().calls().take();
    let mut costs = Vec::new();
    let mut note = |answer: Answer| {
        assert!((200..300).contains(&answer.status), "{} {}", answer.status, answer.body);
        costs.push(dynamodb_calls(world));
    };
    note(admin.get(&path("/users")).await);
    note(admin.get(&user).await);
    note(admin.post(&path("/challenges/new"), json!({ "accountId": account_id })).await);
    note(admin.get(&path("/challenges")).await);
    note(admin.get(&path("/figures?days=90")).await);
    note(admin.get(&path("/deliveries")).await);
    note(admin.post(&path("/deliveries/replay"), json!({ "challenge": asked["guid"] })).await);
    note(admin.get(&audit("")).await);
    note(admin.get(&audit("/chain")).await);
    note(admin.delete(&phone).await);
    note(admin.patch(&user, json!({ "status": "revoked" })).await);
    costs
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_costs_what_the_table_says_and_no_more_when_there_is_more() {
    let world = World::new().await;
    let admin = world.admin(&[Grant::CompanyAdmin]).await;
    let expected = COSTS.map(|(_, calls)| calls.to_owned());
    let operations: Vec<&str> =
        countersign_admin::OPERATIONS.iter().map(|operation| operation.name).collect();
    assert!(COSTS.iter().all(|(name, _)| operations.contains(name)));
    for number in 0..3 {
        assert_eq!(costs(&world, &admin, &format!("user-{number}")).await, expected);
    }
    // A page of a filtered list looks at five pages, whoever is in the list.
    let path = admin.in_space(world.demo_space(), "/users?limit=1&state=suspended");
    for number in 0..8 {
        world.bind_link(&format!("other-{number}")).await;
    }
    world.standins().calls().take();
    let page = admin.get(&path).await.ok();
    assert_eq!((&page["items"], dynamodb_calls(&world).as_str()), (&json!([]), "BQQQQQ"));
    assert!(page["next"] != Value::Null);
}
