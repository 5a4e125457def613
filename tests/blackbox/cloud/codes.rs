//! Codes that users type: by SMS, and from paper.

use std::collections::HashSet;

use countersign_domain::time::Span;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    another, approve, caller, enroll, introspect, other_caller, path, refused, sent_code, status, verify,
    with_phone,
};
use crate::backend::Backend;
use crate::world::World;

async fn sms(backend: &Backend, username: &str) -> Value {
    enroll(backend, json!({ "username": username, "channel": "sms", "phone": "+41791234567" })).await
}

async fn recovery(backend: &Backend, username: &str) -> (Value, Vec<String>) {
    let enrolled = enroll(backend, json!({ "username": username, "channel": "recovery" })).await;
    let codes = enrolled["enrollment"]["recoveryCodes"].as_array().unwrap();
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (enrolled["userId"].clone(), codes)
}

fn on_paper(code: &str) -> Value {
    json!({ "code": code, "channel": "recovery" })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_code_makes_the_phone_number_the_users() {
    let world = World::new().await;
    let backend = caller(&world);
    let enrolled = sms(&backend, "ann").await;
    let begun = &enrolled["enrollment"];
    assert_eq!(status(&backend, begun).await["status"], "pending");
    let code = sent_code(&world, &begun["transactionId"]).await;
    let body = json!({ "code": code, "statusToken": begun["statusToken"] });
    assert_eq!(verify(&backend, &enrolled["userId"], body.clone()).await.ok(), json!({}));
    let now = status(&backend, begun).await;
    assert_eq!(now["status"], "succeeded");
    let told = introspect(&backend, &now["token"]).await;
    assert_eq!((&told["operation"], &told["status"]), (&json!("enroll"), &json!("succeeded")));
    assert_eq!(told["sub"], enrolled["userId"]);
    assert_eq!(backend.get(&path("users", &enrolled["userId"])).await.ok()["status"], "active");
    // The same code is good once.
    refused(verify(&backend, &enrolled["userId"], body).await, 422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_a_users_yes() {
    let world = World::new().await;
    let backend = caller(&world);
    let enrolled = with_phone(&world, "ann").await;
    let body = json!({ "username": "ann", "channel": "sms", "message": "Pay with {{CODE}}" });
    let asked = approve(&backend, body).await;
    assert_eq!(world.request(&asked["transactionId"]).await["content"], "Pay with {{CODE}}");
    let code = sent_code(&world, &asked["transactionId"]).await;
    let body = json!({ "code": code, "statusToken": asked["statusToken"], "channel": "sms" });
    verify(&backend, &enrolled["userId"], body).await.ok();
    let now = status(&backend, &asked).await;
    assert_eq!(now["status"], "succeeded");
    let told = introspect(&backend, &now["token"]).await;
    assert_eq!((&told["active"], &told["authenticatorId"]), (&json!(true), &Value::Null));
    let user = backend.get(&path("users", &enrolled["userId"])).await.ok();
    assert!(user["lastLoginDateSuccess"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_fail_the_operation() {
    let world = World::new().await;
    let backend = caller(&world);
    with_phone(&world, "ann").await;
    let enrolled = sms(&backend, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann", "channel": "sms" })).await;
    for begun in [&enrolled["enrollment"], &asked] {
        let code = sent_code(&world, &begun["transactionId"]).await;
        let wrong = json!({ "code": another(&code), "statusToken": begun["statusToken"] });
        for left in (0..5).rev() {
            let answer = verify(&backend, &enrolled["userId"], wrong.clone()).await;
            assert_eq!(answer.body["attemptsLeft"], left);
            refused(answer, 400, "wrong_code");
        }
        let right = json!({ "code": code, "statusToken": begun["statusToken"] });
        refused(verify(&backend, &enrolled["userId"], right).await, 422, "wrong_state");
        assert_eq!(status(&backend, begun).await["status"], "failed");
    }
    // It counts against nobody's limits any more, and as a failure.
    let user = backend.get(&path("users", &enrolled["userId"])).await.ok();
    assert!(user["lastLoginDateFailure"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_comes_too_late_is_worth_nothing() {
    let world = World::new().await;
    let backend = caller(&world);
    with_phone(&world, "ann").await;
    let asked = approve(&backend, json!({ "username": "ann", "channel": "sms" })).await;
    let enrolled = sms(&backend, "ann").await;
    world.turn(Span::minutes(10));
    for begun in [&enrolled["enrollment"], &asked] {
        let code = sent_code(&world, &begun["transactionId"]).await;
        let body = json!({ "code": code, "statusToken": begun["statusToken"] });
        refused(verify(&backend, &enrolled["userId"], body).await, 422, "wrong_state");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tries_at_once_are_counted_one_by_one() {
    let world = World::new().await;
    let backend = caller(&world);
    let enrolled = sms(&backend, "ann").await;
    let begun = &enrolled["enrollment"];
    let code = sent_code(&world, &begun["transactionId"]).await;
    let mut tries = JoinSet::new();
    for _ in 0..8 {
        let (backend, user) = (backend.clone(), enrolled["userId"].clone());
        let body = json!({ "code": another(&code), "statusToken": begun["statusToken"] });
        tries.spawn(async move { verify(&backend, &user, body).await.body });
    }
    let mut left: Vec<i64> =
        tries.join_all().await.iter().filter_map(|body| body["attemptsLeft"].as_i64()).collect();
    left.sort_unstable();
    let all_different = left.windows(2).all(|two| two[0] < two[1]);
    assert!(all_different && left.len() <= 5, "no two tries count as one: {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_for_its_user_and_its_request_origin() {
    let world = World::new().await;
    let backend = caller(&world);
    let (ann, bob) = (sms(&backend, "ann").await, sms(&backend, "bob").await);
    let begun = &ann["enrollment"];
    let code = sent_code(&world, &begun["transactionId"]).await;
    let body = json!({ "code": code, "statusToken": begun["statusToken"] });
    refused(verify(&backend, &bob["userId"], body.clone()).await, 404, "not_found");
    refused(verify(&other_caller(&world), &ann["userId"], body.clone()).await, 404, "not_found");
    // What was asked in another way has no code.
    let link = enroll(&backend, json!({ "username": "ann" })).await;
    let body_of_link = json!({ "code": "000000", "statusToken": link["enrollment"]["statusToken"] });
    refused(verify(&backend, &ann["userId"], body_of_link).await, 404, "not_found");
    for (wrong, field) in [
        (json!({ "code": code }), "statusToken"),
        (json!({ "code": code, "statusToken": "x" }), "statusToken"),
        (json!({ "code": code, "channel": "app" }), "channel"),
        (json!({ "code": code, "channel": "recovery", "statusToken": "x" }), "statusToken"),
        (json!({ "statusToken": begun["statusToken"] }), "code"),
    ] {
        let named = refused(verify(&backend, &ann["userId"], wrong.clone()).await, 400, "invalid_field");
        assert_eq!(named.as_deref(), Some(field), "{wrong}");
    }
    verify(&backend, &ann["userId"], body).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_is_good_once() {
    let world = World::new().await;
    let backend = caller(&world);
    let (user, codes) = recovery(&backend, "ann").await;
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), 10);
    for code in &codes[..2] {
        verify(&backend, &user, on_paper(code)).await.ok();
        refused(verify(&backend, &user, on_paper(code)).await, 400, "wrong_code");
    }
    // Another Request Origin of the App Space may ask for one as well.
    verify(&other_caller(&world), &user, on_paper(&codes[2])).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_is_good_once_also_at_the_same_moment() {
    let world = World::new().await;
    let backend = caller(&world);
    let (user, codes) = recovery(&backend, "ann").await;
    let mut tries = JoinSet::new();
    for _ in 0..4 {
        let (backend, user, body) = (backend.clone(), user.clone(), on_paper(&codes[0]));
        tries.spawn(async move { verify(&backend, &user, body).await.status });
    }
    let answers = tries.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_recovery_codes_take_the_place_of_the_old_ones() {
    let world = World::new().await;
    let backend = caller(&world);
    let (user, old) = recovery(&backend, "ann").await;
    let (same, new) = recovery(&backend, "ann").await;
    assert_eq!(user, same);
    refused(verify(&backend, &user, on_paper(&old[0])).await, 400, "wrong_code");
    verify(&backend, &user, on_paper(&new[0])).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_is_its_users_only_and_to_the_letter() {
    let world = World::new().await;
    let backend = caller(&world);
    let (ann, codes) = recovery(&backend, "ann").await;
    let (bob, _) = recovery(&backend, "bob").await;
    refused(verify(&backend, &bob, on_paper(&codes[0])).await, 400, "wrong_code");
    for wrong in [codes[0][1..].to_owned(), String::new(), format!("{} ", codes[0])] {
        refused(verify(&backend, &ann, on_paper(&wrong)).await, 400, "wrong_code");
    }
    let enrolled = enroll(&backend, json!({ "username": "eve" })).await;
    refused(verify(&backend, &enrolled["userId"], on_paper(&codes[0])).await, 400, "wrong_code");
    let stranger = world.other_backend().await;
    refused(verify(&stranger, &ann, on_paper(&codes[0])).await, 404, "not_found");
    verify(&backend, &ann, on_paper(&codes[0])).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_recovery_codes_make_the_user_wait() {
    let world = World::new().await;
    let backend = caller(&world);
    let (user, codes) = recovery(&backend, "ann").await;
    for _ in 0..10 {
        refused(verify(&backend, &user, on_paper("0123456789abcdef")).await, 400, "wrong_code");
    }
    let answer = verify(&backend, &user, on_paper(&codes[0])).await;
    assert_eq!(answer.headers["retry-after"], "300");
    refused(answer, 429, "too_many");
    world.turn(Span::minutes(5));
    verify(&backend, &user, on_paper(&codes[0])).await.ok();
}
