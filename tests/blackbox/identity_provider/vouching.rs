//! Before each answer: whether the provider still vouches for the user, and what happens when it does not.

use countersign_domain::answer::{Answer, DeclineReason};
use countersign_domain::time::{Clock, Span};
use countersign_identity::Proposal;
use countersign_standins::Service;
use countersign_store::Write;
use countersign_tests::device::Device;
use countersign_tests::device::challenges::{Answered, Challenge};
use countersign_tests::device::error::CallError;
use serde_json::Value;

use super::browser::log_in;
use super::provider::{oauth2, openid_connect_world, set, set_behaviour, stand_in, world_that_would};
use super::table;
use super::users::change;
use crate::device_calls::{refusal, refused};
use crate::world::World;

/// A question to the device's user, as the device sees it.
pub(super) async fn ask(world: &World, device: &Device) -> Challenge {
    let account_id = device.status().await.unwrap().account_id;
    let asked = world.ask(&account_id).await;
    world.challenge(device, &asked).await
}

/// The device takes the first button.
pub(super) async fn answer(device: &Device, challenge: &Challenge) -> Result<Answered, CallError> {
    device.answer(challenge, Answer::Option(0), None).await
}

async fn account_status(world: &World) -> Value {
    world.backend().get("/api/account/get?accountId=ann").await.ok()["status"].clone()
}

/// ann's access token expires.
fn expire(world: &World) {
    world.turn(Span::minutes(10));
}

