//! What is in the table after all.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;
use countersign_domain::id::UserId;
use countersign_domain::identity_provider::IdentityTokens;
use countersign_domain::time::Clock;
use countersign_local::aws::Aws;
use countersign_store::{Record, keys};

use crate::world::World;

type Item = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;

/// Every item.
async fn items(world: &World) -> Vec<Item> {
    let client = Client::new(&Aws::at(&world.standins().endpoint_url()).await.config);
    let table = &world.bundle.app().settings.table;
    let found = client.scan().table_name(table).consistent_read(true).send().await.unwrap();
    assert!(found.last_evaluated_key.is_none(), "one page holds all of a test");
    found.items.unwrap()
}

/// Keys and versions of all that stays: without logins under way and counts of failures.
pub(crate) async fn kept(world: &World) -> BTreeSet<[String; 4]> {
    let passing = ["login", "failures"];
    let items = items(world).await;
    let text = |item: &Item, name: &str| match &item[name] {
        value if value.is_n() => value.as_n().unwrap().clone(),
        value => value.as_s().unwrap().clone(),
    };
    items
        .iter()
        .map(|item| ["kind", "pk", "sk", "version"].map(|name| text(item, name)))
        .filter(|[kind, ..]| !passing.contains(&kind.as_str()))
        .collect()
}

/// How many logins are under way.
pub(super) async fn logins(world: &World) -> usize {
    count(world, "login").await
}

/// How many items of one kind there are.
pub(super) async fn count(world: &World, kind: &str) -> usize {
    items(world).await.iter().filter(|item| item["kind"].as_s().unwrap() == kind).count()
}

/// All of it, as text.
pub(super) async fn text(world: &World) -> String {
    format!("{:?}", items(world).await)
}

/// What the user's provider gave.
pub(super) async fn tokens(world: &World, user: UserId) -> Option<Record<IdentityTokens>> {
    world.bundle.app().store.get(keys::identity_tokens(user), world.clock.now()).await.unwrap()
}
