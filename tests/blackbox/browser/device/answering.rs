//! Questions are shown as they were asked, and answered.

use serde_json::json;

use super::page::{DevicePage, PIN};
use crate::browser::scene::{Scene, at};

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_approved_with_the_pin() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
    page.window.see_text(&at("request-content"), "Pay 120 EUR to ACME?").await;
    page.window.see("[data-test=request-content][data-content=text]").await;
    page.answer(0).await;
    page.unlock(PIN).await;
    page.ended("answered").await;
    page.window.see(&at("inbox-empty")).await;
    let request = scene.world.request(&asked["guid"]).await;
    assert_eq!((&request["status"], &request["buttonSelected"]), (&json!("answered"), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_strong_needs_no_pin() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
    page.answer(1).await;
    page.ended("answered").await;
    assert_eq!(scene.world.request(&asked["guid"]).await["buttonSelected"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_declined() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
    page.window.click(&at("decline")).await;
    page.ended("declined").await;
    let request = scene.world.request(&asked["guid"]).await;
    assert_eq!((&request["status"], &request["declineReason"]), (&json!("declined"), &json!("cancelled")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_the_person_did_not_cause_is_reported() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
    page.window.click(&at("not-me")).await;
    page.window.click(&at("confirm-cancel")).await;
    page.window.gone(&at("confirm-not-me")).await;
    assert_eq!(scene.world.request(&asked["guid"]).await["status"], "pending");
    page.window.click(&at("not-me")).await;
    page.window.click(&at("confirm-not-me")).await;
    page.ended("declined").await;
    assert_eq!(scene.world.request(&asked["guid"]).await["declineReason"], "not_me");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_is_shown_as_text_and_never_as_markup() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let markup = "<img src=x onerror=\"document.title='broken'\"><b>Pay</b>";
    let content = json!({ "title": markup, "keys": [{ "key": "To", "value": markup }] });
    let buttons = json!([{ "title": markup, "strongAuth": false }, { "title": "No", "strongAuth": false }]);
    let asked = scene.world.ask_with("ann", json!({ "content": content, "buttons": buttons })).await;
    page.open_question(&asked).await;
    page.window.see("[data-test=request-content][data-content=template]").await;
    page.window.see_text(&at("request-content"), markup).await;
    page.window.see_text("[data-test=answer][data-index=\"0\"]", markup).await;
    assert_eq!(page.window.count("main img, main b").await, 0);
    let title = page.window.run("return document.title;", vec![]).await;
    assert_ne!(title, "broken");
    page.answer(0).await;
    page.ended("answered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_ends_elsewhere_ends_here() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let asked = scene.world.ask("ann").await;
    page.open_question(&asked).await;
    scene.world.backend().patch("/api/request/cancel", json!({ "requestGuid": asked["guid"] })).await.ok();
    page.ended("cancelled").await;
    page.window.see(&at("inbox-empty")).await;
}
