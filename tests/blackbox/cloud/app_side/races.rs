//! Answers at once: one outcome, one registration, no counter that goes back.

use countersign_authenticator::uaf::Tamper;
use countersign_domain::answer::DeclineReason;
use countersign_tests::uaf::call::{AUTHENTICATION, AUTHENTICATION_REQUEST, Authority, REGISTRATION};
use countersign_tests::uaf::target::Push;
use futures::future::join_all;
use serde_json::json;

use super::scene::{Scene, link, refused, yes};

#[tokio::test(flavor = "multi_thread")]
async fn of_many_answers_at_once_one_counts() {
    let scene = Scene::new().await;
    let mut app = scene.registered("ann").await;
    let approval = scene.ask_by_link("ann", "Pay?").await;
    let asked = app.redeem(&link(&approval)).await.unwrap();
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(app.answer(&asked, &Tamper::default()).await.unwrap().uaf_response.unwrap());
    }
    let sent = answers.iter().map(|answer| app.send_response(AUTHENTICATION, answer, None));
    let results = join_all(sent).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for result in results.into_iter().filter(Result::is_err) {
        let status = refused(result);
        // A later answer may have found a counter that was higher already.
        assert!([1491, 1492].contains(&status), "{status}");
    }
    assert_eq!(scene.status_word(&approval).await, "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_yes_and_a_no_at_once_one_counts() {
    let scene = Scene::new().await;
    for _ in 0..4 {
        let mut app = scene.reachable("ann", &Push::default()).await;
        let approval = scene.ask_by_link("ann", "").await;
        let id = approval["transactionId"].as_str().unwrap();
        let asked = app.redeem(&link(&approval)).await.unwrap();
        let yes = app.answer(&asked, &Tamper::default()).await.unwrap().uaf_response.unwrap();
        let (approved, declined) = futures::join!(
            app.send_response(AUTHENTICATION, &yes, None),
            app.decline(id, DeclineReason::Cancelled),
        );
        assert_ne!(approved.is_ok(), declined.is_ok());
        let expected = if approved.is_ok() { "succeeded" } else { "failed" };
        assert_eq!(scene.status_word(&approval).await, expected);
        app.deregister().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_authentication_in_the_app_counts_once_at_once() {
    let scene = Scene::new().await;
    let mut app = scene.registered("ann").await;
    let context = json!({ "username": "ann" });
    let asked = app.request(AUTHENTICATION_REQUEST, Authority::Nobody, &context).await.unwrap();
    let answer = app.answer(&asked, &Tamper::default()).await.unwrap().uaf_response.unwrap();
    let sent = (0..6).map(|_| app.send_response(AUTHENTICATION, &answer, None));
    let results = join_all(sent).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_registrations_at_once_one_key_is_registered() {
    let scene = Scene::new().await;
    let mut app = scene.app();
    let enrolled = scene.enroll("ann").await;
    let asked = app.redeem(&link(&enrolled["enrollment"])).await.unwrap();
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(app.answer(&asked, &Tamper::default()).await.unwrap().uaf_response.unwrap());
    }
    let results = join_all(answers.iter().map(|answer| app.send_response(REGISTRATION, answer, None))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for result in results.into_iter().filter(Result::is_err) {
        assert_eq!(refused(result), 1491);
    }
    assert_eq!(scene.user("ann").await["authenticators"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_scan_the_same_code_are_one_user() {
    let scene = Scene::new().await;
    let (mut ann, mut bob) = (scene.registered("ann").await, scene.registered("bob").await);
    let approval = scene.ask(json!({ "channel": "app" })).await;
    let asked = ann.redeem(&link(&approval)).await.unwrap();
    let results =
        futures::join!(ann.finish_authentication(&asked, &yes), bob.finish_authentication(&asked, &yes));
    assert_ne!(results.0.is_ok(), results.1.is_ok());
    let user = if results.0.is_ok() { "ann" } else { "bob" };
    assert_eq!(scene.status(&approval).await["username"], user);
}
