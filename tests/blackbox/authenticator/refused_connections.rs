//! Apps that are not connected.

use countersign_domain::time::Span;
use countersign_tests::authenticator::ApiVersion;
use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Scene, VERSIONS, class, key, of};
use crate::backend::Answer;
use crate::identity_provider::table;

async fn send(scene: &Scene, body: &Value) -> Answer {
    let path = format!("{}/connections", scene.version.folder());
    let media = Some("application/json");
    scene.world.backend().send(Method::POST, &path, &body.to_string(), media, None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_identity_provider_a_connect_query_is_needed() {
    for version in VERSIONS {
        let scene = Scene::new(version).await;
        let refused = scene.installation().connect_with(&scene.open_link(), key(0)).await;
        let message = refused.as_ref().unwrap_err().refusal().unwrap().error_message.clone();
        assert!(message.contains("connect_query"), "{message}");
        assert_eq!(class(refused), of(401, "UserNotFound"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_a_rule_is_refused_and_the_token_stays_good() {
    for version in VERSIONS {
        let scene = Scene::new(version).await;
        let (link, installation) = (scene.link("ann").await, scene.installation());
        let configuration = installation.configuration(&link).await.unwrap();
        let token = link.connect_query.as_ref().map(|query| query.expose().as_str());
        let right = installation.body(&configuration, &key(0), token).unwrap();
        let (key_member, provider) = match version {
            ApiVersion::V1 => ("public_key", "provider_code"),
            ApiVersion::V2 => ("enc_rsa_public_key", "provider_id"),
        };
        let before = table::kept(&scene.world).await;
        for (member, values) in [
            (
                "return_url",
                vec![
                    json!(null),
                    json!(""),
                    json!("http://a.b/"),
                    json!("javascript:x"),
                    json!("https://a.b/#c"),
                    json!("authenticator://"),
                    json!("https://a.b/\r\nx"),
                    json!(format!("https://a.b/{}", "a".repeat(2048))),
                ],
            ),
            ("platform", vec![json!(null), json!("other"), json!("ANDROID"), json!(1)]),
            ("push_token", vec![json!("a\u{7}"), json!(1), json!("a".repeat(4097))]),
            (
                key_member,
                vec![
                    json!(null),
                    json!("x"),
                    json!({}),
                    json!("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"),
                ],
            ),
        ] {
            for value in values {
                let mut body = right.clone();
                body["data"][member] = value;
                let refused = send(&scene, &body).await;
                assert_eq!(
                    (refused.status, &refused.body["error_class"]),
                    (400, &json!("WrongRequestFormat")),
                    "{body}"
                );
            }
        }
        for value in [json!("x"), json!("ffffffffffff"), json!("1")] {
            let mut body = right.clone();
            body["data"][provider] = value;
            let refused = send(&scene, &body).await;
            assert_eq!(
                (refused.status, &refused.body["error_class"]),
                (404, &json!("ProviderNotFound")),
                "{body}"
            );
        }
        for body in [json!({}), json!({ "data": null }), json!({ "data": [] }), json!([])] {
            let refused = send(&scene, &body).await;
            assert_eq!(
                (refused.status, &refused.body["error_class"]),
                (400, &json!("WrongRequestFormat")),
                "{body}"
            );
        }
        assert!(table::kept(&scene.world).await == before);
        installation.send(&configuration, key(0), &right).await.unwrap().connected().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_of_another_provider_is_none() {
    for version in VERSIONS {
        let scene = Scene::new(version).await;
        let other = scene.world.other_backend().await;
        let foreign = scene.world.bind_link_of(&other, "ann").await;
        let (link, installation) = (scene.open_link(), scene.installation());
        let configuration = installation.configuration(&link).await.unwrap();
        let body = installation.body(&configuration, &key(0), Some(foreign.session_token.expose())).unwrap();
        let refused = installation.send(&configuration, key(0), &body).await;
        assert_eq!(class(refused), of(401, "UserNotFound"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_limited_per_address() {
    for version in VERSIONS {
        let scene = Scene::new(version).await;
        let (link, installation) = (scene.link("ann").await, scene.installation());
        let configuration = installation.configuration(&link).await.unwrap();
        let body = installation.body(&configuration, &key(0), Some("x")).unwrap();
        for _ in 0..20 {
            let refused = installation.send(&configuration, key(0), &body).await;
            assert_eq!(class(refused), of(401, "UserNotFound"));
        }
        let refused = installation.connect_with(&link, key(0)).await;
        assert_eq!(class(refused), of(429, "TooManyRequests"), "the right one has to wait, too");
        scene.world.turn(Span::minutes(5));
        installation.connect_with(&link, key(0)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_provider_has_no_configuration() {
    let scene = Scene::new(ApiVersion::V1).await;
    let get = |path: &str| {
        let path = format!("/api/authenticator/{path}");
        let backend = scene.world.backend();
        async move { backend.get(&path).await }
    };
    for path in [
        "v1/configurations/x",
        "v1/configurations/ffffffffffff",
        "v2/configurations/1",
        "v2/configurations/x",
    ] {
        let refused = get(path).await;
        assert_eq!(
            (refused.status, &refused.body["error_class"]),
            (404, &json!("ProviderNotFound")),
            "{path}"
        );
    }
}
