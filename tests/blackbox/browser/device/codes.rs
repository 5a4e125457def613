//! Matching codes.

use serde_json::json;

use super::page::{DevicePage, PIN};
use crate::browser::scene::{Scene, at};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_told_and_the_right_one_is_taken() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let asked = scene.world.ask_with("ann", json!({ "showCode": true })).await;
    let code = asked["code"].as_str().unwrap();
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    page.open_question(&asked).await;
    assert!(!page.window.text("main").await.contains(code), "the page cannot know the code");
    page.window.fill(&at("code"), &wrong).await;
    page.answer(0).await;
    page.unlock(PIN).await;
    page.tells("wrong_code").await;
    page.window.see_text(&at("error"), "4").await;
    assert_eq!(scene.world.request(&asked["guid"]).await["status"], "pending");
    page.window.fill(&at("code"), code).await;
    page.answer(0).await;
    page.unlock(PIN).await;
    page.ended("answered").await;
    assert_eq!(scene.world.request(&asked["guid"]).await["buttonSelected"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_wrong_code_fails_the_question() {
    let scene = Scene::new().await;
    scene.world.change_app_space(|app_space| app_space.policy.wrong_codes_max = 1).await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let asked = scene.world.ask_with("ann", json!({ "showCode": true })).await;
    let wrong = format!("{:06}", (asked["code"].as_str().unwrap().parse::<u32>().unwrap() + 1) % 1_000_000);
    page.open_question(&asked).await;
    page.window.fill(&at("code"), &wrong).await;
    page.answer(0).await;
    page.unlock(PIN).await;
    page.ended("failed").await;
    page.window.see(&at("inbox-empty")).await;
    assert_eq!(scene.world.request(&asked["guid"]).await["status"], "failed");
}
