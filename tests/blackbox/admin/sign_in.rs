//! Sessions: how they begin by a passkey, what begins none, how they end.

use countersign_authenticator::webauthn::Tamper;
use countersign_domain::role::Grant;
use countersign_domain::time::Span;
use countersign_lambda::admin::ceremony::CEREMONY_LIFETIME;
use countersign_store::keys;
use serde_json::json;

use crate::world::World;

const ADMIN: &[Grant] = &[Grant::CompanyAdmin];

#[tokio::test]
async fn a_passkey_begins_a_session() {
    let world = World::at_localhost().await;
    let mut ann = world.joined(ADMIN).await.in_another_browser();
    assert_eq!(ann.session().await.status, 401);
    world.turn(Span::minutes(1));
    let answer = ann.sign_in().await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("session="), "{cookie}");
    assert!(cookie.ends_with("; Max-Age=43200; Path=/; Secure; HttpOnly; SameSite=Strict"), "{cookie}");
    let session = answer.created();
    assert_eq!(session["administrator"]["grants"], json!([{"role": "companyAdmin"}]));
    assert_eq!(session["administrator"]["signedInAt"], "2026-11-22T10:01:00.000Z");
    assert_eq!(session["administrator"]["passkeys"][0]["current"], true);
    assert_eq!(session["company"]["name"], "Demo Company");
    assert_eq!(session["endsAt"], "2026-11-22T10:36:00.000Z");
    assert_eq!(ann.session().await.ok(), session);
}

#[tokio::test]
async fn an_answer_is_taken_once_and_in_time() {
    let world = World::at_localhost().await;
    let mut ann = world.joined(ADMIN).await;
    let credential = ann.assertion(&Tamper::default()).await;
    let late = ann.assertion(&Tamper::default()).await;
    assert_eq!(ann.present(&credential).await.status, 201);
    // The counter has moved on; without one the challenge itself must keep it out.
    let answer = ann.present(&credential).await;
    assert_eq!(answer.status, 401);
    world.turn(CEREMONY_LIFETIME);
    assert_eq!(ann.present(&late).await.body["error"], "unauthorized");
}

#[tokio::test]
async fn an_authenticator_without_a_counter_is_not_replayed_either() {
    let world = World::at_localhost().await;
    let mut ann = world.person();
    let link = world.join_link(ADMIN).await;
    ann.follow(&link).await;
    let no_counter = Tamper::default().authenticator_data(|data| data.counter = 0);
    let credential = ann.assertion(&no_counter).await;
    assert_eq!(ann.present(&credential).await.status, 201);
    let answer = ann.present(&credential).await;
    assert_eq!((answer.status, &answer.body["error"]), (401, &json!("replayed")));
}

