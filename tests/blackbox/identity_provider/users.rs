//! Who somebody who logs in is, when an account of that name is there already.

use countersign_domain::time::Span;
use countersign_identity::Proposal;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::browser::{Login, Page, log_in};
use super::provider::{oauth2, openid_connect, openid_connect_world, serve, set};
use super::table;
use crate::world::World;

/// Suspends, restores or revokes ann.
pub(super) async fn change(world: &World, how: &str) -> Value {
    world.backend().patch(&format!("/api/account/{how}"), json!({ "accountId": "ann" })).await.ok()
}

/// ann's login is refused with this word, and nothing is stored.
async fn login_fails(world: &World, error: &str) {
    let kept = table::kept(world).await;
    Login::begin(world).await.end_by("ann").await.failed(world, error);
    assert_eq!(table::kept(world).await, kept, "nothing is stored");
    assert_eq!(table::logins(world).await, 0, "the state is used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_of_a_user_whom_a_request_origin_bound_is_not_taken_over() {
    let world = World::new().await;
    let bound = world.enrol("ann").await;
    set(&world, openid_connect(&world)).await;
    login_fails(&world, "account_in_use").await;
    world.answered("ann", &bound).await;
    change(&world, "suspend").await;
    login_fails(&world, "account_in_use").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_of_a_user_of_a_former_provider_is_not_taken_over() {
    let world = openid_connect_world().await;
    log_in(&world, "ann").await;
    set(&world, oauth2(&world)).await;
    login_fails(&world, "account_in_use").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_name_of_a_revoked_user_whom_a_request_origin_bound_is_free() {
    let world = World::new().await;
    let bound = world.enrol("ann").await;
    change(&world, "revoke").await;
    set(&world, openid_connect(&world)).await;
    let ann = log_in(&world, "ann").await;
    assert_ne!(ann.identity().privakey_id, bound.identity().privakey_id);
    world.answered("ann", &ann).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_user_who_logs_in_becomes_a_new_user() {
    let world = openid_connect_world().await;
    let before = log_in(&world, "ann").await;
    change(&world, "revoke").await;
    assert!(table::tokens(&world, before.identity().privakey_id).await.is_none());
    for _ in 0..2 {
        let after = log_in(&world, "ann").await;
        assert_ne!(after.identity().privakey_id, before.identity().privakey_id);
        world.answered("ann", &after).await;
    }
    assert_eq!(table::count(&world, "user").await, 2);
    assert_eq!(before.challenges().await.unwrap_err().refusal().unwrap().status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_who_logs_in_is_refused() {
    let world = openid_connect_world().await;
    let ann = log_in(&world, "ann").await;
    change(&world, "suspend").await;
    assert!(table::tokens(&world, ann.identity().privakey_id).await.is_none());
    login_fails(&world, "user_not_active").await;
    change(&world, "restore").await;
    let again = log_in(&world, "ann").await;
    assert_eq!(again.identity().privakey_id, ann.identity().privakey_id);
    world.answered("ann", &again).await;
    world.answered("ann", &ann).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_suspended_between_login_and_enrolment_gets_no_device() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let link = login.end_by("ann").await.link();
    change(&world, "suspend").await;
    let refused = login.try_enrol(&world, &link, &login.keys).await;
    crate::device_calls::refused(refused, 422, "wrong_state");
    assert_eq!(table::count(&world, "device").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_got_another_account_id_is_still_the_same_user() {
    let world = openid_connect_world().await;
    let ann = log_in(&world, "ann").await;
    let renamed = json!({ "accountId": "ann", "newAccountId": "bob" });
    world.backend().patch("/api/account/update", renamed).await.ok();
    let login = Login::begin(&world).await;
    let link = login.end_by("ann").await.link();
    assert_eq!((&*link.display_name, link.privakey_id), ("bob", ann.identity().privakey_id));
    Login::begin(&world).await.end_by("bob").await.failed(&world, "account_in_use");
    world.turn(Span::minutes(10));
    world.answered("bob", &ann).await;
}

/// What a login comes to whose profile has this as the user's id.
async fn login_as(world: &World, user_id: Value) -> Page {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let user_profile_url = Some(format!("http://{}/", listener.local_addr().unwrap()));
    serve(listener, move |_| (200, json!({ "user_id": user_id }).to_string()));
    set(world, Proposal { user_profile_url, ..oauth2(world) }).await;
    Login::begin(world).await.end_by("ann").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_can_be_no_account_id_is_refused() {
    let world = World::new().await;
    for subject in ["a\nb", "\u{202e}nna", &"a".repeat(256)] {
        login_as(&world, json!(subject)).await.failed(&world, "invalid_token");
    }
    for none in [json!(""), Value::Null, json!({}), json!(["ann"]), json!(true), json!(4.2)] {
        login_as(&world, none).await.failed(&world, "provider_misconfigured");
    }
    for kind in ["user", "account", "identity", "identity_tokens", "enrolment"] {
        assert_eq!(table::count(&world, kind).await, 0, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_may_be_a_number_and_as_long_as_openid_connect_has_them() {
    let world = World::new().await;
    assert_eq!(login_as(&world, json!(42)).await.link().display_name, "42");
    let longest = "ä".repeat(255);
    let link = login_as(&world, json!(longest)).await.link();
    // The link shows its beginning; the account has all of it.
    assert_eq!(link.display_name, "ä".repeat(64));
    let path = format!("/api/account/get?accountId={}", "%C3%A4".repeat(255));
    let account = world.backend().get(&path).await.ok();
    assert_eq!(account["privakeyId"], link.privakey_id.to_string());
}
