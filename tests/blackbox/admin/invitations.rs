//! Links: whom they let in, once, and what ends them.

use countersign_authenticator::webauthn::Tamper;
use countersign_domain::invitation::{ADD_PASSKEY_LIFETIME, INVITATION_LIFETIME};
use countersign_domain::role::Grant;
use countersign_domain::time::Span;
use serde_json::{Value, json};

use super::client::Admin;
use super::person::Person;
use crate::backend::Answer;
use crate::world::World;

const ADMIN: &[Grant] = &[Grant::CompanyAdmin];

/// Of a new administrator, by an invitation of `by`.
async fn invited(by: &Admin, path: &str, name: &str) -> Value {
    by.post(path, json!({"name": name, "grants": [{"role": "companyAdmin"}]})).await.created()
}

/// The paths of the demo's company, for a person.
async fn administrators(world: &World) -> String {
    format!("/admin/api/companies/{}/administrators", world.company().await)
}

fn is_unknown(answer: &Answer) {
    assert_eq!((answer.status, &answer.body["message"]), (404, &json!("There is no such invitation.")));
}

#[tokio::test]
async fn a_link_makes_a_passkey_and_a_session_once() {
    let world = World::at_localhost().await;
    let boss = world.joined(ADMIN).await;
    let path = format!("{}/new", administrators(&world).await);
    let made = invited(&boss.browser, &path, "Bea").await;
    let link = made["link"].as_str().unwrap();
    assert!(link.starts_with(&format!("{}/web/portal#invitation=", world.base_url)), "{link}");
    assert_eq!(made["expiresAt"], "2026-11-23T10:00:00.000Z");
    let mut bea = world.person();
    let opened = bea.open(link).await.ok();
    assert_eq!((&opened["purpose"], &opened["administrator"]["name"]), (&json!("join"), &json!("Bea")));
    assert_eq!(opened["company"]["name"], "Demo Company");
    assert_eq!(opened["publicKey"]["rp"]["id"], "localhost");
    let selection = &opened["publicKey"]["authenticatorSelection"];
    assert_eq!(
        (&selection["residentKey"], &selection["userVerification"]),
        (&json!("required"), &json!("required"))
    );
    let session = bea.follow(link).await;
    assert_eq!(session["administrator"]["guid"], made["guid"]);
    assert_eq!(session["administrator"]["passkeys"][0]["name"], "Laptop");
    assert_eq!(bea.session().await.ok(), session);
    is_unknown(&bea.open(link).await);
    let again = bea.authenticator.create(&opened["publicKey"], &world.base_url).unwrap();
    is_unknown(&bea.accept(link, &again).await);
    bea = bea.in_another_browser();
    // The newest passkey of this authenticator is the one that was refused.
    assert_eq!(bea.sign_in().await.status, 401);
}

#[tokio::test]
async fn a_link_lasts_a_day_and_no_other_text_is_one() {
    let world = World::at_localhost().await;
    let mut ann = world.person();
    let link = world.join_link(ADMIN).await;
    let credential = ann.passkey(&link, &Tamper::default()).await;
    world.turn(INVITATION_LIFETIME);
    is_unknown(&ann.open(&link).await);
    is_unknown(&ann.accept(&link, &credential).await);
    for token in ["", "x", &"A".repeat(43), "A.B"] {
        is_unknown(&ann.open(&format!("/web/portal#invitation={token}")).await);
    }
}

