//! What a Request Origin asks, as the apps show it.

use countersign_tests::authenticator::{ApiVersion, Description};
use serde_json::{Value, json};

use super::scene::{Scene, VERSIONS};

/// Title and description of a question, the latter as JSON in version 2.
async fn shown(version: ApiVersion, more: Value) -> (String, Value) {
    let (scene, app) = Scene::with_ann(version).await;
    scene.world.ask_with("ann", more).await;
    let shown = app.list().await.unwrap().pop().unwrap();
    let description = match shown.description {
        Description::Text(text) => json!(text),
        Description::Parts(parts) => {
            let payment = parts.payment.map(|payment| json!([payment.payee, payment.amount]));
            let extra = parts.extra.map(|extra| json!([extra.ip, extra.device]));
            json!({ "text": parts.text, "html": parts.html, "payment": payment, "extra": extra })
        }
    };
    (shown.title, description)
}

fn parts(text: Option<&str>, html: Option<&str>, payment: Value, extra: Value) -> Value {
    json!({ "text": text, "html": html, "payment": payment, "extra": extra })
}

#[tokio::test(flavor = "multi_thread")]
async fn content_of_every_kind_is_shown() {
    let template = json!({ "title": "Pay", "keys": [{ "key": "To", "value": "ACME" }, { "key": "Amount", "value": "1 EUR" }] });
    let payment = json!({ "payee": "ACME", "amount": "120 EUR" });
    let custom =
        json!({ "title": "Pay?", "description": { "payment": payment, "extra": { "ip": "192.0.2.1" } } });
    let html = json!({ "description": { "html": "<p onclick='x'>Pay <b>120</b><script>x</script></p>" } });
    let other = json!({ "b": 1, "a": [true] });
    let none = || json!(null);
    for (content, title, v1, v2) in [
        (json!("Pay?"), None, "Pay?", parts(Some("Pay?"), None, none(), none())),
        (
            template,
            Some("Pay"),
            "To: ACME\nAmount: 1 EUR",
            parts(Some("To: ACME\nAmount: 1 EUR"), None, none(), none()),
        ),
        (
            custom,
            Some("Pay?"),
            "Payee: ACME\nAmount: 120 EUR",
            parts(None, None, json!(["ACME", "120 EUR"]), json!(["192.0.2.1", null])),
        ),
        (html, None, "<p>Pay <b>120</b></p>", parts(None, Some("<p>Pay <b>120</b></p>"), none(), none())),
        (other, None, r#"{"a":[true],"b":1}"#, parts(Some(r#"{"a":[true],"b":1}"#), None, none(), none())),
    ] {
        for version in VERSIONS {
            let (its, description) = shown(version, json!({ "content": content })).await;
            assert!(!its.is_empty() && title.is_none_or(|title| title == its), "{its}");
            assert_eq!(description, if version == ApiVersion::V1 { json!(v1) } else { v2.clone() });
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_is_the_notifications_where_the_content_has_none() {
    for version in VERSIONS {
        let (title, _) = shown(version, json!({ "notificationTitle": "Your bank asks" })).await;
        assert_eq!(title, "Your bank asks");
    }
}
