//! The lists of an App Space: challenges, those of a user, deliveries, users.

use countersign_domain::id::{ChallengeId, UserId};
use countersign_domain::time::{Clock, Span};
use countersign_store::{Cursor, Page};
use serde_json::{Value, json};

use super::app_space;
use crate::world::World;

fn id(asked: &Value) -> ChallengeId {
    asked["guid"].as_str().unwrap().parse().unwrap()
}

/// All pages of a list, of two items each.
async fn all<T>(page: impl AsyncFn(Option<Cursor>) -> Page<T>) -> Vec<T> {
    let (mut items, mut next) = (Vec::new(), None);
    loop {
        let page = page(next).await;
        assert!(page.items.len() <= 2);
        items.extend(page.items);
        match page.next {
            Some(cursor) => next = Some(cursor.to_string().parse().unwrap()),
            None => return items,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn challenges_and_deliveries_are_listed_newest_first() {
    let world = World::new().await;
    let (ann, _) = (world.enrol("ann").await, world.enrol("bea").await);
    let mut asked = Vec::new();
    for who in ["ann", "bea", "ann", "ann"] {
        asked.push(id(&world.ask(who).await));
        world.turn(Span::secs(1));
    }
    let answered = id(&world.answered("ann", &ann).await);
    asked.push(answered);
    let body = json!({ "claimable": true, "content": "Log in?" });
    world.turn(Span::secs(1));
    let claimable = world.backend().post("/api/request/add", body).await.created();
    world.pump().await;

    let (store, app_space) = (&world.bundle.app().store, app_space(&world));
    let listed = all(async |after| store.challenge_ids(app_space, after.as_ref(), 2).await.unwrap()).await;
    let mut newest: Vec<_> = asked.iter().rev().copied().collect();
    newest.insert(0, id(&claimable));
    assert_eq!(listed, newest);
    let read = store.challenges(&listed, world.clock.now()).await.unwrap();
    assert!(read.iter().map(|record| record.value.id).eq(listed), "in the order of the list");

    let user: UserId = ann.identity().privakey_id.to_string().parse().unwrap();
    let of_ann = async |after: Option<Cursor>| store.challenge_ids_of(user, after.as_ref(), 2).await.unwrap();
    asked.remove(1);
    asked.reverse();
    assert_eq!(all(of_ann).await, asked);
    let countersign_tests::device::link::Link::Claim(link) =
        countersign_tests::device::link::Link::parse(claimable["claimUri"].as_str().unwrap()).unwrap()
    else {
        panic!("{claimable}")
    };
    ann.claim(&link.claim_token).await.unwrap();
    world.pump().await;
    asked.insert(0, id(&claimable));
    assert_eq!(all(of_ann).await, asked, "what a user claims is among what the user was asked");

    let now = world.clock.now();
    let log = all(async |after| store.delivery_log(app_space, after.as_ref(), 2, now).await.unwrap()).await;
    assert!(log.iter().map(|delivery| delivery.value.subject.to_string()).eq([answered.to_string()]));
    let other = world.other_backend().await.origin.guid.parse::<countersign_domain::id::RequestOriginId>();
    assert_ne!(other.unwrap().tenant(), app_space.tenant());
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_by_account_id_as_they_are_now() {
    let world = World::new().await;
    for who in ["Bob", "ann", "anna", "zoe", "Ännchen"] {
        world.bind_link(who).await;
    }
    let (store, app_space) = (&world.bundle.app().store, app_space(&world));
    let users = async |prefix: Option<&str>| {
        all(async |after| store.users_page(app_space, prefix, after.as_ref(), 2).await.unwrap()).await
    };
    let names = async |prefix| {
        let listed = users(prefix).await;
        listed.iter().map(|user| user.account_id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(None).await, ["ann", "anna", "Bob", "zoe", "Ännchen"]);
    assert_eq!(names(Some("AN")).await, ["ann", "anna"]);
    assert_eq!(names(Some("änn")).await, ["Ännchen"]);
    assert!(names(Some("bobby")).await.is_empty());

    let update = json!({ "accountId": "zoe", "newAccountId": "Annabel" });
    world.backend().patch("/api/account/update", update).await.ok();
    world.backend().patch("/api/account/suspend", json!({ "accountId": "ann" })).await.ok();
    world.backend().patch("/api/account/revoke", json!({ "accountId": "Bob" })).await.ok();
    for who in ["bob", "Bob"] {
        // Who differ in case alone are in the order in which they were made.
        world.turn(Span::secs(1));
        world.bind_link(who).await;
    }
    let told: Vec<String> =
        users(None).await.iter().map(|user| format!("{} {}", user.account_id, user.state.name())).collect();
    let expected = [
        "ann suspended",
        "anna active",
        "Annabel active",
        "Bob revoked",
        "bob active",
        "Bob active",
        "Ännchen active",
    ];
    assert_eq!(told, expected);
}