/// In every way that a provider is set: expired tokens are renewed unseen, rotated refresh tokens in a row.
async fn renews(world: &World) {
    let ann = log_in(world, "ann").await;
    for renewed in 0..4 {
        let asked = ask(world, &ann).await;
        answer(&ann, &asked).await.unwrap();
        assert_eq!(stand_in(world).renewals(), renewed);
        let asked = ask(world, &ann).await;
        answer(&ann, &asked).await.unwrap();
        assert_eq!(stand_in(world).renewals(), renewed, "a good token is not renewed");
        expire(world);
    }
    let tokens = table::tokens(world, ann.identity().privakey_id).await.unwrap();
    assert_eq!(tokens.value.renewing_until, None);
    assert_eq!(account_status(world).await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_suspend_an_expired_token_is_renewed() {
    renews(&world_that_would("suspend").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_revoke_an_expired_token_is_renewed() {
    renews(&world_that_would("revoke").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_an_expired_token_is_renewed() {
    renews(&world_that_would("nothing").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_oauth2_an_expired_token_is_renewed() {
    let world = World::new().await;
    set(&world, oauth2(&world)).await;
    renews(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_oauth2_without_a_verify_url_an_expired_token_is_renewed() {
    let world = World::new().await;
    set(&world, Proposal { verify_token_url: None, ..oauth2(&world) }).await;
    renews(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn suspend_is_what_happens_where_nothing_is_set() {
    suspends(&openid_connect_world().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_suspend_a_refused_refresh_token_suspends_the_user() {
    suspends(&world_that_would("suspend").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_oauth2_a_refused_refresh_token_suspends_the_user() {
    let world = World::new().await;
    set(&world, oauth2(&world)).await;
    suspends(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_oauth2_without_a_verify_url_a_refused_refresh_token_suspends_the_user() {
    let world = World::new().await;
    set(&world, Proposal { verify_token_url: None, ..oauth2(&world) }).await;
    suspends(&world).await;
}

/// ann is suspended by an answer, and nothing less than a restore and a login help.
async fn suspends(world: &World) {
    let ann = log_in(world, "ann").await;
    let asked = ask(world, &ann).await;
    stand_in(world).revoke_grants_of("ann");
    refused(answer(&ann, &asked).await, 403, "user_not_active");
    assert_eq!(account_status(world).await, "suspended");
    assert!(table::tokens(world, ann.identity().privakey_id).await.is_none());
    assert_eq!(world.request(&asked.guid.to_string().into()).await["status"], "pending");
    refused(answer(&ann, &asked).await, 403, "user_not_active");

    change(world, "restore").await;
    refused(answer(&ann, &asked).await, 403, "login_required");
    assert_eq!(account_status(world).await, "active");
    let again = log_in(world, "ann").await;
    assert_eq!(again.identity().privakey_id, ann.identity().privakey_id);
    answer(&ann, &asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_revoke_a_refused_refresh_token_revokes_the_user_with_all_devices() {
    let world = world_that_would("revoke").await;
    let (ann, second) = (log_in(&world, "ann").await, log_in(&world, "ann").await);
    let asked = ask(&world, &ann).await;
    stand_in(&world).revoke_grants_of("ann");
    refused(answer(&ann, &asked).await, 403, "user_not_active");
    for device in [&ann, &second] {
        refused(device.status().await, 401, "unauthorized");
        refused(answer(device, &asked).await, 401, "unauthorized");
    }
    let devices = world.backend().get("/api/device/getAll?accountId=ann").await.ok();
    let devices = devices.as_array().unwrap();
    assert!(devices.iter().all(|device| device["status"] != "active"), "{devices:?}");
    assert_eq!(account_status(&world).await, "revoked");
    assert!(table::tokens(&world, ann.identity().privakey_id).await.is_none());

    let next = log_in(&world, "ann").await;
    assert_ne!(next.identity().privakey_id, ann.identity().privakey_id);
    let asked = ask(&world, &next).await;
    answer(&next, &asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_a_refused_refresh_token_changes_nothing_and_holds_up_nobody() {
    let world = world_that_would("nothing").await;
    let ann = log_in(&world, "ann").await;
    stand_in(&world).revoke_grants_of("ann");
    for _ in 0..3 {
        let asked = ask(&world, &ann).await;
        world.standins().calls().take();
        answer(&ann, &asked).await.unwrap();
        let calls = world.standins().calls().count_of(Service::DynamoDb);
        assert!(calls <= 6, "{calls} calls for one answer");
    }
    assert_eq!(account_status(&world).await, "active");
    log_in(&world, "ann").await;
    world.answered("ann", &ann).await;
}

/// A provider that is down refuses nothing: the same answer is taken when it is back.
async fn waits(world: &World) {
    let ann = log_in(world, "ann").await;
    for expired in [false, true] {
        if expired {
            expire(world);
        }
        let asked = ask(world, &ann).await;
        let kept = table::kept(world).await;
        for down in [Some(503), Some(500), Some(429), Some(404), Some(302), Some(200), None] {
            let stand_in = stand_in(world);
            match down {
                Some(status) => stand_in.answer_with(Some(status)),
                None => stand_in.hang_up(true),
            }
            let refusal = refusal(answer(&ann, &asked).await);
            assert_eq!((refusal.status, refusal.code.name()), (503, "provider_unavailable"), "{down:?}");
            assert_eq!(refusal.retry_after, Some(Span::secs(5)));
            stand_in.answer_with(None);
            stand_in.hang_up(false);
        }
        assert_eq!(table::kept(world).await, kept, "nothing changes");
        answer(&ann, &asked).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_suspend_an_answer_waits_for_a_provider_that_is_down() {
    waits(&world_that_would("suspend").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_revoke_an_answer_waits_for_a_provider_that_is_down() {
    waits(&world_that_would("revoke").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_oauth2_an_answer_waits_for_a_provider_that_is_down() {
    let world = World::new().await;
    set(&world, oauth2(&world)).await;
    waits(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_an_answer_does_not_wait_for_a_provider_that_is_down() {
    let world = world_that_would("nothing").await;
    let ann = log_in(&world, "ann").await;
    expire(&world);
    stand_in(&world).hang_up(true);
    world.answered("ann", &ann).await;
    stand_in(&world).hang_up(false);
    stand_in(&world).answer_with(Some(503));
    world.answered("ann", &ann).await;
    assert_eq!(account_status(&world).await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_says_no_to_everything_but_not_in_the_words_of_oauth_refuses_no_token() {
    let world = world_that_would("revoke").await;
    let ann = log_in(&world, "ann").await;
    let asked = ask(&world, &ann).await;
    for status in [400, 401, 403] {
        stand_in(&world).answer_with(Some(status));
        refused(answer(&ann, &asked).await, 503, "provider_unavailable");
        stand_in(&world).answer_with(None);
        answer_is_still_possible(&world, &ann).await;
    }
    answer(&ann, &asked).await.unwrap();
}

async fn answer_is_still_possible(world: &World, device: &Device) {
    let asked = ask(world, device).await;
    answer(device, &asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn when_only_the_token_endpoint_is_down_the_refresh_token_may_be_tried_again_at_once() {
    let world = World::new().await;
    set(&world, oauth2(&world)).await;
    let ann = log_in(&world, "ann").await;
    expire(&world);
    let asked = ask(&world, &ann).await;
    let dead = Proposal { access_token_url: Some("http://127.0.0.1:9/token".into()), ..oauth2(&world) };
    set(&world, dead).await;
    refused(answer(&ann, &asked).await, 503, "provider_unavailable");
    set(&world, oauth2(&world)).await;
    answer(&ann, &asked).await.unwrap();
    assert_eq!(stand_in(&world).renewals(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn declining_is_answering() {
    let world = world_that_would("suspend").await;
    let ann = log_in(&world, "ann").await;
    let decline = Answer::Decline(DeclineReason::Cancelled);
    let asked = ask(&world, &ann).await;
    assert_eq!(ann.answer(&asked, decline, None).await.unwrap().status, "declined");
    let asked = ask(&world, &ann).await;
    stand_in(&world).hang_up(true);
    refused(ann.answer(&asked, decline, None).await, 503, "provider_unavailable");
    stand_in(&world).hang_up(false);
    stand_in(&world).revoke_grants_of("ann");
    refused(ann.answer(&asked, decline, None).await, 403, "user_not_active");
    assert_eq!(account_status(&world).await, "suspended");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_taken_is_told_again_without_asking_the_provider() {
    let world = world_that_would("suspend").await;
    let ann = log_in(&world, "ann").await;
    let asked = ask(&world, &ann).await;
    let claims = asked.claims(Answer::Option(0), None, world.clock.now()).unwrap();
    let jws = ann.sign_answer(asked.key_for(Answer::Option(0)).unwrap(), &claims).unwrap();
    let first = ann.send_answer(asked.guid, &jws).await.unwrap();
    stand_in(&world).revoke_grants_of("ann");
    assert_eq!(ann.send_answer(asked.guid, &jws).await.unwrap(), first);
    assert_eq!(account_status(&world).await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_needs_no_provider() {
    let world = world_that_would("suspend").await;
    let ann = log_in(&world, "ann").await;
    stand_in(&world).hang_up(true);
    let asked = ask(&world, &ann).await;
    assert_eq!(ann.challenge(asked.guid).await.unwrap().guid, asked.guid);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_behaviour_counts_at_once() {
    let world = world_that_would("suspend").await;
    let ann = log_in(&world, "ann").await;
    stand_in(&world).revoke_grants_of("ann");
    let asked = ask(&world, &ann).await;
    set_behaviour(&world, "revoke").await;
    refused(answer(&ann, &asked).await, 403, "user_not_active");
    assert_eq!(account_status(&world).await, "revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_somebody_else_vouches_for_nobody() {
    let world = world_that_would("suspend").await;
    let (ann, bob) = (log_in(&world, "ann").await, log_in(&world, "bob").await);
    let id = ann.identity().privakey_id;
    let mine = table::tokens(&world, id).await.unwrap();
    let mut mixed = mine.value.clone();
    mixed.access = table::tokens(&world, bob.identity().privakey_id).await.unwrap().value.access;
    let write = Write::new().replace("identity tokens", &mine, &mixed).unwrap();
    world.bundle.app().store.write(write).await.unwrap();
    let asked = ask(&world, &ann).await;
    refused(answer(&ann, &asked).await, 500, "internal");
}
