//! Strong authentication, the third sequence: asked, shown, confirmed or denied, once.

use countersign_crypto::receipt;
use countersign_domain::time::Span;
use countersign_tests::authenticator::key::{KeyPair, PublicKey};
use countersign_tests::authenticator::signature::verifies_version_2;
use countersign_tests::authenticator::{ApiVersion, Decided, Status};
use serde_json::{Value, json};

use super::scene::{Scene, VERSIONS, class, key, of};
use crate::identity_provider::table;

fn taken(version: ApiVersion, status: Status) -> Decided {
    match version {
        ApiVersion::V1 => Decided::V1(true),
        ApiVersion::V2 => Decided::V2(status),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_shown_and_confirmed() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let (asked, shown) = scene.asked(&app).await;
        assert_eq!(shown.status, Status::Pending);
        assert_eq!((shown.expires_at - shown.created_at), Span::minutes(5));
        assert_eq!(app.get(&shown.id).await.unwrap().authorization_code.expose().len(), 43);
        assert_eq!(app.confirm(&shown).await.unwrap(), taken(version, Status::Confirmed));
        let request = scene.world.request(&asked["guid"]).await;
        assert_eq!((&request["status"], &request["buttonSelected"]), (&json!("answered"), &json!(0)));
        scene.world.pump().await;
        scene.world.pump().await;
        assert_eq!(scene.world.receiver.got().len(), 1, "the Request Origin is told");

        assert_eq!(
            class(app.confirm(&shown).await),
            of(404, "AuthorizationNotFound"),
            "the code serves once"
        );
        assert_eq!(class(app.deny(&shown).await), of(404, "AuthorizationNotFound"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_is_the_second_button_or_a_decline() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let (asked, shown) = scene.asked(&app).await;
        assert_eq!(app.deny(&shown).await.unwrap(), taken(version, Status::Denied));
        let request = scene.world.request(&asked["guid"]).await;
        assert_eq!((&request["status"], &request["buttonSelected"]), (&json!("answered"), &json!(1)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_of_the_cloud_api_is_confirmed_or_declined() {
    for version in VERSIONS {
        for confirm in [true, false] {
            let (scene, app) = Scene::with_ann(version).await;
            let backend = scene.world.backend().by_access_key();
            let body =
                json!({ "username": "ann", "channel": "push", "message": "<html>Pay <b>1</b>?</html>" });
            let approval = backend.post("/api/v1/approval", body).await.created();
            let shown = app.list().await.unwrap().pop().unwrap();
            assert!(format!("{:?}", shown.description).contains("Pay <b>1</b>?"), "{:?}", shown.description);
            if confirm { app.confirm(&shown).await } else { app.deny(&shown).await }.unwrap();
            let request = scene.world.request(&approval["transactionId"]).await;
            let outcome = (request["status"].as_str(), request["declineReason"].as_str());
            let expected =
                if confirm { (Some("answered"), None) } else { (Some("declined"), Some("cancelled")) };
            assert_eq!(outcome, expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evidence_and_the_receipt_verify_with_nobody_asked() {
    for version in VERSIONS {
        let (scene, mut app) = Scene::with_ann(version).await;
        app.geolocation = Some("GEO:52.506931;13.144558".into());
        app.authorization_type = Some("biometrics".into());
        let (asked, shown) = scene.asked(&app).await;
        app.confirm(&shown).await.unwrap();
        let evidence = scene.world.request(&asked["guid"]).await["evidence"].take();
        let answer: Value = serde_json::from_str(evidence["answer"].as_str().unwrap()).unwrap();
        assert_eq!(answer["geolocation"], "GEO:52.506931;13.144558");
        assert_eq!(answer["authorizationType"], "biometrics");
        assert!(verifies(version, &answer, &key(0)) && !verifies(version, &answer, &key(1)));

        let jwks = scene.world.jwks().await.to_string();
        let receipt = receipt::verify(&jwks, evidence["receipt"].as_str().unwrap()).unwrap();
        assert_eq!(json!(receipt.challenge), asked["guid"]);
        assert_eq!(json!(receipt.device_signature), evidence["answer"]);
        assert_eq!(receipt.device_key_thumbprint.to_string(), evidence["keyThumbprint"].as_str().unwrap());
    }
}

/// Whether the evidence is the key's, as anybody can compute it.
fn verifies(version: ApiVersion, answer: &Value, key: &KeyPair) -> bool {
    let public: PublicKey = key.public();
    let text = |member: &str| answer[member].as_str().unwrap().to_owned();
    match version {
        ApiVersion::V1 => {
            let [method, url, expires_at, body] = ["method", "url", "expiresAt", "body"].map(text);
            let signature =
                base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text("signature"));
            public.verifies(format!("{method}|{url}|{expires_at}|{body}").as_bytes(), &signature.unwrap())
        }
        ApiVersion::V2 => verifies_version_2(&public, &text("jws"), text("body").as_bytes()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_decides_nothing_and_is_not_counted() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let (asked, shown) = scene.asked(&app).await;
        let right = shown.authorization_code.expose().clone();
        let before = table::kept(&scene.world).await;
        for wrong in ["", "x", &right[1..], &format!("{right}="), &right.to_lowercase()] {
            for confirm in [true, false] {
                let decided = app.decide(&shown.id, confirm, wrong).await;
                match version {
                    ApiVersion::V1 => assert_eq!(decided.unwrap(), Decided::V1(false)),
                    ApiVersion::V2 => assert_eq!(class(decided), of(400, "WrongRequestFormat")),
                }
            }
        }
        assert!(table::kept(&scene.world).await == before);
        assert_eq!(scene.status(&asked).await, "pending");
        app.confirm(&shown).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_changes_with_what_is_asked() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let payment = |amount: &str, payee: &str| json!({ "content": { "description": { "payment": { "payee": payee, "amount": amount } } } });
        for (amount, payee) in [("120 EUR", "ACME"), ("121 EUR", "ACME"), ("120 EUR", "Acme")] {
            scene.world.ask_with("ann", payment(amount, payee)).await;
        }
        let shown = app.list().await.unwrap();
        let mut codes: Vec<_> = shown.iter().map(|shown| shown.authorization_code.expose().clone()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 3);
        let other = app.decide(&shown[0].id, true, shown[1].authorization_code.expose()).await;
        assert!(!matches!(other, Ok(Decided::V1(true) | Decided::V2(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_wait_for_this_user_does_not_exist() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let bob = scene.connect_on("bob", countersign_domain::device::Platform::Ios, None, key(1)).await;
        let (asked, shown) = scene.asked(&app).await;
        let gone = of(404, "AuthorizationNotFound");
        assert_eq!(class(bob.get(&shown.id).await), gone);
        assert_eq!(class(bob.confirm(&shown).await), gone);
        for id in ["0", "x", "00000000-0000-7000-8000-000000000000", "9007199254740992", "%20"] {
            assert_eq!(class(app.get(id).await), gone, "{id}");
            assert_eq!(class(app.decide(id, true, "x").await), gone, "{id}");
        }
        let cancel = json!({ "requestGuid": asked["guid"] });
        scene.world.backend().patch("/api/request/cancel", cancel).await.success();
        assert_eq!(class(app.confirm(&shown).await), gone);

        let (_, shown) = scene.asked(&app).await;
        scene.world.turn(Span::minutes(5));
        assert_eq!(class(app.confirm(&shown).await), gone, "its time is over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_these_apps_cannot_show_is_not_shown() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let button = |strong: bool| json!({ "title": "a", "strongAuth": strong });
        for more in [
            json!({ "showCode": true }),
            json!({ "buttons": [button(true), button(true)] }),
            json!({ "buttons": [button(false), button(false)] }),
            json!({ "buttons": [button(false), button(true)] }),
            json!({ "buttons": [button(true), button(false), button(false)] }),
        ] {
            scene.world.ask_with("ann", more).await;
            assert!(app.list().await.unwrap().is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_decisions_at_once_one_counts() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let (asked, shown) = scene.asked(&app).await;
        let (yes, no) = tokio::join!(app.confirm(&shown), app.deny(&shown));
        assert_eq!([yes.is_ok(), no.is_ok()].iter().filter(|ok| **ok).count(), 1, "{yes:?} {no:?}");
        assert_eq!(scene.status(&asked).await, "answered");
    }
}
