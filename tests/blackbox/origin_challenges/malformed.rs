//! Bodies that cannot be read. Refusals name the field and repeat no value.

use reqwest::Method;
use serde_json::json;

use super::{ADD, ask, world_with_ann};

const JSON: Option<&str> = Some("application/json");
/// Stands in every malformed body, and in no refusal.
const HUSH: &str = "hush-hush-4711";

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_object_is_malformed() {
    let world = world_with_ann().await;
    let deep = format!("{{\"additionalInfo\":{}\"{HUSH}\"{}}}", "[".repeat(200), "]".repeat(200));
    for body in [
        &format!("{{\"accountId\":\"{HUSH}"),
        &format!("{{accountId:{HUSH}}}"),
        &format!("{{\"accountId\":\"ann\"}}{HUSH}"),
        &format!("[\"{HUSH}\"]"),
        &format!("\"{HUSH}\""),
        &format!("accountId={HUSH}"),
        "null",
        &deep,
    ] {
        let answer = world.backend().call(Method::POST, ADD, body, JSON).await;
        assert!(!answer.body.to_string().contains(HUSH), "{}", answer.body);
        assert_eq!(answer.refused(400, "malformed"), None, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_type_names_its_field_and_repeats_no_value() {
    let world = world_with_ann().await;
    let wrong = json!({ HUSH: HUSH });
    for field in [
        "accountId",
        "claimable",
        "buttons",
        "callback",
        "duration",
        "transactionId",
        "notificationTitle",
        "notificationBody",
        "showNotification",
        "showCode",
    ] {
        let answer = ask(&world, json!({ field: wrong })).await;
        assert!(!answer.body.to_string().contains(HUSH), "{}", answer.body);
        assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some(field));
    }
    for (field, text) in [("callback", HUSH), ("duration", HUSH), ("showCode", HUSH), ("claimable", HUSH)] {
        let answer = ask(&world, json!({ field: text })).await;
        assert!(!answer.body.to_string().contains(HUSH), "{}", answer.body);
        assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some(field));
    }
    let answer = ask(&world, json!({ "buttons": [HUSH, { "title": HUSH }] })).await;
    assert!(!answer.body.to_string().contains(HUSH), "{}", answer.body);
    assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some("buttons[0]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_and_forms_are_read() {
    let world = world_with_ann().await;
    let body = r#"{"accountId":"ann"}"#;
    for content_type in ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""] {
        let answer = world.backend().call(Method::POST, ADD, body, Some(content_type)).await;
        assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some("Content-Type"), "{content_type}");
    }
    for content_type in [None, JSON, Some("Application/JSON; charset=utf-8")] {
        world.backend().call(Method::POST, ADD, body, content_type).await.created();
    }
    let form = Some("application/x-www-form-urlencoded; charset=UTF-8");
    world.backend().call(Method::POST, ADD, "accountId=ann", form).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_at_most_64_kib() {
    let world = world_with_ann().await;
    let body = |len: usize| {
        let empty = r#"{"accountId":"ann","ignored":""}"#;
        empty.replace(r#""ignored":"""#, &format!(r#""ignored":"{}""#, "x".repeat(len - empty.len())))
    };
    world.backend().call(Method::POST, ADD, &body(65_536), JSON).await.created();
    let answer = world.backend().call(Method::POST, ADD, &body(65_537), JSON).await;
    answer.refused(413, "too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_body_lacks_the_account_id() {
    let world = world_with_ann().await;
    for content_type in [None, JSON, Some("application/x-www-form-urlencoded")] {
        let answer = world.backend().call(Method::POST, ADD, "", content_type).await;
        assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some("accountId"));
    }
}
