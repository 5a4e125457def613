//! A consent's life, as Request Origins see it.

use countersign_domain::time::{Clock, Span};
use reqwest::Method;
use serde_json::{Value, json};

use super::{CONSENT, consent, consent_now, get, revoke, terms, world_with_ann};
use crate::world::World;

const LIST: &str = "/api/consent/getAll?accountId=ann";

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_found_at_its_location_as_it_was_given() {
    let world = world_with_ann().await;
    let accounts = json!([
        { "name": "Current account", "iban": "GB33BUKB20201555555555" },
        { "name": "Savings", "accountNumber": "55555555", "sortCode": "20-20-15" },
    ]);
    let more = json!({
        "accounts": accounts, "sharedData": { "balance": true, "transactions": "false" },
        "callback": world.receiver.url(),
    });
    let answer = world.backend().post(CONSENT, terms(more)).await;
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let given = answer.created();
    let ann = world.backend().get("/api/account/get?accountId=ann").await.ok();
    assert_eq!(
        given,
        json!({
            "guid": given["guid"],
            "accountId": "ann",
            "privakeyId": ann["privakeyId"],
            "status": "active",
            "consentType": "aisp",
            "tppName": "Budget Planner",
            "accounts": accounts,
            "sharedData": { "balance": true, "transactions": false },
            "bankConsentId": null,
            "callback": world.receiver.url(),
            "createdAt": world.clock.now().rfc3339(),
            "expiresAt": (world.clock.now() + Span::hours(720)).rfc3339(),
            "revokedAt": null,
            "revokedBy": null,
        })
    );
    let path = location.strip_prefix(&world.base_url).unwrap();
    assert_eq!(world.backend().get(path).await.ok(), given);
    assert_eq!(world.hmac_backend().get(path).await.ok(), given, "for every Request Origin of the App Space");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_gives_one_too() {
    let world = world_with_ann().await;
    let form = "accountId=ann&consentType=pisp_recurring&tppName=Rent+Pay&accounts[0][name]=Current+account\
                &accounts[0][sortCode]=20-20-15&expiresAt=2027-01-01T01%3A00%3A00%2B01%3A00";
    let given = world.backend().form(Method::POST, CONSENT, form).await.created();
    assert_eq!(given["expiresAt"], "2027-01-01T00:00:00.000Z");
    assert_eq!(given["accounts"], json!([{ "name": "Current account", "sortCode": "20-20-15" }]));
    assert_eq!((&given["consentType"], &given["sharedData"]), (&json!("pisp_recurring"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_all_of_a_user_oldest_first() {
    let world = world_with_ann().await;
    world.backend().put(super::BIND, json!({ "accountId": "bob" })).await.created();
    assert_eq!(world.backend().get(LIST).await.ok(), json!([]));
    let first = consent(&world, json!({})).await;
    world.turn(Span::secs(1));
    let second = consent(&world, json!({ "consentType": "pisp_future" })).await;
    consent(&world, json!({ "accountId": "bob" })).await;
    assert_eq!(world.backend().get(LIST).await.ok(), json!([first, second]));
    let revoked = revoke(&world, &first).await.ok();
    assert_eq!(world.hmac_backend().get(LIST).await.ok(), json!([revoked, second]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_revoked_once_and_for_ever() {
    let world = world_with_ann().await;
    let given = consent(&world, json!({})).await;
    world.turn(Span::minutes(1));
    let mut expected = given.clone();
    expected["status"] = json!("revoked");
    expected["revokedAt"] = json!(world.clock.now().rfc3339());
    expected["revokedBy"] = json!("request_origin");
    assert_eq!(revoke(&world, &given).await.ok(), expected);
    world.turn(Span::minutes(1));
    revoke(&world, &given).await.refused(422, "wrong_state");
    assert_eq!(consent_now(&world, &given).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_over_when_its_time_is() {
    let world = world_with_ann().await;
    let given = consent(&world, json!({ "duration": "1m" })).await;
    world.turn(Span::millis(59_999));
    assert_eq!(consent_now(&world, &given).await["status"], "active");
    world.turn(Span::millis(1));
    let over = consent_now(&world, &given).await;
    assert_eq!((&over["status"], &over["revokedAt"]), (&json!("expired"), &Value::Null));
    revoke(&world, &given).await.refused(422, "wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_kept_for_400_days_after_its_end() {
    let world = world_with_ann().await;
    let given = consent(&world, json!({ "duration": "24h" })).await;
    world.turn(Span::secs(401 * 86_400 - 1));
    world.standins().sweep_ttl().unwrap();
    assert_eq!(consent_now(&world, &given).await["status"], "expired");
    world.turn(Span::secs(2));
    world.backend().get(&get(&given)).await.refused(404, "not_found");
    assert_eq!(world.backend().get(LIST).await.ok(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_consent_is_one() {
    let world = world_with_ann().await;
    let backend = world.backend().with_header("idempotency-key", "k1");
    let first = backend.post(CONSENT, terms(json!({}))).await.created();
    world.turn(Span::secs(1));
    assert_eq!(backend.post(CONSENT, terms(json!({}))).await.created(), first);
    backend.post(CONSENT, terms(json!({ "tppName": "Other" }))).await.refused(422, "wrong_state");
    let revoked = revoke(&world, &first).await.ok();
    assert_eq!(backend.post(CONSENT, terms(json!({}))).await.created(), revoked, "as it is now");
    assert_eq!(world.backend().get(LIST).await.ok(), json!([revoked]));
    assert_ne!(consent(&world, json!({})).await["guid"], first["guid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_revoke_at_once_revoke_it_once() {
    let world = world_with_ann().await;
    let given = consent(&world, json!({ "callback": world.receiver.url() })).await;
    world.pump().await;
    let (one, other) = tokio::join!(revoke(&world, &given), revoke(&world, &given));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    world.pump().await;
    let events: Vec<_> = world.receiver.got().iter().map(|webhook| webhook.body["event"].clone()).collect();
    assert_eq!(events, ["consent.created", "consent.revoked"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_user_keeps_consents() {
    let world: World = world_with_ann().await;
    let given = consent(&world, json!({})).await;
    let rename = json!({ "accountId": "ann", "newAccountId": "anna" });
    world.backend().patch("/api/account/update", rename).await.ok();
    assert_eq!(consent_now(&world, &given).await, given, "it says how the user was called then");
    assert_eq!(world.backend().get("/api/consent/getAll?accountId=anna").await.ok(), json!([given]));
    world.backend().get(LIST).await.refused(404, "not_found");
}
