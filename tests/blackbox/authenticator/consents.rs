//! Consents as their user lists them and takes them back.

use countersign_domain::device::Platform;
use countersign_domain::time::Span;
use countersign_tests::authenticator::{ApiVersion, App, ConsentType};
use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Scene, VERSIONS, class, key, of};

async fn consent(scene: &Scene, account_id: &str, kind: &str) -> Value {
    let body = json!({
        "accountId": account_id, "consentType": kind, "tppName": "Budget App", "duration": "1h",
        "accounts": [{ "name": "Savings", "iban": "DE75512108001245126199" }, { "name": "Other", "sortCode": "20-00-00" }],
        "sharedData": { "balance": true, "transactions": false }, "callback": scene.world.receiver.url(),
    });
    scene.world.backend().post("/api/consent/add", body).await.created()
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_in_force_are_listed_with_what_they_are_about() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let bob = scene.connect_on("bob", Platform::Ios, None, key(1)).await;
        for kind in ["aisp", "pisp_future", "pisp_recurring"] {
            consent(&scene, "ann", kind).await;
            scene.world.turn(Span::secs(1));
        }
        let listed = app.consents().await.unwrap();
        let kinds: Vec<_> = listed.iter().map(|consent| consent.consent_type).collect();
        assert_eq!(kinds, [ConsentType::Aisp, ConsentType::PispFuture, ConsentType::PispRecurring]);
        let first = &listed[0];
        assert_eq!((first.tpp_name.as_str(), first.accounts.len()), ("Budget App", 2));
        assert_eq!(first.accounts[0].iban.as_deref(), Some("DE75512108001245126199"));
        assert_eq!(first.accounts[1].sort_code.as_deref(), Some("20-00-00"));
        let shared = first.shared_data.unwrap();
        assert_eq!((shared.balance, shared.transactions), (Some(true), Some(false)));
        assert_eq!(first.expires_at - first.created_at, Span::hours(1));
        let account = scene.world.backend().get("/api/account/get?accountId=ann").await.ok();
        assert_eq!(account["privakeyId"], first.user_id);
        assert!(bob.consents().await.unwrap().is_empty());
        scene.world.turn(Span::hours(2));
        assert!(app.consents().await.unwrap().is_empty(), "they are over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_takes_a_consent_back_once() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let bob = scene.connect_on("bob", Platform::Ios, None, key(1)).await;
        let added = consent(&scene, "ann", "aisp").await;
        let id = app.consents().await.unwrap().pop().unwrap().id;
        let gone = of(404, "ConsentNotFound");
        assert_eq!(class(bob.revoke_consent(&id).await), gone, "somebody else's");
        scene.refused(&app, revocation(&app, "x"), 404, "ConsentNotFound").await;
        app.revoke_consent(&id).await.unwrap();
        assert!(app.consents().await.unwrap().is_empty());
        assert_eq!(class(app.revoke_consent(&id).await), gone);
        let path = format!("/api/consent/get?consentGuid={}", added["guid"].as_str().unwrap());
        let seen = scene.world.backend().get(&path).await;
        assert!(seen.body.to_string().contains("revoked"), "{}", seen.body);
        scene.world.pump().await;
        scene.world.pump().await;
        let told = scene.world.receiver.got();
        assert!(told.iter().any(|webhook| webhook.body.to_string().contains("consent.revoked")));
    }
}

fn revocation(app: &App, id: &str) -> countersign_tests::authenticator::Call {
    match app.version() {
        ApiVersion::V1 => app.call(Method::DELETE, &format!("/consents/{id}"), None).unwrap(),
        ApiVersion::V2 => app.call(Method::PUT, &format!("/consents/{id}/revoke"), Some(&json!({}))).unwrap(),
    }
}
