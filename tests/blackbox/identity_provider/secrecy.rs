//! What nobody may read: not in the table, not in answers, not in logs.

use std::io;
use std::sync::{Arc, Mutex};

use countersign_domain::login::Login as StoredLogin;
use countersign_domain::time::{Clock, Span};
use countersign_lambda::identity::{open_access, open_refresh, open_verifier};
use countersign_standins::{CLIENT_SECRET, Tamper};
use countersign_store::keys;
use countersign_tests::device::Device;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use super::browser::{Login, parameter};
use super::provider::{openid_connect_world, stand_in};
use super::table;
use super::vouching::{answer, ask};
use crate::world::World;

/// Everything that is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// The code verifier of a login under way.
async fn verifier(world: &World, login: &Login) -> String {
    let state: countersign_crypto::token::Token = login.parameter("state").unwrap().parse().unwrap();
    let app = world.bundle.app();
    let key = keys::login(&state.hash().to_string());
    let stored = app.store.get::<StoredLogin>(key, world.clock.now()).await.unwrap().unwrap().value;
    open_verifier(app, &stored).await.unwrap().expose().clone()
}

/// The tokens that are stored of a device's user.
async fn tokens(world: &World, device: &Device) -> [String; 2] {
    let (app, held) =
        (world.bundle.app(), table::tokens(world, device.identity().privakey_id).await.unwrap());
    let access = open_access(app, &held.value).await.unwrap();
    let refresh = open_refresh(app, &held.value).await.unwrap().unwrap();
    [access.expose().clone(), refresh.expose().clone()]
}

#[track_caller]
fn assert_without(what: &str, text: &str, secrets: &[String]) {
    assert!(!text.is_empty());
    for secret in secrets {
        assert!(!text.contains(secret.as_str()), "{what} holds {secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_holds_no_secret_in_plain_text() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let back = login.by("ann").await;
    let mut secrets = vec![CLIENT_SECRET.to_owned(), verifier(&world, &login).await];
    secrets.extend(["state", "code"].map(|name| parameter(&back, name).unwrap()));
    assert_without("the table", &table::text(&world).await, &secrets);
    let link = login.open(&back).await.link();
    secrets.push(link.session_token.expose().clone());
    let ann = login.enrol(&world, &link).await;
    secrets.extend(tokens(&world, &ann).await);
    assert_without("the table", &table::text(&world).await, &secrets);
    world.turn(Span::minutes(10));
    let asked = ask(&world, &ann).await;
    answer(&ann, &asked).await.unwrap();
    world.pump().await;
    let renewed = tokens(&world, &ann).await;
    assert!(renewed.iter().all(|token| !secrets.contains(token)), "both tokens are new");
    secrets.extend(renewed);
    assert_without("the table", &table::text(&world).await, &secrets);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_holds_a_secret() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let verifier = verifier(&world, &login).await;
    let mut answers = login.authorization_url.to_string();
    let page = login.end_by("ann").await;
    answers += &format!("{page:?}");
    let ann = login.enrol(&world, &page.link()).await;
    let mut secrets = vec![CLIENT_SECRET.to_owned(), verifier];
    secrets.extend(tokens(&world, &ann).await);
    world.turn(Span::minutes(10));
    let asked = ask(&world, &ann).await;
    answers +=
        &format!("{:?} {asked:?} {:?}", ann.status().await.unwrap(), answer(&ann, &asked).await.unwrap());
    secrets.extend(tokens(&world, &ann).await);
    for path in ["/api/account/get?accountId=ann", "/api/device/getAll?accountId=ann"] {
        answers += &world.backend().get(path).await.ok().to_string();
    }
    answers += &world.request(&asked.guid.to_string().into()).await.to_string();
    world.pump().await;
    answers += &world.receiver.got().pop().unwrap().text;
    assert_without("an answer", &answers, &secrets);
    stand_in(&world).tamper(Some(Tamper::OtherNonce));
    let failed = format!("{:?}", Login::begin(&world).await.end_by("ann").await);
    assert_without("a failed login", &failed, &secrets);
}

#[tokio::test] // on one thread, whose log is kept
async fn no_log_holds_a_secret() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
    let _kept = subscriber.with_writer(log.clone()).finish().set_default();
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let back = login.by("ann").await;
    let mut secrets = vec![CLIENT_SECRET.to_owned(), verifier(&world, &login).await];
    secrets.push(parameter(&back, "code").unwrap());
    let link = login.open(&back).await.link();
    secrets.push(link.session_token.expose().clone());
    let ann = login.enrol(&world, &link).await;
    secrets.extend(tokens(&world, &ann).await);
    world.turn(Span::minutes(10));
    let asked = ask(&world, &ann).await;
    answer(&ann, &asked).await.unwrap();
    secrets.extend(tokens(&world, &ann).await);
    stand_in(&world).answer_with(Some(401));
    let asked = ask(&world, &ann).await;
    answer(&ann, &asked).await.unwrap_err();
    stand_in(&world).answer_with(None);
    stand_in(&world).revoke_grants_of("ann");
    answer(&ann, &asked).await.unwrap_err();
    world.backend().get("/api/account/get?accountId=ann").await.ok();
    stand_in(&world).tamper(Some(Tamper::OtherNonce));
    let failed = Login::begin(&world).await;
    secrets.push(verifier(&world, &failed).await);
    failed.end_by("bob").await.failed(&world, "invalid_token");

    let ours: String = log.text().lines().filter(|line| line.contains("countersign_")).collect();
    assert!(ours.contains("no longer vouches"), "something is logged: {ours}");
    assert_without("the log", &ours, &secrets);
}