#[tokio::test]
async fn a_passkey_that_is_wrong_leaves_the_link_alone() {
    let world = World::at_localhost().await;
    let mut ann = world.person();
    let (link, other) = (world.join_link(ADMIN).await, world.join_link(ADMIN).await);
    for tamper in [
        Tamper::default().client_data(|data| data["origin"] = "https://evil.example".into()),
        Tamper::default().client_data(|data| data["type"] = "webauthn.get".into()),
        Tamper::default().authenticator_data(|data| data.rp_id_hash = vec![7; 32]),
        Tamper::default().authenticator_data(|data| data.flags &= !0x04),
    ] {
        let credential = ann.passkey(&link, &tamper).await;
        let answer = ann.accept(&link, &credential).await;
        assert_eq!((answer.status, &answer.body["field"]), (400, &json!("credential")), "{credential}");
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    // Of the other link's ceremony.
    let credential = ann.passkey(&other, &Tamper::default()).await;
    assert_eq!(ann.accept(&link, &credential).await.status, 400);
    ann.follow(&link).await;
}

#[tokio::test]
async fn guessing_links_is_limited() {
    let world = World::at_localhost().await;
    let ann = world.person();
    let link = world.join_link(ADMIN).await;
    let wrong = format!("/web/portal#invitation={}", "A".repeat(43));
    for _ in 0..20 {
        is_unknown(&ann.open(&wrong).await);
    }
    assert_eq!(ann.open(&link).await.status, 429);
    world.turn(Span::minutes(5));
    assert_eq!(ann.open(&link).await.status, 200);
}

#[tokio::test]
async fn a_recovery_ends_former_passkeys_sessions_and_links() {
    let world = World::at_localhost().await;
    let boss = world.joined(ADMIN).await;
    let mut ann = world.joined(ADMIN).await;
    let id = ann.session().await.ok()["administrator"]["guid"].as_str().unwrap().to_owned();
    let lost = std::mem::take(&mut ann.authenticator);
    let old_browser = ann.browser.clone();
    let add = old_browser.post("/admin/api/passkeys", json!({})).await.created();
    let recovery = format!("{}/{id}/recovery", administrators(&world).await);
    let first = boss.browser.post(&recovery, json!({})).await.created();
    let second = boss.browser.post(&recovery, json!({})).await.created();
    // Nothing is over before the link is followed.
    assert_eq!(old_browser.get("/admin/api/session").await.status, 200);
    world.turn(Span::secs(1));
    let opened = ann.open(second["link"].as_str().unwrap()).await.ok();
    assert_eq!(opened["purpose"], "recover");
    ann = ann.in_another_browser();
    let session = ann.follow(second["link"].as_str().unwrap()).await;
    assert_eq!(session["administrator"]["passkeys"].as_array().unwrap().len(), 1);
    assert_eq!(old_browser.get("/admin/api/session").await.status, 401);
    for link in [&first, &add] {
        is_unknown(&ann.open(link["link"].as_str().unwrap()).await);
    }
    let mut thief = Person { world: &world, authenticator: lost, browser: world.person().browser };
    assert_eq!(thief.sign_in().await.status, 401);
    assert_eq!(ann.sign_in().await.status, 201);
}

#[tokio::test]
async fn a_removed_administrators_link_is_worth_nothing() {
    let world = World::at_localhost().await;
    let boss = world.joined(ADMIN).await;
    let path = administrators(&world).await;
    let made = invited(&boss.browser, &format!("{path}/new"), "Bea").await;
    let mut bea = world.person();
    let credential = bea.passkey(made["link"].as_str().unwrap(), &Tamper::default()).await;
    let at = format!("{path}/{}", made["guid"].as_str().unwrap());
    let recovery = boss.browser.post(&format!("{at}/recovery"), json!({})).await.created();
    assert_eq!(boss.browser.delete(&at).await.status, 204);
    is_unknown(&bea.accept(made["link"].as_str().unwrap(), &credential).await);
    is_unknown(&bea.open(recovery["link"].as_str().unwrap()).await);
    assert_eq!(boss.browser.post(&format!("{at}/recovery"), json!({})).await.status, 404);
}

#[tokio::test]
async fn a_link_for_a_passkey_lasts_ten_minutes_and_leaves_the_others() {
    let world = World::at_localhost().await;
    let mut ann = world.joined(ADMIN).await;
    let browser = ann.browser.clone();
    let link =
        browser.post("/admin/api/passkeys", json!({})).await.created()["link"].as_str().unwrap().to_owned();
    let opened = ann.open(&link).await.ok();
    assert_eq!(opened["purpose"], "addPasskey");
    // The authenticator that has one makes no second one.
    assert!(ann.authenticator.create(&opened["publicKey"], &world.base_url).is_err());
    let first = std::mem::take(&mut ann.authenticator);
    ann.follow(&link).await;
    assert_eq!(ann.sign_in().await.status, 201);
    ann.authenticator = first;
    assert_eq!(ann.sign_in().await.status, 201);
    let late =
        browser.post("/admin/api/passkeys", json!({})).await.created()["link"].as_str().unwrap().to_owned();
    world.turn(ADD_PASSKEY_LIFETIME);
    is_unknown(&ann.open(&late).await);
}

#[tokio::test]
async fn signing_out_everywhere_ends_links() {
    let world = World::at_localhost().await;
    let mut ann = world.joined(ADMIN).await;
    let link = ann.browser.post("/admin/api/passkeys", json!({})).await.created()["link"].clone();
    assert_eq!(ann.browser.delete("/admin/api/session?everywhere=true").await.status, 204);
    world.turn(Span::secs(1));
    is_unknown(&ann.open(link.as_str().unwrap()).await);
    assert_eq!(ann.sign_in().await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_follow_a_link_at_once_one_gets_in() {
    let world = World::at_localhost().await;
    let link = world.join_link(ADMIN).await;
    let (mut ann, mut eve) = (world.person(), world.person());
    let anns = ann.passkey(&link, &Tamper::default()).await;
    let eves = eve.passkey(&link, &Tamper::default()).await;
    let (one, other) = tokio::join!(ann.accept(&link, &anns), eve.accept(&link, &eves));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 404]);
}
