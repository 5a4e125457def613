//! Many at once, processes that die, and a table that fails: no refresh token is used twice, and none is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_domain::identity_provider::IdentityTokens;
use countersign_domain::time::{Clock, Span};
use countersign_identity::Proposal;
use countersign_standins::{Call, Fault, Service};
use countersign_store::Write;
use countersign_tests::device::Device;
use countersign_tests::device::challenges::Challenge;
use countersign_tests::device::keys::{DeviceKeys, KeyPair};
use futures::future::join_all;
use tokio::net::TcpListener;

use super::browser::{Browser, Login, log_in};
use super::provider::{oauth2, openid_connect_world, serve, set, stand_in, world_that_would};
use super::table;
use super::vouching::{answer, ask};
use crate::device_calls::refused;
use crate::world::World;

/// The same device, calling another process.
pub(super) fn at(world: &World, device: &Device, base_url: &str) -> Device {
    let copy = |pair: &KeyPair| KeyPair::from_jwk(pair.to_jwk().unwrap().expose()).unwrap();
    let keys = DeviceKeys { auth: copy(&device.keys().auth), strong: copy(&device.keys().strong) };
    Device::new(world.service_at(base_url), device.identity().clone(), keys)
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_at_once_with_an_expired_token_cause_one_renewal_and_are_all_taken() {
    let world = world_that_would("revoke").await;
    let other = world.another_process().await;
    let ann = log_in(&world, "ann").await;
    let elsewhere = at(&world, &ann, &other.demo.base_url);
    for round in 1..=3 {
        world.turn(Span::minutes(10));
        let (one, two) = (ask(&world, &ann).await, ask(&world, &ann).await);
        let (three, four) = (ask(&world, &ann).await, ask(&world, &ann).await);
        let answers = [(&ann, &one), (&elsewhere, &two), (&ann, &three), (&elsewhere, &four)];
        for taken in join_all(answers.map(|(device, asked)| answer(device, asked))).await {
            taken.unwrap();
        }
        assert_eq!(stand_in(&world).renewals(), round);
    }
}

/// Writes the tokens as a process leaves them that dies while it exchanges the refresh token.
async fn begin_renewal(world: &World, device: &Device) -> IdentityTokens {
    let held = table::tokens(world, device.identity().privakey_id).await.unwrap();
    let begun = held.value.clone().begin_renewal(world.clock.now()).unwrap();
    let write = Write::new().replace("identity tokens", &held, &begun).unwrap();
    world.bundle.app().store.write(write).await.unwrap();
    begun
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_died_in_a_renewal_holds_the_others_only_until_it_is_over() {
    let world = world_that_would("revoke").await;
    let ann = log_in(&world, "ann").await;
    world.turn(Span::minutes(10));
    let asked = ask(&world, &ann).await;
    let begun = begin_renewal(&world, &ann).await;
    refused(answer(&ann, &asked).await, 503, "provider_unavailable");
    assert_eq!(stand_in(&world).renewals(), 0, "the refresh token is not used twice");
    world.turn(begun.renewing_until.unwrap() - world.clock.now());
    answer(&ann, &asked).await.unwrap();
    assert_eq!(stand_in(&world).renewals(), 1);
}

/// ann cannot answer any more, but is no worse off than that: a login helps.
async fn must_log_in(world: &World, ann: &Device, asked: &Challenge) {
    refused(answer(ann, asked).await, 403, "login_required");
    let account = world.backend().get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(account["status"], "active");
    log_in(world, "ann").await;
    answer(ann, asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_was_spent_by_a_process_that_died_is_not_held_against_the_user() {
    let world = world_that_would("revoke").await;
    let ann = log_in(&world, "ann").await;
    let asked = ask(&world, &ann).await;
    begin_renewal(&world, &ann).await;
    stand_in(&world).revoke_grants_of("ann");
    world.turn(Span::secs(30));
    must_log_in(&world, &ann, &asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_could_not_be_stored_at_all_are_not_held_against_the_user() {
    let world = world_that_would("revoke").await;
    let ann = log_in(&world, "ann").await;
    world.turn(Span::minutes(10));
    let asked = ask(&world, &ann).await;
    fail_writes(&world, 1, usize::MAX - 1, Fault::Internal);
    refused(answer(&ann, &asked).await, 503, "unavailable");
    world.standins().set_faults(None);
    assert_eq!(stand_in(&world).renewals(), 1);
    world.turn(Span::secs(30));
    must_log_in(&world, &ann, &asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_renewal_does_not_ask_the_provider_again_and_again() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let verify_token_url = Some(format!("http://{}/", listener.local_addr().unwrap()));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    serve(listener, move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        (400, "{}".into())
    });
    set(&world, Proposal { verify_token_url, ..oauth2(&world) }).await;
    let ann = log_in(&world, "ann").await;
    let question = ask(&world, &ann).await;
    begin_renewal(&world, &ann).await;
    refused(answer(&ann, &question).await, 503, "provider_unavailable");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_under_way_holds_nobody_whose_token_is_good() {
    let world = world_that_would("suspend").await;
    let ann = log_in(&world, "ann").await;
    begin_renewal(&world, &ann).await;
    let asked = ask(&world, &ann).await;
    answer(&ann, &asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_ends_the_renewal_of_a_process_that_died() {
    let world = world_that_would("revoke").await;
    let ann = log_in(&world, "ann").await;
    begin_renewal(&world, &ann).await;
    stand_in(&world).revoke_grants_of("ann");
    log_in(&world, "ann").await;
    let asked = ask(&world, &ann).await;
    answer(&ann, &asked).await.unwrap();
}

/// Lets the writes after the `passing` next ones fail, `failing` times.
fn fail_writes(world: &World, passing: usize, failing: usize, fault: Fault) {
    let came = AtomicUsize::new(0);
    world.standins().set_faults(Some(Arc::new(move |call: &Call| {
        let write = call.service == Service::DynamoDb && call.action == "TransactWriteItems";
        let number = if write { came.fetch_add(1, Ordering::SeqCst) } else { return None };
        (passing..passing + failing).contains(&number).then_some(fault)
    })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_fails_when_rotated_tokens_are_written_does_not_lose_them() {
    let world = world_that_would("revoke").await;
    let ann = log_in(&world, "ann").await;
    let faults =
        [Fault::Throttled, Fault::Internal, Fault::Dropped, Fault::LostAnswer, Fault::TransactionConflict];
    for (round, fault) in (1..).zip(faults) {
        world.turn(Span::minutes(10));
        let asked = ask(&world, &ann).await;
        // The first write says who exchanges the refresh token. The SDK tries each write three times.
        fail_writes(&world, 1, 4, fault);
        answer(&ann, &asked).await.unwrap();
        world.standins().set_faults(None);
        assert_eq!(stand_in(&world).renewals(), round, "{fault:?}");
    }
    // What was stored is what the provider gave last: it can be renewed again.
    world.turn(Span::minutes(10));
    let asked = ask(&world, &ann).await;
    answer(&ann, &asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_fails_before_the_refresh_token_is_used_leaves_it_unused() {
    let world = world_that_would("revoke").await;
    let ann = log_in(&world, "ann").await;
    world.turn(Span::minutes(10));
    let asked = ask(&world, &ann).await;
    fail_writes(&world, 0, usize::MAX, Fault::Internal);
    refused(answer(&ann, &asked).await, 503, "unavailable");
    world.standins().set_faults(None);
    assert_eq!(stand_in(&world).renewals(), 0);
    answer(&ann, &asked).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_at_once_with_a_refused_refresh_token_suspend_once_and_none_is_taken() {
    let world = world_that_would("suspend").await;
    let ann = log_in(&world, "ann").await;
    let (one, two) = (ask(&world, &ann).await, ask(&world, &ann).await);
    stand_in(&world).revoke_grants_of("ann");
    for asked in join_all([&one, &two].map(|asked| answer(&ann, asked))).await {
        let refusal = crate::device_calls::refusal(asked);
        assert_eq!(refusal.status, 403, "{refusal}");
    }
    let account = world.backend().get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(account["status"], "suspended");
    for asked in [&one, &two] {
        assert_eq!(world.request(&asked.guid.to_string().into()).await["status"], "pending");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_way_back_taken_many_times_at_once_makes_one_enrolment() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let back = login.by("ann").await;
    let browsers: Vec<Browser> = (0..10).map(|_| Browser::new()).collect();
    let pages = join_all(browsers.iter().map(|browser| browser.open(back.as_str()))).await;
    assert_eq!(pages.iter().filter(|page| page.status == 302).count(), 1);
    for page in pages.iter().filter(|page| page.status != 302) {
        page.refused(404, "not_found");
    }
    assert_eq!(table::count(&world, "enrolment").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_logins_of_one_person_on_many_devices_at_once_make_one_user() {
    let world = openid_connect_world().await;
    let mut ends = Vec::new();
    for _ in 0..4 {
        let login = Login::begin(&world).await;
        let back = login.by("ann").await;
        ends.push((login, back));
    }
    let pages = join_all(ends.iter().map(|(login, back)| login.open(back))).await;
    let mut devices = Vec::new();
    for ((login, _), page) in ends.into_iter().zip(pages) {
        devices.push(login.enrol(&world, &page.link()).await);
    }
    let first = devices[0].identity().privakey_id;
    assert!(devices.iter().all(|device| device.identity().privakey_id == first));
    assert_eq!((table::count(&world, "user").await, table::count(&world, "identity").await), (1, 1));
    let asked = ask(&world, &devices[3]).await;
    answer(&devices[3], &asked).await.unwrap();
}
