//! The fields of `POST /api/request/add` and what becomes of them.

use countersign_domain::callback::{CallbackKind, CallbackRule};
use countersign_domain::time::{Clock, Span};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ADD, ask, cancel, refused_for, world_with_ann};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_question_is_all_defaults_and_is_found_at_its_location() {
    let world = world_with_ann().await;
    let answer = ask(&world, json!({})).await;
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let asked = answer.created();
    let now = world.clock.now();
    let user = world.backend().get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(
        asked,
        json!({
            "guid": asked["guid"],
            "transactionId": null,
            "status": "pending",
            "statusId": 3,
            "accountId": "ann",
            "privakeyId": user["privakeyId"],
            "content": null,
            "additionalInfo": null,
            "buttons": [
                { "title": "Approve", "strongAuth": true },
                { "title": "Reject", "strongAuth": false },
            ],
            "buttonSelected": null,
            "declineReason": null,
            "showCode": false,
            "callback": null,
            "createdAt": now.rfc3339(),
            "expiresAt": (now + Span::minutes(5)).rfc3339(),
            "processedAt": null,
            "documentDigest": asked["documentDigest"],
            "evidence": null,
        })
    );
    let found = world.backend().get(location.strip_prefix(&world.base_url).unwrap()).await.ok();
    assert_eq!(found, asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_shows_what_was_asked() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let asked = world
        .ask_with("ann", json!({ "additionalInfo": { "b": [1, "x"], "a": null }, "transactionId": "T-4711" }))
        .await;
    let challenge = device.challenges().await.unwrap().remove(0);
    assert_eq!(asked["documentDigest"], challenge.digest.to_string());
    let document: Value = serde_json::from_str(&challenge.document).unwrap();
    assert_eq!(
        document,
        json!({
            "challenge": asked["guid"],
            "appSpace": world.bundle.demo.app_space.guid,
            "requestOrigin": world.backend().origin.guid,
            "requestOriginName": "Demo Shop",
            "content": "Pay 120 EUR to ACME?",
            "additionalInfo": { "b": [1, "x"], "a": null },
            "transactionId": "T-4711",
            "buttons": asked["buttons"],
            "showCode": false,
            "askedAt": asked["createdAt"],
            "expiresAt": asked["expiresAt"],
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn content_is_text_or_a_template_or_whatever_the_app_understands() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let template = json!({ "title": "Pay?", "keys": [{ "key": "To", "value": "ACME" }, { "key": "EUR", "value": "120" }] });
    for (content, shown) in [
        (json!("Pay 120 €\nto ACME?"), json!("Pay 120 €\nto ACME?")),
        (template.clone(), template.clone()),
        (json!(template.to_string()), template.clone()),
        (json!({ "title": "Pay?", "keys": [] }), json!({ "title": "Pay?", "keys": [] })),
        (json!({ "html": "<b>Pay?</b>", "n": [1, 2.5] }), json!({ "html": "<b>Pay?</b>", "n": [1, 2.5] })),
        (json!(["Pay", "?"]), json!(["Pay", "?"])),
        (json!("{\"html\": 1}"), json!("{\"html\": 1}")),
    ] {
        let asked = ask(&world, json!({ "content": content, "showNotification": false })).await.created();
        assert_eq!(asked["content"], shown);
        let challenge = device.challenges().await.unwrap().remove(0);
        assert_eq!(serde_json::to_value(&challenge.shown.content).unwrap(), shown);
        cancel(&world, &asked["guid"]).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn content_and_additional_info_have_limits() {
    let world = world_with_ann().await;
    // The quotation marks count: the limits are of the JSON.
    for (field, most) in [("content", 16 * 1024 - 2), ("additionalInfo", 4 * 1024 - 2)] {
        let asked = ask(&world, json!({ field: "x".repeat(most) })).await.created();
        assert_eq!(asked[field].as_str().map(str::len), Some(most));
        refused_for(&world, field, json!("x".repeat(most + 1))).await;
    }
    for content in [json!(7), json!(true), json!(""), json!("\u{1b}[2J")] {
        refused_for(&world, "content", content).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn additional_info_is_echoed_whatever_it_is() {
    let world = world_with_ann().await;
    for info in [json!("opaque"), json!(7), json!(false), json!([]), json!({ "a": { "b": [null, "ä\n"] } })]
    {
        let asked = ask(&world, json!({ "additionalInfo": info })).await.created();
        assert_eq!(asked["additionalInfo"], info);
        cancel(&world, &asked["guid"]).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_canonical_json_would_change_is_refused() {
    // RFC 8785 knows doubles only: what was signed would not be what was asked.
    let world = world_with_ann().await;
    for number in [9_007_199_254_740_993_u64, u64::MAX] {
        refused_for(&world, "additionalInfo", json!({ "account": number })).await;
        refused_for(&world, "content", json!({ "account": number })).await;
    }
    ask(&world, json!({ "additionalInfo": 9_007_199_254_740_991_u64 })).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_transaction_id_is_echoed() {
    let world = world_with_ann().await;
    let longest = "T".repeat(255);
    let asked = ask(&world, json!({ "transactionId": longest })).await.created();
    assert_eq!(asked["transactionId"], longest);
    for wrong in [json!(""), json!("T".repeat(256)), json!("T\n1"), json!(4711)] {
        refused_for(&world, "transactionId", wrong).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn durations_are_a_number_and_a_unit() {
    let world = world_with_ann().await;
    for (duration, span) in [
        ("1s", Span::secs(1)),
        ("90s", Span::secs(90)),
        ("2m", Span::minutes(2)),
        ("1440m", Span::hours(24)),
        ("24h", Span::hours(24)),
    ] {
        let asked = ask(&world, json!({ "duration": duration })).await.created();
        assert_eq!(asked["expiresAt"], (world.clock.now() + span).rfc3339(), "{duration}");
        cancel(&world, &asked["guid"]).await.ok();
    }
    for wrong in [
        "",
        "0s",
        "86401s",
        "25h",
        "2",
        "m",
        "2 m",
        "-1m",
        "+1m",
        "1.5h",
        "2d",
        "2M",
        "2ms",
        "99999999999999999999s",
    ] {
        refused_for(&world, "duration", json!(wrong)).await;
    }
    refused_for(&world, "duration", json!(120)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_must_fit_the_whitelist() {
    let world = world_with_ann().await;
    let rules = ["bank.example/api/{*}/mfa/callback", "bank.example:8443/one"];
    let rules = rules.map(|rule| CallbackRule::parse("callback", CallbackKind::Result, rule).unwrap());
    let domain = CallbackRule::parse("callback", CallbackKind::Webauthn, "login.example/").unwrap();
    let change = |callbacks: &mut Vec<CallbackRule>| *callbacks = [rules.to_vec(), vec![domain]].concat();
    world.change_origin(&world.backend(), |origin| change(&mut origin.callbacks)).await;

    for right in [
        "https://bank.example/api/v1/mfa/callback",
        "https://bank.example/api/v2/mfa/callback?transfer=4711",
        "https://bank.example:8443/one",
    ] {
        let asked = ask(&world, json!({ "callback": right, "showNotification": false })).await.created();
        assert_eq!(asked["callback"], right);
    }
    for wrong in [
        "https://bank.example.evil.example/api/v1/mfa/callback",
        "https://sub.bank.example/api/v1/mfa/callback",
        "https://bank.example:8443/api/v1/mfa/callback",
        "https://bank.example/api/v1/x/mfa/callback",
        "https://bank.example/api/mfa/callback",
        "https://bank.example/api//mfa/callback",
        "https://bank.example/api/v1/mfa/callback/",
        "https://bank.example/api/v1%2Fx/mfa/callback",
        "https://bank.example/api/x/../../mfa/callback",
        "https://bank.example/API/v1/mfa/callback",
        "https://bank.example/one",
        "http://bank.example/api/v1/mfa/callback",
        "ftp://bank.example/api/v1/mfa/callback",
        "https://ann@bank.example/api/v1/mfa/callback",
        "https://bank.example/api/v1/mfa/callback#x",
        "https://login.example/",
        "bank.example/api/v1/mfa/callback",
        "/api/v1/mfa/callback",
        "",
    ] {
        refused_for(&world, "callback", json!(wrong)).await;
    }
    let long = format!("https://bank.example/api/v1/mfa/callback?{}", "x".repeat(2048));
    refused_for(&world, "callback", json!(long)).await;
    refused_for(&world, "callback", json!(["https://bank.example:8443/one"])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_asks_the_same_as_json() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let form = format!(
        "accountId=ann&content[title]=Pay+120%20EUR%3F&content[keys][0][key]=To&content[keys][0][value]=ACME\
         &additionalInfo[a][b]=c&callback={}&duration=2m&transactionId=T-1&showNotification=false&showCode=1",
        world.receiver.url()
    );
    let asked = world.backend().form(Method::POST, ADD, &form).await.created();
    let content = json!({ "title": "Pay 120 EUR?", "keys": [{ "key": "To", "value": "ACME" }] });
    assert_eq!(asked["content"], content);
    assert_eq!(asked["additionalInfo"], json!({ "a": { "b": "c" } }));
    assert_eq!(asked["callback"], world.receiver.url());
    assert_eq!(asked["expiresAt"], (world.clock.now() + Span::minutes(2)).rfc3339());
    assert_eq!((&asked["transactionId"], &asked["showCode"]), (&json!("T-1"), &json!(true)));
    assert_eq!(device.challenges().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_active_user_is_asked() {
    let world = world_with_ann().await;
    world.backend().post(ADD, json!({ "accountId": "nobody" })).await.refused(404, "not_found");
    for how in ["suspend", "revoke"] {
        world.backend().patch(&format!("/api/account/{how}"), json!({ "accountId": "ann" })).await.ok();
        ask(&world, json!({})).await.refused(422, "wrong_state");
    }
}
