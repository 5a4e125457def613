//! What is no consent, and whose it is not.

use serde_json::{Value, json};

use super::{BIND, CONSENT, consent, consent_now, get, terms, world_with_ann};
use crate::world::World;

async fn refused_field(world: &World, more: Value) -> Option<String> {
    world.backend().post(CONSENT, terms(more)).await.refused(400, "invalid_field")
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_fields_are_named() {
    let world = world_with_ann().await;
    let account = |name: &str, value: Value| {
        let mut account = json!({ "name": "Current account" });
        account[name] = value;
        json!([{ "name": "First" }, account])
    };
    for (name, value, field) in [
        ("accountId", json!(""), "accountId"),
        ("consentType", json!("AISP"), "consentType"),
        ("tppName", json!(""), "tppName"),
        ("tppName", json!("x".repeat(101)), "tppName"),
        ("accounts", json!([]), "accounts"),
        ("accounts", Value::Array(vec![json!({ "name": "a" }); 51]), "accounts"),
        ("accounts", account("name", json!("")), "accounts[1][name]"),
        ("accounts", account("accountNumber", json!("x".repeat(65))), "accounts[1][accountNumber]"),
        ("accounts", account("sortCode", json!("1\n2")), "accounts[1][sortCode]"),
        ("accounts", account("iban", json!("x".repeat(35))), "accounts[1][iban]"),
        ("duration", json!("soon"), "duration"),
        ("duration", json!("0h"), "duration"),
        ("duration", json!("87673h"), "duration"),
        ("callback", json!("https://elsewhere.example/cb"), "callback"),
    ] {
        let mut more = json!({});
        more[name] = value;
        assert_eq!(refused_field(&world, more.clone()).await.as_deref(), Some(field), "{more}");
    }
    consent(&world, json!({ "duration": "87672h" })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_end_is_told_in_one_way_and_lies_ahead() {
    let world = world_with_ann().await;
    let both = json!({ "expiresAt": "2027-01-01T00:00:00Z" });
    assert_eq!(refused_field(&world, both).await.as_deref(), Some("expiresAt"));
    let mut neither = terms(json!({}));
    neither.as_object_mut().unwrap().remove("duration");
    let answer = world.backend().post(CONSENT, neither.clone()).await;
    assert_eq!(answer.refused(400, "invalid_field").as_deref(), Some("expiresAt"));
    for wrong in
        ["2026-11-22T10:00:00Z", "2026-11-22T09:59:59Z", "2036-11-22T10:00:00.001Z", "2027-01-01", "later"]
    {
        neither["expiresAt"] = json!(wrong);
        let answer = world.backend().post(CONSENT, neither.clone()).await;
        let field = answer.refused(400, "invalid_field");
        assert_eq!(field.as_deref(), Some("expiresAt"), "{wrong}");
    }
    neither["expiresAt"] = json!("2026-11-22T10:00:01Z");
    world.backend().post(CONSENT, neither).await.created();
}

#[tokio::test(flavor = "multi_thread")]
async fn its_user_must_be_there_and_active() {
    let world = world_with_ann().await;
    let of_bob = terms(json!({ "accountId": "bob" }));
    world.backend().post(CONSENT, of_bob.clone()).await.refused(404, "not_found");
    world.backend().get("/api/consent/getAll?accountId=bob").await.refused(404, "not_found");
    let ann = json!({ "accountId": "ann" });
    for how in ["suspend", "revoke"] {
        world.backend().patch(&format!("/api/account/{how}"), ann.clone()).await.ok();
        world.backend().post(CONSENT, terms(json!({}))).await.refused(422, "wrong_state");
        if how == "suspend" {
            world.backend().patch("/api/account/restore", ann.clone()).await.ok();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_has_a_hundred_in_force_at_most() {
    let world = world_with_ann().await;
    let first = consent(&world, json!({})).await;
    for _ in 0..99 {
        consent(&world, json!({ "duration": "1h" })).await;
    }
    world.backend().post(CONSENT, terms(json!({}))).await.refused(422, "wrong_state");
    super::revoke(&world, &first).await.ok();
    consent(&world, json!({})).await;
    world.backend().post(CONSENT, terms(json!({}))).await.refused(422, "wrong_state");
    world.turn(countersign_domain::time::Span::hours(1));
    consent(&world, json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_app_space_sees_nothing_of_it() {
    let world = world_with_ann().await;
    let given = consent(&world, json!({ "callback": world.receiver.url() })).await;
    let other = world.other_backend().await;
    other.put(BIND, json!({ "accountId": "ann" })).await.created();
    other.post(CONSENT, terms(json!({}))).await.refused(422, "wrong_state");
    assert_eq!(other.get("/api/consent/getAll?accountId=ann").await.ok(), json!([]));
    let named = json!({ "consentGuid": given["guid"] });
    other.get(&get(&given)).await.refused(404, "not_found");
    other.put("/api/consent/revoke", named.clone()).await.refused(404, "not_found");
    other.get(&get(&given).replace("consent/get", "delivery/getAll")).await.refused(404, "not_found");
    other.post("/api/delivery/replay", named).await.refused(404, "not_found");
    assert_eq!(consent_now(&world, &given).await, given);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guid_of_nothing_or_of_something_else_is_no_consent() {
    let world = world_with_ann().await;
    let request = world.ask("ann").await["guid"].as_str().unwrap().to_owned();
    for (guid, status, error) in [
        ("", 400, "invalid_field"),
        ("7", 400, "invalid_field"),
        ("019a8f3e-2d00-7b11-9c4d-5f6071829304", 404, "not_found"),
        (&*request, 404, "not_found"),
    ] {
        let get = world.backend().get(&format!("/api/consent/get?consentGuid={guid}")).await;
        let revoke = world.backend().put("/api/consent/revoke", json!({ "consentGuid": guid })).await;
        for answer in [get, revoke] {
            let field = answer.refused(status, error);
            assert_eq!(field.as_deref(), (status == 400).then_some("consentGuid"), "{guid:?}");
        }
    }
}
