//! Questions to whoever claims them.

use countersign_tests::device::link::Link;
use serde_json::{Value, json};

use super::page::{DevicePage, PIN};
use crate::browser::scene::{Scene, at};

async fn ask_anybody(scene: &Scene) -> Value {
    let body = json!({ "claimable": true, "content": "Log in?", "callback": scene.world.receiver.url() });
    scene.world.backend().post("/api/request/add", body).await.created()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_claimed_by_a_pasted_link() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let asked = ask_anybody(&scene).await;
    page.paste(asked["claimUri"].as_str().unwrap()).await;
    page.window.see_text(&at("request-content"), "Log in?").await;
    page.answer(0).await;
    page.unlock(PIN).await;
    page.ended("answered").await;
    let request = scene.world.request(&asked["guid"]).await;
    assert_eq!((&request["status"], &request["accountId"]), (&json!("answered"), &json!("ann")));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_second_is_told_so() {
    let scene = Scene::new().await;
    let page = DevicePage::enrol(&scene, "ann").await;
    let other = scene.world.enrol("bob").await;
    let asked = ask_anybody(&scene).await;
    let link = asked["claimUri"].as_str().unwrap();
    let Link::Claim(claim) = Link::parse(link).unwrap() else { panic!("{link}") };
    other.claim(&claim.claim_token).await.unwrap();
    page.paste(link).await;
    page.tells("not_found").await;
}
