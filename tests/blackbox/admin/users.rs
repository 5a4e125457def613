//! Users: found, seen, suspended, restored, revoked; their devices.

use countersign_domain::answer::Answer as Decision;
use countersign_domain::device::Platform;
use countersign_domain::role::Grant;
use countersign_domain::time::{Clock, Span};
use serde_json::{Value, json};

use super::client::Admin;
use crate::backend::Answer;
use crate::device_calls::refused;
use crate::identity_provider::provider;
use crate::world::World;

async fn company_admin(world: &World) -> Admin {
    world.admin(&[Grant::CompanyAdmin]).await
}

/// A page of the demo's users.
async fn list(world: &World, admin: &Admin, query: &str) -> Value {
    admin.get(&admin.in_space(world.demo_space(), &format!("/users{query}"))).await.ok()
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|user| user["accountId"].as_str().unwrap()).collect()
}

/// The path of the user with this account id.
async fn path_of(world: &World, admin: &Admin, account_id: &str) -> String {
    let page = list(world, admin, &format!("?search={account_id}")).await;
    let guid = page["items"][0]["guid"].as_str().unwrap();
    admin.in_space(world.demo_space(), &format!("/users/{guid}"))
}

async fn change(admin: &Admin, path: &str, status: &str) -> Answer {
    admin.patch(path, json!({ "status": status })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_by_account_id_and_found_by_its_begin() {
    let world = World::new().await;
    let admin = company_admin(&world).await;
    for name in ["Bob", "anna", "Ann", "carol"] {
        world.bind_link(name).await;
    }
    assert_eq!(names(&list(&world, &admin, "").await), ["Ann", "anna", "Bob", "carol"]);
    assert_eq!(names(&list(&world, &admin, "?search=AN").await), ["Ann", "anna"]);
    assert_eq!(names(&list(&world, &admin, "?search=anna").await), ["anna"]);
    assert!(names(&list(&world, &admin, "?search=nn").await).is_empty());
    let other = world.other_company().await;
    let stranger = world.admin_of(other.0, &[Grant::CompanyAdmin]).await;
    let theirs = stranger.get(&stranger.in_space(other.1, "/users")).await.ok();
    assert_eq!(theirs, json!({"items": [], "next": null}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_comes_in_pages_that_miss_and_repeat_nobody() {
    let world = World::new().await;
    let admin = company_admin(&world).await;
    for number in 0..7 {
        world.bind_link(&format!("user-{number}")).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = list(&world, &admin, &format!("?limit=3{cursor}")).await;
        seen.extend(names(&page).iter().map(|name| (*name).to_owned()));
        // Somebody new before what was read changes nothing of the rest.
        world.bind_link("a-new-user").await;
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let all: Vec<String> = (0..7).map(|number| format!("user-{number}")).collect();
    assert_eq!(seen, all);
    let path = admin.in_space(world.demo_space(), "/users");
    for (query, field) in [
        ("limit=0", "limit"),
        ("cursor=%25", "cursor"),
        ("state=gone", "state"),
        ("activeWithin=0", "activeWithin"),
    ] {
        let told = admin.get(&format!("{path}?{query}")).await.refused(400, "invalid_field");
        assert_eq!(told.as_deref(), Some(field));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_filtered_by_state_and_by_when_they_last_acted() {
    let world = World::new().await;
    let admin = company_admin(&world).await;
    for name in ["bob", "carol", "dave"] {
        world.bind_link(name).await;
    }
    let ann = world.enrol("ann").await;
    world.answered("ann", &ann).await;
    change(&admin, &path_of(&world, &admin, "bob").await, "suspended").await.ok();
    change(&admin, &path_of(&world, &admin, "carol").await, "revoked").await.ok();
    assert_eq!(names(&list(&world, &admin, "?state=active").await), ["ann", "dave"]);
    assert_eq!(names(&list(&world, &admin, "?state=suspended").await), ["bob"]);
    assert_eq!(names(&list(&world, &admin, "?state=revoked").await), ["carol"]);
    assert_eq!(names(&list(&world, &admin, "?activeWithin=1").await), ["ann"]);
    world.turn(Span::days(3));
    let admin = company_admin(&world).await;
    assert!(names(&list(&world, &admin, "?activeWithin=2").await).is_empty());
    assert_eq!(names(&list(&world, &admin, "?activeWithin=3").await), ["ann"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_of_a_revoked_ones_account_id_stands_beside_them() {
    let world = World::new().await;
    let admin = company_admin(&world).await;
    world.bind_link("ann").await;
    let path = path_of(&world, &admin, "ann").await;
    change(&admin, &path, "revoked").await.ok();
    world.bind_link("ann").await;
    let page = list(&world, &admin, "?search=ann").await;
    let mut states: Vec<&str> =
        page["items"].as_array().unwrap().iter().map(|user| user["status"].as_str().unwrap()).collect();
    states.sort_unstable();
    assert_eq!(states, ["active", "revoked"]);
    change(&admin, &path, "active").await.refused(422, "wrong_state");
    assert_eq!(admin.get(&path).await.ok()["status"], "revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_seen_with_devices_history_and_challenges() {
    let world = World::new().await;
    let admin = company_admin(&world).await;
    let device = world.enrol_with_push("ann", Platform::Android, "token-1").await;
    world.turn(Span::secs(3));
    let asked = world.ask("ann").await;
    world.turn(Span::secs(7));
    let challenge = world.challenge(&device, &asked).await;
    device.answer(&challenge, Decision::Option(1), None).await.unwrap();
    world.pump().await;
    let path = path_of(&world, &admin, "ann").await;
    let ann = admin.get(&path).await.ok();
    let now = world.clock.now().rfc3339();
    assert_eq!((&ann["accountId"], &ann["lastActiveAt"]), (&json!("ann"), &json!(now)));
    let [phone] = &ann["devices"].as_array().unwrap()[..] else { panic!("one device") };
    assert_eq!(phone["guid"], device.identity().device_guid.to_string());
    assert_eq!((&phone["platform"], &phone["push"]), (&json!("android"), &json!("registered")));
    assert!(phone.get("key").is_none() && !ann.to_string().contains("token-1"));
    let [one] = &ann["challenges"].as_array().unwrap()[..] else { panic!("one challenge") };
    assert_eq!((&one["guid"], &one["status"]), (&asked["guid"], &json!("answered")));
    assert_eq!((&one["buttonSelected"], &one["answerSeconds"]), (&json!(1), &json!(7)));
    assert_eq!(
        (&one["title"], &one["content"]),
        (&json!("Pay 120 EUR to ACME?"), &json!("Pay 120 EUR to ACME?"))
    );
    let support = world.admin(&[Grant::UserSupport { app_space: world.demo_space() }]).await;
    let seen = support.get(&path).await.ok();
    assert_eq!(seen["challenges"][0]["content"], Value::Null, "what is asked is not for everybody");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_suspends_restores_and_revokes_and_is_named() {
    let world = World::new().await;
    let admin = company_admin(&world).await;
    let device = world.enrol("ann").await;
    let path = path_of(&world, &admin, "ann").await;
    let suspended = change(&admin, &path, "suspended").await.ok();
    let by = format!("administrator:{}", admin.id);
    assert_eq!((&suspended["status"], &suspended["history"][0]["actor"]), (&json!("suspended"), &json!(by)));
    refused(device.challenges().await, 403, "user_not_active");
    change(&admin, &path, "suspended").await.refused(422, "wrong_state");
    change(&admin, &path, "active").await.ok();
    device.challenges().await.unwrap();
    let revoked = change(&admin, &path, "revoked").await.ok();
    let phone = &revoked["devices"][0];
    assert_eq!((&phone["status"], &phone["revokedBy"]), (&json!("revoked"), &json!("user")));
    refused(device.status().await, 401, "unauthorized");
    let told = change(&admin, &path, "gone").await.refused(400, "invalid_field");
    assert_eq!(told.as_deref(), Some("status"));
}

#[tokio::test(flavor = "multi_thread")]
async fn support_revokes_users_only_where_the_bind_is_simple() {
    let world = World::new().await;
    let (space, admin) = (world.demo_space(), company_admin(&world).await);
    let support = world.admin(&[Grant::UserSupport { app_space: space }]).await;
    let helper = world.admin(&[Grant::AppSpaceAdmin { app_space: space }]).await;
    for name in ["ann", "bob", "carol"] {
        world.bind_link(name).await;
    }
    let ann = path_of(&world, &admin, "ann").await;
    for status in ["suspended", "active"] {
        change(&support, &ann, status).await.refused(403, "forbidden");
    }
    change(&support, &ann, "revoked").await.ok();
    let (bob, carol) = (path_of(&world, &admin, "bob").await, path_of(&world, &admin, "carol").await);
    provider::set(&world, provider::openid_connect(&world)).await;
    change(&support, &bob, "revoked").await.refused(403, "forbidden");
    assert_eq!(admin.get(&bob).await.ok()["status"], "active");
    change(&helper, &bob, "revoked").await.ok();
    change(&admin, &carol, "revoked").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_revoked_alone() {
    let world = World::new().await;
    let admin = company_admin(&world).await;
    let (phone, tablet) = (world.enrol("ann").await, world.enrol("ann").await);
    let support = world.admin(&[Grant::UserSupport { app_space: world.demo_space() }]).await;
    let user = path_of(&world, &admin, "ann").await;
    let path = format!("{user}/devices/{}", phone.identity().device_guid);
    let revoked = support.delete(&path).await.ok();
    assert_eq!((&revoked["status"], &revoked["revokedBy"]), (&json!("revoked"), &json!("administrator")));
    refused(phone.status().await, 401, "unauthorized");
    tablet.status().await.unwrap();
    support.delete(&path).await.refused(422, "wrong_state");
    let bob = world.enrol("bob").await;
    for unknown in ["x".to_owned(), bob.identity().device_guid.to_string()] {
        support.delete(&format!("{user}/devices/{unknown}")).await.refused(404, "not_found");
    }
    bob.status().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_another_app_space_do_not_exist() {
    let world = World::new().await;
    let admin = company_admin(&world).await;
    let device = world.enrol("ann").await;
    let there = world.another_space(admin.company, "Second Bank").await;
    let guid = device.identity().privakey_id;
    let path = admin.in_space(there, &format!("/users/{guid}"));
    admin.get(&path).await.refused(404, "not_found");
    change(&admin, &path, "revoked").await.refused(404, "not_found");
    admin
        .delete(&format!("{path}/devices/{}", device.identity().device_guid))
        .await
        .refused(404, "not_found");
    admin.get(&admin.in_space(there, "/users/x")).await.refused(404, "not_found");
    device.status().await.unwrap();
}
