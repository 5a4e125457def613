//! `PUT /api/account/bind`.

use countersign_domain::time::{Clock, Span};
use countersign_tests::device::error::ErrorCode;
use reqwest::Method;
use serde_json::json;

use super::{BIND, account, bind_link, bound, change, enrol_with, refused};
use crate::qr;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_is_created_and_found_at_its_location() {
    let world = World::new().await;
    let body = json!({ "accountId": "ann+1@example.com/ä", "userInfo": "Ann,\nbranch 12" });
    let answer = world.backend().put(BIND, body).await;
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let bound = answer.created();
    let path = location.strip_prefix(&world.base_url).unwrap();
    let account = world.backend().get(path).await.ok();
    assert_eq!(
        account,
        json!({
            "accountId": "ann+1@example.com/ä",
            "privakeyId": bound["privakeyId"],
            "userInfo": "Ann,\nbranch 12",
            "status": "active",
            "createdAt": world.clock.now().rfc3339(),
            "lastActiveAt": null,
            "history": [],
            "devices": [],
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bind_tells_the_app_space_and_how_long_its_token_lives() {
    let world = World::new().await;
    let bound = bound(&world, "ann").await;
    let demo = &world.bundle.demo.app_space;
    assert_eq!(bound["appSpaceGuid"], demo.guid);
    assert_eq!(bound["appSpaceName"], demo.name);
    let expiration = world.clock.now() + Span::minutes(10);
    assert_eq!(bound["sessionTokenExpiration"], expiration.rfc3339());
    world.turn(Span::millis(10 * 60_000 - 1));
    enrol_with(&world, &bound).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_unknown() {
    let world = World::new().await;
    let bound = bound(&world, "ann").await;
    world.turn(Span::minutes(10));
    refused(enrol_with(&world, &bound).await, 404, &ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_account_is_bound_again_with_another_token() {
    let world = World::new().await;
    let first = bound(&world, "ann").await;
    let again = world.backend().put(BIND, json!({ "accountId": "ann", "userInfo": "late" })).await;
    assert!(!again.headers.contains_key("location"));
    let again = again.ok();
    assert_eq!(again["privakeyId"], first["privakeyId"]);
    assert_ne!(again["sessionToken"], first["sessionToken"]);
    for bound in [&first, &again] {
        enrol_with(&world, bound).await.unwrap();
        refused(enrol_with(&world, bound).await, 404, &ErrorCode::NotFound);
    }
    let account = account(&world, "ann").await.ok();
    assert_eq!(account["devices"].as_array().unwrap().len(), 2);
    assert!(account["userInfo"].is_null(), "the info is kept when the user is made");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_request_origins_of_an_app_space_bind_the_same_user() {
    let world = World::new().await;
    let first = bound(&world, "ann").await;
    let again = world.hmac_backend().put(BIND, json!({ "accountId": "ann" })).await.ok();
    assert_eq!(again["privakeyId"], first["privakeyId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_binds_too() {
    let world = World::new().await;
    let form = "accountId=ann%40example.com&userInfo=Ann+%26+Bob";
    world.backend().form(Method::PUT, BIND, form).await.created();
    assert_eq!(account(&world, "ann%40example.com").await.ok()["userInfo"], "Ann & Bob");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bind_link_says_all_that_the_app_needs() {
    let world = World::new().await;
    let bound = bound(&world, "Ann & Bob=1#ä").await;
    let link = bind_link(&bound);
    assert_eq!(link.app_protocol, "demobank");
    assert_eq!(link.session_token.expose(), bound["sessionToken"].as_str().unwrap());
    assert_eq!(link.app_space_guid.to_string(), bound["appSpaceGuid"].as_str().unwrap());
    assert_eq!(link.app_space_name, "Demo Bank");
    assert_eq!(link.privakey_id.to_string(), bound["privakeyId"].as_str().unwrap());
    assert_eq!(link.display_name, "Ann & Bob=1#ä");
    let uri = bound["bindUri"].as_str().unwrap();
    let begin = format!("demobank://st={}&appSpaceGuid=", link.session_token.expose());
    let end = format!("&serviceUrl=http%3A%2F%2F127.0.0.1%3A{}", world.bundle.address().port());
    assert!(uri.starts_with(&begin) && uri.ends_with(&end), "{uri}");
    assert!(uri.contains("&appSpaceName=Demo%20Bank&"), "{uri}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_qr_code_is_the_bind_link_however_long_the_names() {
    let world = World::new().await;
    world.change_app_space(|app_space| app_space.name = "\u{1f511}".repeat(100)).await;
    for account_id in ["ann".to_owned(), "ä".repeat(300), "\u{1f511}".repeat(300)] {
        let bound = bound(&world, &account_id).await;
        assert_eq!(qr::read(bound["qrCode"].as_str().unwrap()), bound["bindUri"].as_str().unwrap());
        let shown = bind_link(&bound).display_name;
        assert!(
            account_id.starts_with(&shown) && shown.chars().count() == account_id.chars().count().min(64)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_bind_names_the_field_and_makes_no_user() {
    let world = World::new().await;
    let long = "x".repeat(301);
    for (body, field) in [
        (json!({}), "accountId"),
        (json!({ "accountId": null }), "accountId"),
        (json!({ "accountId": 7 }), "accountId"),
        (json!({ "accountId": "" }), "accountId"),
        (json!({ "accountId": "hu\u{7}sh" }), "accountId"),
        (json!({ "accountId": long }), "accountId"),
        (json!({ "accountId": "ann", "userInfo": {} }), "userInfo"),
        (json!({ "accountId": "ann", "userInfo": "" }), "userInfo"),
        (json!({ "accountId": "ann", "userInfo": "x".repeat(2049) }), "userInfo"),
    ] {
        let told = world.backend().put(BIND, body.clone()).await.refused(400, "invalid_field");
        assert_eq!(told.as_deref(), Some(field), "{body}");
    }
    account(&world, "ann").await.refused(404, "not_found");
    let limits = json!({ "accountId": "x".repeat(300), "userInfo": "x".repeat(2048) });
    world.backend().put(BIND, limits).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_is_not_bound() {
    let world = World::new().await;
    let before = bound(&world, "ann").await;
    change(&world, "suspend", "ann").await.ok();
    world.backend().put(BIND, json!({ "accountId": "ann" })).await.refused(422, "wrong_state");
    refused(enrol_with(&world, &before).await, 422, &ErrorCode::WrongState);
    change(&world, "restore", "ann").await.ok();
    enrol_with(&world, &before).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_revocation_a_bind_makes_another_user() {
    let world = World::new().await;
    let (former, old) = (world.enrol("ann").await, bound_again(&world).await);
    change(&world, "revoke", "ann").await.ok();
    refused(enrol_with(&world, &old).await, 422, &ErrorCode::WrongState);
    let new = bound(&world, "ann").await;
    assert_ne!(new["privakeyId"], old["privakeyId"]);
    refused(enrol_with(&world, &old).await, 422, &ErrorCode::WrongState);

    let device = enrol_with(&world, &new).await.unwrap();
    let account = account(&world, "ann").await.ok();
    assert_eq!((&account["privakeyId"], &account["status"]), (&new["privakeyId"], &json!("active")));
    let [only] = &account["devices"].as_array().unwrap()[..] else { panic!("one device") };
    assert_eq!(only["guid"], device.identity().device_guid.to_string());
    world.ask("ann").await;
    assert_eq!(device.challenges().await.unwrap().len(), 1);
    refused(former.challenges().await, 401, &ErrorCode::Unauthorized);
}

async fn bound_again(world: &World) -> serde_json::Value {
    world.backend().put(BIND, json!({ "accountId": "ann" })).await.ok()
}