#[tokio::test]
async fn what_is_wrong_begins_no_session_and_is_not_told() {
    let world = World::at_localhost().await;
    let mut ann = world.joined(ADMIN).await;
    let mut stranger = world.joined(ADMIN).await;
    let handle = stranger.assertion(&Tamper::default()).await["response"]["userHandle"].clone();
    let nobody = "A".repeat(43);
    let wrong = [
        Tamper::default().client_data(|data| data["origin"] = "https://evil.example".into()),
        Tamper::default().client_data(|data| data["type"] = "webauthn.create".into()),
        Tamper::default().client_data(|data| data["challenge"] = "A".repeat(86).into()),
        Tamper::default().client_data(|data| data["challenge"] = "A".repeat(43).into()),
        Tamper::default().authenticator_data(|data| data.rp_id_hash = vec![7; 32]),
        Tamper::default().authenticator_data(|data| data.flags &= !0x04),
        Tamper::default().signature(|signature| signature[8] ^= 1),
        Tamper::default().credential(move |credential| credential["response"]["userHandle"] = handle.clone()),
        Tamper::default()
            .credential(move |credential| credential["response"]["userHandle"] = nobody.clone().into()),
        Tamper::default().credential(|credential| credential["response"]["userHandle"] = json!(null)),
        Tamper::default().credential(|credential| {
            credential["id"] = "AAAA".into();
            credential["rawId"] = "AAAA".into();
        }),
    ];
    for tamper in &wrong {
        let credential = ann.assertion(tamper).await;
        let answer = ann.present(&credential).await;
        assert_eq!((answer.status, &answer.body["error"]), (401, &json!("unauthorized")), "{credential}");
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    let malformed = ann.browser.post("/admin/api/session", json!({"credential": {"type": "x"}})).await;
    assert_eq!((malformed.status, &malformed.body["field"]), (400, &json!("credential.type")));
    assert_eq!(ann.sign_in().await.status, 201);
}

#[tokio::test]
async fn guessing_is_limited() {
    let world = World::at_localhost().await;
    let mut ann = world.joined(ADMIN).await;
    let wrong = Tamper::default().signature(|signature| signature[8] ^= 1);
    for _ in 0..20 {
        let credential = ann.assertion(&wrong).await;
        assert_eq!(ann.present(&credential).await.status, 401);
    }
    let answer = ann.sign_in().await;
    assert_eq!((answer.status, answer.headers["retry-after"].to_str().unwrap()), (429, "300"));
    world.turn(Span::minutes(5));
    assert_eq!(ann.sign_in().await.status, 201);
}

#[tokio::test]
async fn no_other_site_begins_or_ends_a_session() {
    let world = World::at_localhost().await;
    let mut ann = world.joined(ADMIN).await;
    let credential = ann.assertion(&Tamper::default()).await;
    let own = ann.browser.clone();
    for foreign in [
        own.clone().without_header("x-countersign-portal"),
        own.clone().with_header("origin", "https://evil.example"),
    ] {
        for path in ["session", "session/options", "invitation", "invitation/options"] {
            let body = json!({"credential": credential, "token": "x"});
            let answer = foreign.post(&format!("/admin/api/{path}"), body).await;
            assert_eq!((answer.status, &answer.body["error"]), (403, &json!("cross_site")), "{path}");
        }
        assert_eq!(foreign.delete("/admin/api/session").await.status, 403);
    }
    assert_eq!(ann.session().await.status, 200);
}

#[tokio::test]
async fn a_session_is_signed_out_alone_or_with_all_others() {
    let world = World::at_localhost().await;
    let mut ann = world.joined(ADMIN).await;
    let first = ann.browser.clone();
    ann.sign_in().await.created();
    let second = ann.browser.clone();
    ann.sign_in().await.created();
    let gone = second.delete("/admin/api/session").await;
    let cookie = gone.headers["set-cookie"].to_str().unwrap();
    assert_eq!((gone.status, cookie.split(';').next().unwrap()), (204, "session="));
    let path = "/admin/api/session";
    assert_eq!((second.get(path).await.status, first.get(path).await.status), (401, 200));
    assert_eq!(ann.browser.delete("/admin/api/session?everywhere=true").await.status, 204);
    assert_eq!((ann.session().await.status, first.get(path).await.status), (401, 401));
    world.turn(Span::secs(1));
    assert_eq!(ann.sign_in().await.status, 201);
}

#[tokio::test]
async fn a_sign_out_wins_over_the_note_of_activity() {
    let world = World::at_localhost().await;
    let ann = world.joined(ADMIN).await;
    // The request that ends the session is also the one that notes its activity.
    world.turn(Span::minutes(6));
    assert_eq!(ann.browser.delete("/admin/api/session").await.status, 204);
    assert_eq!(ann.session().await.status, 401);
}

#[tokio::test]
async fn a_passkey_that_is_removed_takes_its_sessions_with_it() {
    let world = World::at_localhost().await;
    let mut ann = world.joined(ADMIN).await;
    let by_first = ann.browser.clone();
    let only = ann.session().await.ok()["administrator"]["passkeys"][0]["id"].as_str().unwrap().to_owned();
    let first = format!("/admin/api/passkeys/{only}");
    let answer = by_first.delete(&first).await;
    assert_eq!((answer.status, &answer.body["error"]), (422, &json!("wrong_state")));
    let made = by_first.post("/admin/api/passkeys", json!({})).await.created();
    assert_eq!(made["expiresAt"], "2026-11-22T10:10:00.000Z");
    // On another device: this authenticator has one already, and says so.
    let phone = std::mem::take(&mut ann.authenticator);
    let second = ann.follow(made["link"].as_str().unwrap()).await;
    assert_eq!(second["administrator"]["passkeys"].as_array().unwrap().len(), 2);
    assert_eq!(by_first.get("/admin/api/session").await.status, 200);
    assert_eq!(ann.browser.delete(&first).await.status, 204);
    assert_eq!(ann.browser.delete(&first).await.status, 404);
    assert_eq!(by_first.get("/admin/api/session").await.status, 401);
    assert_eq!(ann.session().await.status, 200);
    ann.authenticator = phone;
    assert_eq!(ann.sign_in().await.status, 401);
}

#[tokio::test]
async fn nothing_secret_is_in_the_table_or_in_debug() {
    let world = World::at_localhost().await;
    let mut ann = world.person();
    let link = world.join_link(ADMIN).await;
    let session = ann.follow(&link).await;
    let cookie = ann.browser.headers["cookie"].to_str().unwrap().to_owned();
    let secret = cookie.rsplit('.').next().unwrap();
    let company = world.company().await;
    let id = session["administrator"]["guid"].as_str().unwrap();
    let administrator = world.administrator(company, id).await;
    let token = super::person::token(&link);
    let hash = token.parse::<countersign_crypto::token::Token>().unwrap().hash().to_string();
    let store = &world.bundle.app().store;
    let now = countersign_domain::time::Clock::now(&*world.clock);
    let invitation = store
        .get::<countersign_domain::invitation::Invitation>(keys::invitation(&hash), now)
        .await
        .unwrap()
        .unwrap();
    let written = serde_json::to_string(&(&administrator.value, &invitation.value)).unwrap();
    for text in [written, format!("{administrator:?} {invitation:?}")] {
        assert!(!text.contains(token) && !text.contains(secret), "{text}");
    }
    assert!(!format!("{invitation:?}").contains(&hash));
}
