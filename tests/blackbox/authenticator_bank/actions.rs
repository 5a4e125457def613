//! What a bank asks: made, changed, taken back.

use countersign_domain::time::Span;
use countersign_standins::Behaviour;
use countersign_tests::authenticator::Status;
use http::Method;
use serde_json::{Value, json};

use super::scene::{Scene, key, of};

#[tokio::test(flavor = "multi_thread")]
async fn a_push_names_the_authorization_and_nothing_of_what_is_asked() {
    let scene = Scene::new().await;
    let mut installation = countersign_tests::authenticator::Installation::new(scene.clock());
    installation.push_token = Some("ab".repeat(32));
    let pending = installation.connect_with(&scene.link(), key(0)).await.unwrap().login().unwrap();
    scene.bank().let_in(&pending.id, "ann").await.unwrap();
    scene.world.pump().await;
    scene.world.standins().take_published();
    scene.bank().prepare("7", "ann", "Pay 120 EUR", &scene.soon());
    assert_eq!(scene.bank().ask("7", false).await.status, 200);
    scene.world.pump().await;
    let published = scene.world.standins().take_published();
    let payload: Value = serde_json::from_str(published[0].payload.as_deref().unwrap()).unwrap();
    let data = &payload["aps"]["data"];
    assert_eq!(data["connection_id"].to_string(), pending.id);
    assert!(data["authorization_id"].is_u64(), "{payload}");
    assert!(!payload.to_string().contains("120 EUR"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_decision_counts_for_all_connections() {
    let (scene, first) = Scene::with_ann().await;
    let second = scene.connect_with("ann", key(1)).await;
    let asked = scene.asked(&first, "7").await;
    assert_eq!(second.list().await.unwrap()[0].id, asked.id, "both are asked the same");
    first.confirm(&asked).await.unwrap();
    scene.world.pump().await;
    assert_eq!(scene.status(&second, &asked).await, Status::Confirmed);
    assert_eq!(scene.bank().told().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_connection_may_decide_for_itself_until_the_bank_has_enough() {
    let (scene, first) = Scene::with_ann().await;
    let second = scene.connect_with("ann", key(1)).await;
    for (action, behaviour) in [("7", Behaviour::GoesOn), ("8", Behaviour::Closes)] {
        scene.bank().behave(behaviour);
        scene.bank().prepare(action, "ann", "Sign", &scene.soon());
        assert_eq!(scene.bank().ask(action, true).await.status, 200);
        let (one, other) = (pending(&first).await, pending(&second).await);
        assert_ne!(one.id, other.id);
        first.confirm(&one).await.unwrap();
        scene.world.pump().await;
        assert_eq!(scene.status(&first, &one).await, Status::Confirmed);
        let expected = if behaviour == Behaviour::Closes { Status::Closed } else { Status::Pending };
        assert_eq!(scene.status(&second, &other).await, expected, "{behaviour:?}");
        if behaviour == Behaviour::GoesOn {
            second.deny(&other).await.unwrap();
            scene.world.pump().await;
            assert_eq!(scene.status(&second, &other).await, Status::Denied);
        }
    }
}

async fn pending(
    app: &countersign_tests::authenticator::App,
) -> countersign_tests::authenticator::Authorization {
    app.list().await.unwrap().into_iter().find(|one| one.status == Status::Pending).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_leaves_the_list() {
    let (scene, app) = Scene::with_ann().await;
    let asked = scene.asked(&app, "7").await;
    for _ in 0..2 {
        let said = scene.bank().say(Method::PUT, "actions/7/close", &json!({})).await;
        assert_eq!((said.status, &said.body), (200, &json!({ "data": { "action_id": "7" } })));
        assert!(app.list().await.unwrap().is_empty());
        assert_eq!(scene.status(&app, &asked).await, Status::Closed);
    }
    assert!(
        app.confirm(&asked).await.is_err_and(|error| error.error_class() == Some("AuthorizationNotFound"))
    );
    // There is room for as many again as ever.
    for action in ["a", "b", "c", "d", "e"] {
        scene.asked(&app, action).await;
    }
    scene.bank().prepare("f", "ann", "One more", &scene.soon());
    assert_eq!(of(&scene.bank().ask("f", false).await), (429, "TooManyRequests"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_may_be_encrypted_again_and_last_longer() {
    let (scene, app) = Scene::with_ann().await;
    let asked = scene.asked(&app, "7").await;
    let later = (scene.now() + Span::minutes(9)).rfc3339();
    scene.bank().prepare("7", "ann", "Pay more", &later);
    let data = json!({ "expires_at": later, "authorizations": scene.bank().authorizations("7") });
    let call = scene.bank().call(Method::PUT, "actions/7", &data);
    assert_eq!(scene.bank().send(&call).await.status, 200);
    assert_eq!(scene.bank().send(&call).await.status, 200, "the bank did not hear of it");
    let now = app.get(&asked.id).await.unwrap();
    assert_eq!((now.title.as_str(), now.status), ("Pay more", Status::Pending));
    scene.world.turn(Span::minutes(6));
    app.confirm(&now).await.unwrap();
    scene.world.pump().await;
    assert_eq!(scene.status(&app, &now).await, Status::Confirmed);
    let call = scene.bank().call(Method::PUT, "actions/7", &json!({ "expires_at": later }));
    scene.refused(call, 400, "ActionExpired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused() {
    let (scene, _app) = Scene::with_ann().await;
    scene.asked(&_app, "7").await;
    scene.bank().prepare("8", "ann", "Pay", &scene.soon());
    let good = json!({
        "action_id": "8",
        "user_id": "ann",
        "expires_at": scene.soon(),
        "authorizations": scene.bank().authorizations("8"),
    });
    let one = good["authorizations"][0].clone();
    let changed = |member: &str, value: Value| {
        let mut one = one.clone();
        one[member] = value;
        json!([one])
    };
    let at = |span| (scene.now() + span).rfc3339();
    for (member, value, status, class) in [
        ("action_id", json!("7"), 409, "Conflict"),
        ("action_id", json!(".."), 400, "WrongRequestFormat"),
        ("user_id", json!("bob"), 401, "UserNotFound"),
        ("expires_at", json!(at(Span::secs(0))), 400, "WrongRequestFormat"),
        ("expires_at", json!(at(Span::hours(25))), 400, "WrongRequestFormat"),
        ("expires_at", json!("tomorrow"), 400, "WrongRequestFormat"),
        ("authorizations", json!([]), 400, "WrongRequestFormat"),
        ("authorizations", json!([one, one]), 400, "WrongRequestFormat"),
        ("authorizations", changed("connection_id", json!("1")), 401, "ConnectionNotFound"),
        ("authorizations", changed("connection_id", Value::Null), 401, "ConnectionNotFound"),
        ("authorizations", changed("key", json!("<script>")), 400, "WrongRequestFormat"),
        ("authorizations", changed("iv", json!("")), 400, "WrongRequestFormat"),
        ("authorizations", changed("data", json!(7)), 400, "WrongRequestFormat"),
    ] {
        let mut data = good.clone();
        data[member] = value;
        scene.refused(scene.bank().call(Method::POST, "actions", &data), status, class).await;
    }
    for path in ["actions/none", "actions/none/close"] {
        scene.refused(scene.bank().call(Method::PUT, path, &json!({})), 404, "ActionNotFound").await;
    }
    assert_eq!(scene.bank().say(Method::POST, "actions", &good).await.status, 200);
}
