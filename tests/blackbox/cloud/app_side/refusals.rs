//! Answers that do not hold: each is told by its status code, and changes nothing.

use std::sync::{Arc, Mutex};

use countersign_authenticator::uaf::{Authenticator, Tamper};
use countersign_domain::time::Span;
use countersign_tests::uaf::UafApp;
use countersign_tests::uaf::call::{AUTHENTICATION, AUTHENTICATION_REQUEST, Asked, Authority, REGISTRATION};
use countersign_tests::uaf::error::UafError;
use serde_json::{Value, json};

use super::scene::{Scene, link, refused, yes};

/// Answers a request badly.
async fn answer(app: &mut UafApp, path: &str, asked: &Asked, tamper: &Tamper) -> Result<(), UafError> {
    let answered = app.answer(asked, tamper).await.unwrap();
    app.send_response(path, &answered.uaf_response.unwrap(), None).await.map(drop)
}

fn one_byte_more(bytes: &mut Vec<u8>) {
    bytes.push(0);
}

const OURS: &str = "AAAA";

async fn scene() -> Scene {
    let scene = Scene::new().await;
    scene.change_settings(|settings| settings.server_end_points = vec![OURS.into()]).await;
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn registrations() {
    let scene = scene().await;
    let cases: Vec<(&str, Tamper, u16)> = vec![
        ("unknown model", Tamper::default().key_data(|data| data.aaid = "CE5A#FFFF".into()), 1480),
        (
            "another certificate",
            Tamper::default().params(|params| params.channel_binding = json!({ "serverEndPoint": "BBBB" })),
            1490,
        ),
        (
            "another challenge",
            Tamper::default().params(|params| params.challenge = "AAAAAAAAAAAAAAAAAAAAAA".into()),
            1491,
        ),
        ("an older version", Tamper::default().key_data(|data| data.version = 0), 1492),
        ("no point of the curve", Tamper::default().key_data(|data| data.public_key[64] ^= 1), 1494),
        ("another algorithm", Tamper::default().key_data(|data| data.algorithm = 2), 1495),
        ("another key encoding", Tamper::default().key_data(|data| data.key_encoding = 0x101), 1495),
        ("a wrong attestation", Tamper::default().signature(|signature| signature[0] ^= 1), 1496),
        (
            "another facet",
            Tamper::default().params(|params| params.facet_id = "https://evil.example".into()),
            1498,
        ),
        (
            "another application",
            Tamper::default().params(|params| params.app_id = "https://evil.example".into()),
            1498,
        ),
        ("a short key id", Tamper::default().key_data(|data| data.key_id.truncate(31)), 1498),
        ("a torn assertion", Tamper::default().assertion(|bytes| bytes.truncate(50)), 1498),
        ("a byte too many", Tamper::default().assertion(one_byte_more), 1498),
        ("another hash", Tamper::default().key_data(|data| data.final_challenge_hash[0] ^= 1), 1498),
        ("no array", Tamper::default().response(|message| *message = json!({})), 1498),
        (
            "another version",
            Tamper::default().response(|message| message[0]["header"]["upv"]["minor"] = json!(7)),
            1400,
        ),
        (
            "server data of nobody",
            Tamper::default().response(|message| message[0]["header"]["serverData"] = json!("AAAA.AAAA")),
            1400,
        ),
        (
            "another operation",
            Tamper::default().response(|message| message[0]["header"]["op"] = json!("Auth")),
            1400,
        ),
    ];
    let mut app = scene.app();
    let enrolled = scene.enroll("ann").await;
    let asked = app.redeem(&link(&enrolled["enrollment"])).await.unwrap();
    let before = scene.table().await;
    for (what, tamper, status) in &cases {
        app.wallet_mut().authenticators = vec![Authenticator::new()];
        assert_eq!(refused(answer(&mut app, REGISTRATION, &asked, tamper).await), *status, "{what}");
        assert_eq!(scene.table().await, before, "{what}");
    }
    // After all that, the right answer is still good: once.
    app.wallet_mut().authenticators = vec![Authenticator::new()];
    let right = app.answer(&asked, &Tamper::default()).await.unwrap().uaf_response.unwrap();
    app.send_response(REGISTRATION, &right, None).await.unwrap();
    let after = scene.table().await;
    assert_eq!(refused(app.send_response(REGISTRATION, &right, None).await), 1491, "a replay");
    assert_eq!(scene.table().await, after);
    assert_eq!(scene.user("ann").await["authenticators"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_registered_once_by_whomever() {
    let scene = scene().await;
    let mut app = scene.app();
    let made = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&made);
    let noting = Tamper::default().key_data(move |data| note.lock().unwrap().clone_from(&data.key_id));
    let enrolled = scene.enroll("ann").await;
    let asked = app.redeem(&link(&enrolled["enrollment"])).await.unwrap();
    answer(&mut app, REGISTRATION, &asked, &noting).await.unwrap();
    for username in ["ann", "bob"] {
        let mut app = scene.app();
        let enrolled = scene.enroll(username).await;
        let asked = app.redeem(&link(&enrolled["enrollment"])).await.unwrap();
        let (before, made) = (scene.table().await, Arc::clone(&made));
        let again = Tamper::default().key_data(move |data| data.key_id.clone_from(&made.lock().unwrap()));
        assert_eq!(refused(answer(&mut app, REGISTRATION, &asked, &again).await), 1494, "{username}");
        assert_eq!(scene.table().await, before);
    }
}

/// What makes an answer to an authentication wrong, whoever began it.
fn bad_answers() -> Vec<(&'static str, Tamper, u16)> {
    vec![
        ("unknown model", Tamper::default().signed_data(|data| data.aaid = "CE5A#FFFF".into()), 1480),
        ("unknown key", Tamper::default().signed_data(|data| data.key_id = vec![7; 32]), 1481),
        (
            "another certificate",
            Tamper::default().params(|params| params.channel_binding = json!({ "serverEndPoint": "BBBB" })),
            1490,
        ),
        (
            "another challenge",
            Tamper::default().params(|params| params.challenge = "AAAAAAAAAAAAAAAAAAAAAA".into()),
            1491,
        ),
        ("a counter that went back", Tamper::default().signed_data(|data| data.sign_counter = 0), 1492),
        ("another algorithm", Tamper::default().signed_data(|data| data.algorithm = 9), 1495),
        (
            "another facet",
            Tamper::default().params(|params| params.facet_id = "https://evil.example".into()),
            1498,
        ),
        ("a wrong signature", Tamper::default().signature(|signature| signature[63] ^= 1), 1498),
        ("a short nonce", Tamper::default().signed_data(|data| data.nonce.truncate(7)), 1498),
        ("a torn assertion", Tamper::default().assertion(|bytes| bytes.truncate(bytes.len() - 1)), 1498),
        ("no assertion", Tamper::default().response(|message| message[0]["assertions"] = json!([])), 1498),
        ("another text", Tamper::default().signed_data(|data| data.confirm(b"Pay 1 EUR to ACME?")), 1498),
        (
            "server data of nobody",
            Tamper::default().response(|message| message[0]["header"]["serverData"] = json!("AAAA")),
            1400,
        ),
        (
            "another operation",
            Tamper::default().response(|message| message[0]["header"]["op"] = json!("Reg")),
            1400,
        ),
    ]
}

/// Answers `asked` in every bad way, then well, then well again.
async fn try_all(scene: &Scene, app: &mut UafApp, asked: &Asked, more: Vec<(&str, Tamper, u16)>) {
    let before = scene.table().await;
    for (what, tamper, status) in bad_answers().iter().chain(&more) {
        assert_eq!(refused(answer(app, AUTHENTICATION, asked, tamper).await), *status, "{what}");
        assert_eq!(scene.table().await, before, "{what}");
    }
    let right = app.answer(asked, &Tamper::default()).await.unwrap().uaf_response.unwrap();
    app.send_response(AUTHENTICATION, &right, None).await.unwrap();
    let after = scene.table().await;
    assert_eq!(refused(app.send_response(AUTHENTICATION, &right, None).await), 1491, "a replay");
    assert_eq!(scene.table().await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_an_approval() {
    let scene = scene().await;
    let mut app = scene.registered("ann").await;
    scene.approve(&mut app, &scene.ask_by_link("ann", "").await).await.unwrap();
    let approval = scene.ask_by_link("ann", "Pay 120 EUR to ACME?").await;
    let asked = app.redeem(&link(&approval)).await.unwrap();
    let nothing = Tamper::default().signed_data(|data| (data.mode, data.transaction_hash) = (1, Vec::new()));
    try_all(&scene, &mut app, &asked, vec![("nothing was confirmed", nothing, 1498)]).await;
    assert_eq!(scene.status_word(&approval).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_whoever_scans() {
    let scene = scene().await;
    let mut app = scene.registered("ann").await;
    scene.approve(&mut app, &scene.ask_by_link("ann", "").await).await.unwrap();
    let approval = scene.ask(json!({ "channel": "app" })).await;
    let asked = app.redeem(&link(&approval)).await.unwrap();
    try_all(&scene, &mut app, &asked, Vec::new()).await;
    assert_eq!(scene.status_word(&approval).await, "succeeded");
}

async fn begun(app: &UafApp, username: &str) -> Asked {
    let context = json!({ "username": username });
    app.request(AUTHENTICATION_REQUEST, Authority::Nobody, &context).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_an_authentication_that_the_app_began() {
    let scene = scene().await;
    let mut app = scene.registered("ann").await;
    app.login("ann", None).await.unwrap();
    let asked = begun(&app, "ann").await;
    try_all(&scene, &mut app, &asked, Vec::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_user_is_no_answer() {
    let scene = scene().await;
    let (mut ann, mut bob) = (scene.registered("ann").await, scene.registered("bob").await);
    let before_login = begun(&ann, "ann").await;
    let as_bob = Asked { username: None, ..before_login };
    let before = scene.table().await;
    assert_eq!(refused(answer(&mut bob, AUTHENTICATION, &as_bob, &Tamper::default()).await), 1481);
    assert_eq!(scene.table().await, before);

    // An approval names the keys that may answer, so that the client is told that it is for his.
    let approval = scene.ask_by_link("ann", "").await;
    let asked = ann.redeem(&link(&approval)).await.unwrap();
    let of_bob = bob.account().unwrap().key.clone();
    let mut message: Value = serde_json::from_str(&asked.uaf_request).unwrap();
    message[0]["policy"] = json!({ "accepted": [[{ "aaid": [of_bob.aaid], "keyIDs": [of_bob.key_id] }]] });
    let for_bob = Asked { uaf_request: message.to_string(), username: None, ..asked.clone() };
    let before = scene.table().await;
    assert_eq!(refused(answer(&mut bob, AUTHENTICATION, &for_bob, &Tamper::default()).await), 1481);
    assert_eq!(scene.table().await, before);
    ann.finish_authentication(&asked, &yes).await.unwrap();
    assert_eq!(scene.status(&approval).await["username"], "ann");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_authenticator_that_was_asked_may_answer() {
    let scene = scene().await;
    let mut first = scene.registered("ann").await;
    let mut second = scene.registered("ann").await;
    let (asks, last) = (first.account().unwrap().device.clone(), second.account().unwrap().key.clone());
    let body = json!({ "username": "ann", "channel": "app", "authenticatorId": asks });
    let approval = scene.ask(body).await;
    let asked = first.redeem(&link(&approval)).await.unwrap();
    let mut message: Value = serde_json::from_str(&asked.uaf_request).unwrap();
    let own = first.account().unwrap().key.clone();
    assert_eq!(
        message[0]["policy"],
        json!({ "accepted": [[{ "aaid": [own.aaid], "keyIDs": [own.key_id] }]] })
    );
    message[0]["policy"] = json!({ "accepted": [[{ "aaid": [last.aaid], "keyIDs": [last.key_id] }]] });
    let for_second = Asked { uaf_request: message.to_string(), ..asked.clone() };
    let before = scene.table().await;
    assert_eq!(refused(answer(&mut second, AUTHENTICATION, &for_second, &Tamper::default()).await), 1492);
    assert_eq!(scene.table().await, before);
    first.finish_authentication(&asked, &yes).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_cannot_be_answered() {
    let scene = scene().await;
    let mut app = scene.registered("ann").await;
    let enrolled = scene.enroll("bob").await;
    let mut late = scene.app();
    let registration = late.redeem(&link(&enrolled["enrollment"])).await.unwrap();
    let approval = scene.ask_by_link("ann", "").await;
    let asked = app.redeem(&link(&approval)).await.unwrap();
    let login = begun(&app, "ann").await;
    scene.world.turn(Span::minutes(2));
    assert_eq!(refused(app.finish_authentication(&login, &yes).await), 1491);
    scene.world.turn(Span::minutes(3));
    assert_eq!(refused(app.finish_authentication(&asked, &yes).await), 1491);
    assert_eq!(scene.status_word(&approval).await, "failed");
    scene.world.turn(Span::minutes(5));
    assert_eq!(refused(late.finish_registration(&registration).await), 1491);
    assert_eq!(scene.status_word(&enrolled["enrollment"]).await, "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_is_forbidden_everything_but_to_leave() {
    let scene = scene().await;
    let mut app = scene.reachable("ann", &Default::default()).await;
    let approval = scene.ask_by_link("ann", "").await;
    let asked = app.redeem(&link(&approval)).await.unwrap();
    let enrolled = scene.enroll("ann").await;
    let mut other = scene.app();
    let registration = other.redeem(&link(&enrolled["enrollment"])).await.unwrap();
    let login = begun(&app, "ann").await;
    scene.world.backend().patch("/api/account/suspend", json!({ "accountId": "ann" })).await.ok();
    let before = scene.table().await;
    assert_eq!(refused(app.finish_authentication(&asked, &yes).await), 1403);
    assert_eq!(refused(app.finish_authentication(&login, &yes).await), 1403);
    assert_eq!(refused(other.finish_registration(&registration).await), 1403);
    assert_eq!(refused(app.pending().await), 1403);
    assert_eq!(scene.table().await, before);
    app.deregister().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_has_at_most_so_many_authenticators() {
    let scene = scene().await;
    scene.world.change_app_space(|app_space| app_space.policy.devices_max = 1).await;
    let (first, second) = (scene.enroll("ann").await, scene.enroll("ann").await);
    scene.app().register(&link(&first["enrollment"])).await.unwrap();
    let mut app = scene.app();
    let asked = app.redeem(&link(&second["enrollment"])).await.unwrap();
    let before = scene.table().await;
    assert_eq!(refused(app.finish_registration(&asked).await), 1403);
    assert_eq!(scene.table().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_none_are_bad_requests() {
    let scene = scene().await;
    let app = scene.app();
    let post = |path: &'static str, body: Value| {
        let (backend, body) = (scene.backend.clone(), body.to_string());
        async move {
            let media = Some("application/fido+uaf;charset=UTF-8");
            let answer = backend.send(reqwest::Method::POST, path, &body, media, None).await;
            (answer.status, answer.body["statusCode"].as_u64().unwrap())
        }
    };
    for path in [REGISTRATION, AUTHENTICATION] {
        for body in [json!({}), json!({ "uafResponse": 1 }), json!({ "uafResponse": ["[]"] })] {
            assert_eq!(post(path, body.clone()).await, (400, 1400), "{path} {body}");
        }
        for message in ["", "{}", "[]", "[1]", "null"] {
            assert_eq!(post(path, json!({ "uafResponse": message })).await, (200, 1498), "{path} {message}");
        }
        assert_eq!(post(path, json!([])).await, (200, 1498), "bare");
    }
    let description = json!({ "uafResponse": "[]", "context": { "platform": "windows" } });
    assert_eq!(post(REGISTRATION, description).await, (400, 1400));
    for body in [json!({ "op": "Reg" }), json!({ "context": {} }), json!({ "context": { "username": "" } })] {
        assert_eq!(post(AUTHENTICATION_REQUEST, body.clone()).await, (400, 1400), "{body}");
    }
    assert_eq!(post("/_app/uaf/1.1/request/registration/", json!({})).await, (401, 1401));
    assert_eq!(post("/_app/uaf/1.1/request/deregistration/", json!({})).await, (401, 1401));
    // A message without anything around it is an answer, too.
    let mut app = app;
    let enrolled = scene.enroll("ann").await;
    let asked = app.redeem(&link(&enrolled["enrollment"])).await.unwrap();
    let message = app.answer(&asked, &Tamper::default()).await.unwrap().uaf_response.unwrap();
    assert_eq!(post(REGISTRATION, serde_json::from_str(&message).unwrap()).await, (200, 1200));
}
