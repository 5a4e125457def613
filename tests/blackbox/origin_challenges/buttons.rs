//! The possible answers.

use reqwest::Method;
use serde_json::{Value, json};

use super::{ADD, ask, cancel, refused_for, world_with_ann};
use crate::world::World;

fn buttons(count: usize) -> Value {
    (0..count).map(|number| json!({ "title": number.to_string(), "strongAuth": false })).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_are_objects_or_json_texts_of_them() {
    let world = World::new().await;
    let device = world.enrol("ann").await;
    let expected = json!([
        { "title": "Pay", "strongAuth": true, "style": "green; big" },
        { "title": "Do not pay", "strongAuth": false },
    ]);
    let texts: Value = expected.as_array().unwrap().iter().map(|button| json!(button.to_string())).collect();
    let loose = json!([
        { "title": "Pay", "strongAuth": "true", "style": "green; big" },
        { "title": "Do not pay", "strongAuth": "0", "more": 1 },
    ]);
    for given in [expected.clone(), texts.clone(), json!([expected[0], texts[1]]), loose] {
        let asked = ask(&world, json!({ "buttons": given })).await.created();
        assert_eq!(asked["buttons"], expected, "{given}");
        let shown = device.challenges().await.unwrap().remove(0).shown.buttons;
        assert_eq!(serde_json::to_value(shown).unwrap(), expected);
        cancel(&world, &asked["guid"]).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_has_buttons_in_brackets_or_as_json_texts() {
    let world = world_with_ann().await;
    let expected =
        json!([{ "title": "Pay", "strongAuth": true, "style": "b" }, { "title": "No", "strongAuth": false }]);
    for form in [
        "accountId=ann&buttons[0][title]=Pay&buttons[0][strongAuth]=true&buttons[0][style]=b&buttons[1][title]=No&buttons[1][strongAuth]=false",
        "accountId=ann&buttons%5B0%5D%5Btitle%5D=Pay&buttons%5B0%5D%5BstrongAuth%5D=1&buttons%5B0%5D%5Bstyle%5D=b&buttons%5B1%5D%5Btitle%5D=No&buttons%5B1%5D%5BstrongAuth%5D=0",
        "accountId=ann&buttons[]=%7B%22title%22%3A%22Pay%22%2C%22strongAuth%22%3Atrue%2C%22style%22%3A%22b%22%7D&buttons[]=%7B%22title%22%3A%22No%22%2C%22strongAuth%22%3Afalse%7D",
    ] {
        let asked = world.backend().form(Method::POST, ADD, form).await.created();
        assert_eq!(asked["buttons"], expected, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_two_to_ten_buttons() {
    let world = world_with_ann().await;
    for count in [2, 10] {
        let asked = ask(&world, json!({ "buttons": buttons(count) })).await.created();
        assert_eq!(asked["buttons"], buttons(count));
    }
    for count in [0, 1, 11] {
        refused_for(&world, "buttons", buttons(count)).await;
    }
    refused_for(&world, "buttons", json!({ "title": "Pay", "strongAuth": true })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_button_is_named() {
    let world = world_with_ann().await;
    let good = json!({ "title": "No", "strongAuth": false });
    for (wrong, field) in [
        (json!({ "title": "Pay" }), "buttons[1]"),
        (json!({ "strongAuth": true }), "buttons[1]"),
        (json!({ "title": "Pay", "strongAuth": "yes" }), "buttons[1]"),
        (json!({ "title": "Pay", "strongAuth": 1 }), "buttons[1]"),
        (json!({ "title": 1, "strongAuth": true }), "buttons[1]"),
        (json!({ "title": "Pay", "strongAuth": true, "style": {} }), "buttons[1]"),
        (json!("Pay"), "buttons[1]"),
        (json!(null), "buttons[1]"),
        (json!({ "title": "", "strongAuth": true }), "buttons[1][title]"),
        (json!({ "title": "Pay\u{202}\n", "strongAuth": true }), "buttons[1][title]"),
        (json!({ "title": "x".repeat(101), "strongAuth": true }), "buttons[1][title]"),
        (json!({ "title": "Pay", "strongAuth": true, "style": "x".repeat(101) }), "buttons[1][style]"),
    ] {
        let told = ask(&world, json!({ "buttons": [good, wrong] })).await.refused(400, "invalid_field");
        assert_eq!(told.as_deref(), Some(field), "{wrong}");
    }
    let most = json!({ "title": "x".repeat(100), "strongAuth": true, "style": "x".repeat(100) });
    ask(&world, json!({ "buttons": [good, most] })).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_whose_buttons_have_no_one_meaning_is_refused() {
    let world = world_with_ann().await;
    for (form, field) in [
        ("accountId=ann&buttons[1][title]=Pay", "buttons[1][title]"),
        ("accountId=ann&buttons[0][title]=Pay&buttons[0][title]=Play", "buttons[0][title]"),
        ("accountId=ann&buttons[0]=Pay&buttons[0][title]=Pay", "buttons[0][title]"),
        ("accountId=ann&buttons[0][title=Pay", "body"),
        ("accountId=ann&accountId=bob", "accountId"),
    ] {
        let told = world.backend().form(Method::POST, ADD, form).await.refused(400, "invalid_field");
        assert_eq!(told.as_deref(), Some(field), "{form}");
    }
}
