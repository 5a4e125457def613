//! What the apps' calls cost: calls of DynamoDB, as in `budget.rs`.

use countersign_authenticator::uaf::Tamper;
use countersign_domain::answer::DeclineReason;
use countersign_tests::uaf::UafApp;
use countersign_tests::uaf::call::{AUTHENTICATION, AUTHENTICATION_REQUEST, Asked, Authority};
use countersign_tests::uaf::target::Push;
use serde_json::json;

use super::scene::{Scene, link};
use crate::budget::dynamodb_calls;

/// Carries out a call and demands that it costs exactly this, in the letters of [`crate::budget`].
async fn costs<T>(scene: &Scene, expected: &str, call: impl Future<Output = T>) -> T {
    scene.world.standins().calls().take();
    let done = call.await;
    assert_eq!(dynamodb_calls(&scene.world), expected);
    done
}

/// The answer to `asked`, not yet sent.
async fn signed(app: &mut UafApp, asked: &Asked) -> String {
    app.answer(asked, &Tamper::default()).await.unwrap().uaf_response.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_costs_a_read_and_a_write() {
    let scene = Scene::new().await;
    let mut app = scene.registered("ann").await;
    let approval = scene.ask_by_link("ann", "Pay?").await;
    let asked = costs(&scene, "BBBQT", app.redeem(&link(&approval))).await.unwrap();
    let answer = signed(&mut app, &asked).await;
    costs(&scene, "BT", app.send_response(AUTHENTICATION, &answer, None)).await.unwrap();
    costs(&scene, "B", app.send_response(AUTHENTICATION, &answer, None)).await.unwrap_err();

    // Where the key says who the user is, the user is read after the key.
    let approval = scene.ask(json!({ "channel": "app" })).await;
    let asked = costs(&scene, "BBBT", app.redeem(&link(&approval))).await.unwrap();
    let answer = signed(&mut app, &asked).await;
    costs(&scene, "BBT", app.send_response(AUTHENTICATION, &answer, None)).await.unwrap();
    let context = json!({ "username": "ann" });
    let asked = app.request(AUTHENTICATION_REQUEST, Authority::Nobody, &context);
    let asked = costs(&scene, "B", asked).await.unwrap();
    let answer = signed(&mut app, &asked).await;
    costs(&scene, "BBT", app.send_response(AUTHENTICATION, &answer, None)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pending_costs_one_call_however_much_there_is() {
    let scene = Scene::new().await;
    let app = scene.reachable("ann", &Push::default()).await;
    for waiting in 0..4 {
        assert_eq!(costs(&scene, "Q", app.pending()).await.unwrap().len(), waiting);
        scene.ask(json!({ "username": "ann" })).await;
    }
    let id = app.pending().await.unwrap().remove(0).transaction_id;
    costs(&scene, "BT", app.decline(&id, DeclineReason::Cancelled)).await.unwrap();
    costs(&scene, "B", app.decline(&id, DeclineReason::Cancelled)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_and_going_cost_what_they_change() {
    let scene = Scene::new().await;
    let mut app = scene.app();
    let enrolled = scene.enroll("ann").await;
    let asked = costs(&scene, "BBQT", app.redeem(&link(&enrolled["enrollment"]))).await.unwrap();
    // The first of them is the client's: it reads the trusted facets.
    let registered = costs(&scene, "BBQBT", app.finish_registration(&asked)).await.unwrap();
    let nowhere = Push::default();
    let target = app.create_target(&registered.device_token.value, &nowhere);
    costs(&scene, "BBT", target).await.unwrap();
    let rename = json!({ "name": "Tablet" });
    costs(&scene, "BBT", app.update_target(&rename)).await.unwrap();
    costs(
        &scene,
        "B",
        app.send(&reqwest::Method::GET, "/_app/uaf/1.1/facets", "", Authority::Nobody, Vec::new()),
    )
    .await
    .unwrap();
    costs(&scene, "BBT", app.deregister()).await.unwrap();
}
