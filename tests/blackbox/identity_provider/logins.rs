//! From an app that has nobody to a device that answers.

use countersign_crypto::receipt;
use countersign_crypto::system::SystemRandom;
use countersign_domain::app_space::AppSpace;
use countersign_domain::id::AppSpaceId;
use countersign_domain::time::{Clock, Span};
use countersign_identity::Proposal;
use countersign_standins::{CLIENT_ID, CLIENT_SECRET};
use countersign_store::{Write, keys};
use countersign_tests::device::link::Link;
use serde_json::{Value, json};

use super::browser::{BIND, Browser, Login, log_in, with};
use super::provider::{oauth2, openid_connect, openid_connect_world, set, set_of, stand_in};
use super::table;
use crate::device_calls::refused;
use crate::world::World;

/// ann logs in, is asked, and answers; the Request Origin hears of it.
async fn ann_answers(world: &World) {
    let ann = log_in(world, "ann").await;
    let asked = world.answered("ann", &ann).await;
    world.pump().await;
    let [webhook] = &world.receiver.got()[..] else { panic!("one webhook") };
    assert_eq!(
        (&webhook.body["event"], &webhook.body["guid"]),
        (&json!("challenge.answered"), &asked["guid"])
    );
    let receipt = webhook.body["evidence"]["receipt"].as_str().unwrap();
    let receipt = receipt::verify(&world.jwks().await.to_string(), receipt).unwrap();
    assert_eq!(receipt.device, ann.identity().device_guid.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn ann_logs_in_by_openid_connect_and_answers() {
    ann_answers(&openid_connect_world().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ann_logs_in_by_oauth2_in_the_shape_of_login_with_amazon_and_answers() {
    let world = World::new().await;
    set(&world, oauth2(&world)).await;
    ann_answers(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ann_logs_in_by_oauth2_without_a_verify_url_and_answers() {
    let world = World::new().await;
    set(&world, Proposal { verify_token_url: None, ..oauth2(&world) }).await;
    ann_answers(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_web_device_gets_its_user_back_at_its_page() {
    let world = openid_connect_world().await;
    let page = format!("{}/web/device#", world.base_url);
    let login = Login::begin_with(&world, json!({ "webDevice": true })).await;
    let back = login.end_by("ann").await;
    let said = back.location().strip_prefix(&page).unwrap_or_else(|| panic!("{}", back.location()));
    let Ok(Link::Bind(link)) = Link::parse(&format!("demobank://{said}")) else { panic!("{said}") };
    login.enrol(&world, &link).await.status().await.unwrap();

    let declined = Login::begin_with(&world, json!({ "webDevice": true })).await;
    let back = declined.open(&with(&declined.authorization_url, "deny", Some("yes"))).await;
    let back = declined.open(&back.location().parse().unwrap()).await;
    assert!(back.location().starts_with(&format!("{page}error=access_denied&")), "{}", back.location());
    let app = Login::begin_with(&world, json!({ "webDevice": false })).await.end_by("ann").await;
    assert!(app.location().starts_with("demobank://st="), "{}", app.location());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_openid_connect_login_asks_for_a_code_with_pkce_state_nonce_and_offline_access() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let url = login.authorization_url.as_str();
    assert!(url.starts_with(&format!("{}/authorize?", stand_in(&world).url())), "{url}");
    let redirect = format!("{}/api/idp/oidc/verify", world.base_url);
    let expected = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", &redirect),
        ("code_challenge_method", "S256"),
        ("scope", "openid offline_access"),
        ("prompt", "consent"),
    ];
    for (name, value) in expected {
        assert_eq!(login.parameter(name).as_deref(), Some(value), "{name}");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert!(login.parameter(name).unwrap().len() >= 43, "{name} is long enough");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oauth2_login_asks_for_the_scopes_that_are_set_and_has_a_redirect_uri_of_its_own() {
    let world = World::new().await;
    set(&world, oauth2(&world)).await;
    let login = Login::begin(&world).await;
    assert_eq!(login.parameter("scope").as_deref(), Some("profile profile:user_id"));
    assert_eq!(login.parameter("redirect_uri"), Some(format!("{}/api/idp/oauth2/verify", world.base_url)));
    assert_eq!((login.parameter("nonce"), login.parameter("prompt")), (None, None));
    assert_eq!(login.parameter("code_challenge_method").as_deref(), Some("S256"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_two_logins_share_a_state_nonce_or_challenge() {
    let world = openid_connect_world().await;
    let (one, other) = (Login::begin(&world).await, Login::begin(&world).await);
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(one.parameter(name), other.parameter(name), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_begin_says_where_to_go_and_until_when() {
    let world = openid_connect_world().await;
    let body = json!({
        "appSpaceGuid": world.bundle.demo.app_space.guid,
        "authKeyThumbprint": "A".repeat(43),
        "appProtocol": "DemoBank",
    });
    let begun = Browser::new().post(&format!("{}{BIND}", world.base_url), &body).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    assert_eq!(begun.json()["authorizationUrl"], begun.location());
    assert_eq!(begun.json()["expiresAt"], (world.clock.now() + Span::minutes(10)).rfc3339());
    assert_eq!(begun.headers["cache-control"], "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_to_the_app_is_told_to_nobody_else() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let page = login.end_by("ann").await;
    assert_eq!((page.status, &*page.text), (302, ""));
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert_eq!(page.headers["cache-control"], "no-store");
    let link = page.link();
    assert_eq!(link.app_protocol, "demobank");
    assert_eq!((&*link.app_space_name, &*link.display_name), ("Demo Bank", "ann"));
    assert_eq!(link.app_space_guid.to_string(), world.bundle.demo.app_space.guid);
    assert_eq!(link.service_url, world.base_url.parse().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_is_called_as_the_provider_calls_the_user() {
    let world = openid_connect_world().await;
    let who = "amzn1.account.ÄB C&D=+/?#%";
    let login = Login::begin(&world).await;
    let link = login.end_by(who).await.link();
    assert_eq!(link.display_name, who);
    let device = login.enrol(&world, &link).await;
    assert_eq!(device.status().await.unwrap().account_id, who);
    let asked = world.answered(who, &device).await;
    assert_eq!(world.request(&asked["guid"]).await["status"], "answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_person_on_a_second_device_is_the_same_user() {
    let world = openid_connect_world().await;
    let first = log_in(&world, "ann").await;
    world.turn(Span::hours(1));
    let second = log_in(&world, "ann").await;
    assert_eq!(first.identity().privakey_id, second.identity().privakey_id);
    assert_ne!(first.identity().device_guid, second.identity().device_guid);
    world.answered("ann", &first).await;
    world.answered("ann", &second).await;
    assert_eq!(stand_in(&world).renewals(), 0, "the tokens of the latest login are the user's");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_are_two_users() {
    let world = openid_connect_world().await;
    let (ann, bob) = (log_in(&world, "ann").await, log_in(&world, "bob").await);
    assert_ne!(ann.identity().privakey_id, bob.identity().privakey_id);
    world.ask("ann").await;
    assert!(bob.challenges().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_in_two_app_spaces_is_two_users() {
    let world = openid_connect_world().await;
    let here = log_in(&world, "ann").await;
    let other = other_app_space(&world).await;
    let login = Login::begin_in(&world, &other.to_string()).await;
    let link = login.end_by("ann").await.link();
    assert_eq!((link.app_space_guid, &*link.app_space_name), (other, "Other Bank"));
    let there = login.enrol(&world, &link).await;
    assert_ne!(here.identity().privakey_id, there.identity().privakey_id);
    world.answered("ann", &here).await;
    assert!(there.challenges().await.unwrap().is_empty());
}

/// An App Space "Other Bank" with the same provider.
async fn other_app_space(world: &World) -> AppSpaceId {
    let (store, demo) = (&world.bundle.app().store, super::provider::app_space(world));
    let demo =
        store.get::<AppSpace>(keys::app_space(demo.tenant()), world.clock.now()).await.unwrap().unwrap();
    let id = AppSpaceId::new(&SystemRandom);
    let other = AppSpace { id, name: "Other Bank".into(), identity_provider: None, ..demo.value };
    store.write(Write::new().insert("app space", &other).unwrap()).await.unwrap();
    set_of(world, id, openid_connect(world), CLIENT_SECRET).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_and_its_enrolment_take_as_long_as_the_app_space_allows() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    world.turn(Span::millis(599_999));
    let link = login.end_by("ann").await.link();
    world.turn(Span::millis(599_999));
    login.enrol(&world, &link).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_enrolment_works_once() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let link = login.end_by("ann").await.link();
    let device = login.try_enrol(&world, &link, &login.keys).await.unwrap();
    refused(login.try_enrol(&world, &link, &login.keys).await, 404, "not_found");
    assert_eq!(table::count(&world, "device").await, 1, "{device:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_changes_its_key_between_two_logins_is_followed() {
    let world = openid_connect_world().await;
    log_in(&world, "ann").await;
    for who in ["bob", "cyd", "dan"] {
        world.turn(Span::secs(30));
        stand_in(&world).rotate_key();
        log_in(&world, who).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_begun_at_one_process_ends_at_another() {
    let world = openid_connect_world().await;
    let other = world.another_process().await;
    let login = Login::begin(&world).await;
    let back = login.by("ann").await;
    let mut elsewhere = back.clone();
    elsewhere.set_port(Some(other.address().port())).unwrap();
    login.open(&elsewhere).await.link();
    login.open(&back).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_says_of_a_refusal_reaches_the_app() {
    let world = openid_connect_world().await;
    let login = Login::begin(&world).await;
    let denied = with(&login.authorization_url, "deny", Some("yes"));
    let back = login.open(&denied).await.location().parse().unwrap();
    let failure = login.open(&back).await.failure(&world);
    assert_eq!(failure, ("access_denied".into(), "the identity provider refused the login".into()));
    let login = Login::begin(&world).await;
    let back = with(&with(&login.by("ann").await, "code", None), "error", Some("temporarily_unavailable"));
    let back = with(&back, "error_description", Some("Try later"));
    let failure = login.open(&back).await.failure(&world);
    assert_eq!(failure, ("temporarily_unavailable".into(), "Try later".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_space_with_a_provider_is_not_bound_by_its_request_origins() {
    let world = openid_connect_world().await;
    let kept = table::kept(&world).await;
    world.backend().put("/api/account/bind", json!({ "accountId": "ann" })).await.refused(422, "wrong_state");
    assert_eq!(table::kept(&world).await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_bound_before_there_was_a_provider_answers_as_before() {
    let world = World::new().await;
    let bob = world.enrol("bob").await;
    set(&world, openid_connect(&world)).await;
    stand_in(&world).hang_up(true);
    world.answered("bob", &bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_cannot_begin_is_named() {
    let world = openid_connect_world().await;
    let (app_space, key) = (&world.bundle.demo.app_space.guid, "A".repeat(43));
    let invalid = [
        ("appSpaceGuid", json!({ "appSpaceGuid": "1", "authKeyThumbprint": key })),
        ("appSpaceGuid", json!({ "authKeyThumbprint": key })),
        ("authKeyThumbprint", json!({ "appSpaceGuid": app_space })),
        ("authKeyThumbprint", json!({ "appSpaceGuid": app_space, "authKeyThumbprint": "A".repeat(42) })),
        ("authKeyThumbprint", json!({ "appSpaceGuid": app_space, "authKeyThumbprint": "+".repeat(43) })),
        ("authKeyThumbprint", json!({ "appSpaceGuid": app_space, "authKeyThumbprint": Value::Null })),
        (
            "appProtocol",
            json!({ "appSpaceGuid": app_space, "authKeyThumbprint": key, "appProtocol": "evil" }),
        ),
        (
            "appProtocol",
            json!({ "appSpaceGuid": app_space, "authKeyThumbprint": key, "appProtocol": "https" }),
        ),
        ("appProtocol", json!({ "appSpaceGuid": app_space, "authKeyThumbprint": key, "appProtocol": "" })),
    ];
    let (browser, url) = (Browser::new(), format!("{}{BIND}", world.base_url));
    for (field, body) in invalid {
        assert_eq!(browser.post(&url, &body).await.refused(400, "invalid_field").unwrap(), field, "{body}");
    }
    let elsewhere = AppSpaceId::new(&SystemRandom).to_string();
    let body = json!({ "appSpaceGuid": elsewhere, "authKeyThumbprint": key });
    browser.post(&url, &body).await.refused(404, "not_found");
    assert_eq!(table::logins(&world).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simple_app_space_has_no_logins() {
    let world = World::new().await;
    let body =
        json!({ "appSpaceGuid": world.bundle.demo.app_space.guid, "authKeyThumbprint": "A".repeat(43) });
    Browser::new().post(&format!("{}{BIND}", world.base_url), &body).await.refused(422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_lets_no_login_begin_that_must_ask_it() {
    let world = openid_connect_world().await;
    let body =
        json!({ "appSpaceGuid": world.bundle.demo.app_space.guid, "authKeyThumbprint": "A".repeat(43) });
    let (browser, url) = (Browser::new(), format!("{}{BIND}", world.base_url));
    stand_in(&world).hang_up(true);
    browser.post(&url, &body).await.refused(503, "provider_unavailable");
    stand_in(&world).hang_up(false);
    stand_in(&world).answer_with(Some(503));
    let page = browser.post(&url, &body).await;
    assert_eq!(page.headers["retry-after"], "5");
    page.refused(503, "provider_unavailable");
    stand_in(&world).answer_with(None);
    assert_eq!(browser.post(&url, &body).await.status, 201);
    assert_eq!(table::logins(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_logins_from_one_address_are_enough_for_five_minutes() {
    let world = openid_connect_world().await;
    let body =
        json!({ "appSpaceGuid": world.bundle.demo.app_space.guid, "authKeyThumbprint": "A".repeat(43) });
    let (browser, url) = (Browser::new(), format!("{}{BIND}", world.base_url));
    for _ in 0..100 {
        assert_eq!(browser.post(&url, &body).await.status, 201);
    }
    world.turn(Span::secs(1));
    let page = browser.post(&url, &body).await;
    assert_eq!(page.headers["retry-after"], "299");
    page.refused(429, "too_many");
    assert_eq!(Browser::at([127, 0, 0, 2]).post(&url, &body).await.status, 201, "others are not held up");
    world.turn(Span::secs(299));
    assert_eq!(browser.post(&url, &body).await.status, 201);
}
