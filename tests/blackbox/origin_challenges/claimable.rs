//! Challenges for whoever claims them, and matching codes.

use countersign_domain::answer::Answer;
use countersign_tests::device::link::{ClaimLink, Link};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ADD, ask, cancel, refused_for, world_with_ann};
use crate::qr;
use crate::world::World;

fn claim_link(asked: &Value) -> ClaimLink {
    match Link::parse(asked["claimUri"].as_str().unwrap()).unwrap() {
        Link::Claim(link) => link,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claimable_challenge_has_a_link_and_no_user() {
    let world = World::new().await;
    let asked = world.backend().post(ADD, json!({ "claimable": true, "content": "Log in?" })).await.created();
    assert_eq!((&asked["status"], &asked["statusId"]), (&json!("claimable"), &json!(1)));
    assert_eq!((&asked["accountId"], &asked["privakeyId"]), (&Value::Null, &Value::Null));
    assert_eq!(qr::read(asked["claimQrCode"].as_str().unwrap()), asked["claimUri"].as_str().unwrap());
    let link = claim_link(&asked);
    assert_eq!(link.app_protocol, "demobank");
    assert_eq!(link.request_guid.to_string(), asked["guid"].as_str().unwrap());
    assert_eq!(link.service_url.to_string().trim_end_matches('/'), world.base_url);

    let mut seen = asked.clone();
    for once in ["claimUri", "claimQrCode"] {
        seen.as_object_mut().unwrap().remove(once);
    }
    assert_eq!(world.request(&asked["guid"]).await, seen, "the link is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_claimant_becomes_the_user_who_is_asked() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.backend().form(Method::POST, ADD, "claimable=true&content=Log+in%3F").await.created();
    let challenge = device.claim(&claim_link(&asked).claim_token).await.unwrap();
    let seen = world.request(&asked["guid"]).await;
    assert_eq!((&seen["status"], &seen["accountId"]), (&json!("pending"), &json!("ann")));
    assert_eq!(seen["privakeyId"], device.identity().privakey_id.to_string());
    device.answer(&challenge, Answer::Option(0), None).await.unwrap();
    assert_eq!(world.request(&asked["guid"]).await["status"], "answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_claimable_challenge_is_not_claimed() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world.backend().post(ADD, json!({ "claimable": true })).await.created();
    let cancelled = cancel(&world, &asked["guid"]).await.ok();
    assert_eq!((&cancelled["status"], &cancelled["accountId"]), (&json!("cancelled"), &Value::Null));
    let error = device.claim(&claim_link(&asked).claim_token).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_for_a_user_or_for_a_claimant() {
    let world = world_with_ann().await;
    refused_for(&world, "claimable", json!(true)).await;
    refused_for(&world, "claimable", json!("perhaps")).await;
    assert!(ask(&world, json!({ "claimable": false })).await.created().get("claimUri").is_none());
    for body in [json!({}), json!({ "claimable": false }), json!({ "accountId": null })] {
        let told = world.backend().post(ADD, body).await.refused(400, "invalid_field");
        assert_eq!(told.as_deref(), Some("accountId"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_matching_code_is_told_once_to_the_request_origin_and_never_to_the_device() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = ask(&world, json!({ "showCode": true })).await.created();
    let code = asked["code"].as_str().unwrap();
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    assert_eq!(asked["showCode"], true);
    assert!(world.request(&asked["guid"]).await.get("code").is_none());

    let challenge = device.challenges().await.unwrap().remove(0);
    let document: Value = serde_json::from_str(&challenge.document).unwrap();
    let fields: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let known = [
        "appSpace",
        "askedAt",
        "buttons",
        "challenge",
        "expiresAt",
        "requestOrigin",
        "requestOriginName",
        "showCode",
    ];
    assert_eq!((fields.as_slice(), &document["showCode"]), (&known[..], &json!(true)));
    device.answer(&challenge, Answer::Option(0), Some(code)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_code_only_where_one_was_asked_for() {
    let world = world_with_ann().await;
    for more in [json!({}), json!({ "showCode": false }), json!({ "showCode": "0" })] {
        let asked = ask(&world, more).await.created();
        assert_eq!((asked.get("code"), &asked["showCode"]), (None, &json!(false)));
    }
    let claimable = json!({ "claimable": true, "showCode": true });
    assert!(world.backend().post(ADD, claimable).await.created()["code"].is_string());
    refused_for(&world, "showCode", json!("six")).await;
}
