//! The app scans an action's code: the bank says what it is, to this connection alone.

use countersign_domain::time::Span;
use countersign_standins::Behaviour;
use countersign_tests::authenticator::{ActionLink, App, Status};

use super::scene::{Scene, key};

fn link(scene: &Scene, action: &str) -> ActionLink {
    let provider = scene.world.bundle.demo.authenticator.provider_id;
    let link = format!(
        "authenticator://saltedge.com/action?api_version=2&action_id={action}&provider_id={provider}"
    );
    ActionLink::parse(&link).unwrap()
}

async fn refused(app: &App, link: &ActionLink) -> String {
    app.scan(link).await.unwrap_err().error_class().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn user_and_action_meet() {
    let (scene, app) = Scene::with_ann().await;
    scene.bank().prepare("login-7", "ann", "Log in?", &scene.soon());
    let scanned = app.scan(&link(&scene, "login-7")).await.unwrap();
    assert_eq!(app.scan(&link(&scene, "login-7")).await.unwrap(), scanned, "again, it is the same");
    assert_eq!(scanned.connection_id.as_deref(), Some(app.connection().id.as_str()));
    let asked = app.get(scanned.authorization_id.as_deref().unwrap()).await.unwrap();
    assert_eq!((asked.title.as_str(), asked.status), ("Log in?", Status::Pending));
    scene.world.pump().await;
    assert!(scene.world.standins().take_published().is_empty(), "who looks at it needs no push");
    app.confirm(&asked).await.unwrap();
    scene.world.pump().await;
    assert_eq!(scene.status(&app, &asked).await, Status::Confirmed);
    assert_eq!(scene.bank().told()[0].path, "actions/login-7/confirm");
    assert_eq!(refused(&app, &link(&scene, "login-7")).await, "ActionExpired");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_does_not_say_is_not_there() {
    let (scene, app) = Scene::with_ann().await;
    assert_eq!(refused(&app, &link(&scene, "none")).await, "ActionNotFound");
    // Somebody else's: the bank does not tell it to this connection.
    scene.bank().prepare("bobs", "bob", "Log in?", &scene.soon());
    assert_eq!(refused(&app, &link(&scene, "bobs")).await, "ActionNotFound");
    // Somebody else was faster.
    let bob = scene.connect_with("bob", key(1)).await;
    bob.scan(&link(&scene, "bobs")).await.unwrap();
    assert_eq!(refused(&app, &link(&scene, "bobs")).await, "ActionNotFound");
    scene.bank().prepare("late", "ann", "Log in?", &scene.soon());
    scene.world.turn(Span::minutes(5));
    assert_eq!(refused(&app, &link(&scene, "late")).await, "ActionExpired");
    for behaviour in [Behaviour::Silent, Behaviour::Answers(500), Behaviour::Answers(200)] {
        scene.bank().behave(behaviour);
        assert_eq!(refused(&app, &link(&scene, "other")).await, "ServiceUnavailable", "{behaviour:?}");
    }
}
