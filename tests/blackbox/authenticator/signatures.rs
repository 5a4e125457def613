//! What is signed must be what is sent, now and by this connection. Refusals change nothing.

use countersign_domain::time::Span;
use countersign_tests::authenticator::{ApiVersion, App, Call};
use reqwest::Method;
use serde_json::json;

use super::scene::{Scene, VERSIONS, error, key, of};

/// A right decision about what Ann is asked.
async fn decision(scene: &Scene, app: &App) -> Call {
    let (_, shown) = scene.asked(app).await;
    app.decision(&shown.id, true, shown.authorization_code.expose()).unwrap()
}

const SIGNATURE: [&str; 2] = ["Signature", "x-jws-signature"];

fn unsigned(call: &Call) -> Call {
    SIGNATURE.into_iter().fold(call.clone(), |call, name| call.header(name, None))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_with_anything_changed_is_refused() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let right = decision(&scene, &app).await;
        let mut body = right.clone();
        let at = body.body.iter().rposition(|byte| *byte == b'\n').unwrap();
        body.body.insert(at, b' ');
        let foreign = App::new(
            countersign_tests::authenticator::Connection {
                key: key(1),
                provider: app.connection().provider.clone(),
                id: app.connection().id.clone(),
                access_token: countersign_tests::authenticator::AccessToken::new("x".into()),
            },
            std::sync::Arc::clone(&scene.world.clock) as _,
        )
        .unwrap();
        let until = (app.now() + Span::minutes(5)).secs().to_string();
        let by_other_key = foreign.sign_again(right.clone(), &until).unwrap();
        let mut calls = vec![body, by_other_key];
        for name in SIGNATURE {
            if right.headers.iter().any(|(known, _)| *known == name) {
                calls.extend(
                    ["", "x", "a..b", "e30..AAAA"].map(|text| right.clone().header(name, Some(text))),
                );
            }
        }
        if version == ApiVersion::V1 {
            calls.push(Call { path: format!("{}?a=b", right.path), ..right.clone() });
            let later = (app.now() + Span::minutes(6)).secs().to_string();
            calls.push(right.clone().header("Expires-at", Some(&later)));
        }
        for call in calls {
            let empty = call.headers.iter().any(|(name, text)| SIGNATURE.contains(name) && text.is_empty());
            let class = if empty { "SignatureMissing" } else { "InvalidSignature" };
            scene.refused(&app, call, 400, class).await;
        }
        assert_eq!(app.send(right).await.unwrap().status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_for_one_method_and_url() {
    let (scene, app) = Scene::with_ann(ApiVersion::V1).await;
    let (_, shown) = scene.asked(&app).await;
    let list = app.call(Method::GET, "/authorizations", None).unwrap();
    let one = Call { path: format!("{}/{}", list.path, shown.id), ..list.clone() };
    scene.refused(&app, one, 400, "InvalidSignature").await;
    // The query is signed as it is written.
    let with_query = app.call(Method::GET, "/authorizations/x?a=b&c=%20", None).unwrap();
    let without = with_query.path.split('?').next().unwrap().to_owned();
    scene.refused(&app, Call { path: without, ..with_query.clone() }, 400, "InvalidSignature").await;
    scene.refused(&app, with_query, 404, "AuthorizationNotFound").await;
    let get = app.call(Method::GET, "/connections", None).unwrap();
    scene.refused(&app, Call { method: Method::DELETE, ..get }, 400, "InvalidSignature").await;
    assert_eq!(app.send(list).await.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_expires_within_the_hour() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let (_, shown) = scene.asked(&app).await;
        let signed_until = |until| {
            let data = match version {
                ApiVersion::V1 => {
                    json!({ "confirm": true, "authorization_code": shown.authorization_code.expose() })
                }
                ApiVersion::V2 => app.bundle(&app.bundled(shown.authorization_code.expose())).unwrap(),
            };
            let path = match version {
                ApiVersion::V1 => format!("/authorizations/{}", shown.id),
                ApiVersion::V2 => format!("/authorizations/{}/confirm", shown.id),
            };
            app.call_until(Method::PUT, &path, Some(&data), until).unwrap()
        };
        for until in
            [app.now(), app.now() - Span::secs(1), app.now() + Span::secs(3601), app.now() + Span::days(9)]
        {
            scene.refused(&app, signed_until(until), 400, "SignatureExpired").await;
        }
        let early = signed_until(app.now() + Span::secs(1));
        scene.world.turn(Span::secs(1));
        scene.refused(&app, early, 400, "SignatureExpired").await;
        let longest = signed_until(app.now() + Span::hours(1));
        assert_eq!(app.send(longest).await.unwrap().status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expiry_that_is_none_is_refused_like_a_missing_one() {
    let (scene, app) = Scene::with_ann(ApiVersion::V1).await;
    let right = app.call(Method::GET, "/authorizations", None).unwrap();
    scene.refused(&app, right.clone().header("Expires-at", None), 400, "SignatureExpired").await;
    for text in ["", "x", "-1", "+1795341900", "1795341900.0", "01795341900", "99999999999999999999"] {
        scene.refused(&app, right.clone().header("Expires-at", Some(text)), 400, "SignatureExpired").await;
    }

    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    let right = decision(&scene, &app).await;
    for exp in [json!(null), json!("1795341900"), json!(1_795_341_900.5), json!([])] {
        let mut body: serde_json::Value = serde_json::from_slice(&right.body).unwrap();
        body["exp"] = exp;
        let call = Call { body: body.to_string().into_bytes(), ..right.clone() };
        let call = app.sign_again(call, "").unwrap();
        scene.refused(&app, call, 400, "SignatureExpired").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_is_told_before_what_is_wrong_with_the_call() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let bob = scene.connect_on("bob", countersign_domain::device::Platform::Ios, None, key(1)).await;
        let right = decision(&scene, &app).await;
        let mut call = unsigned(&right).header("Access-Token", None);
        call.body = br#"{"exp":"x"}"#.to_vec();
        scene.refused(&app, call.clone(), 400, "AccessTokenMissing").await;
        scene.refused(&app, call.clone().header("Access-Token", Some("")), 400, "AccessTokenMissing").await;
        let token = app.connection().access_token.expose().to_owned();
        let mut other = token.clone();
        other.replace_range(60..61, if &token[60..61] == "A" { "B" } else { "A" });
        for unknown in ["x", &"A".repeat(70), &other, &format!("{token}A"), &token[1..]] {
            let call = call.clone().header("Access-Token", Some(unknown));
            scene.refused(&app, call.clone(), 400, "SignatureMissing").await;
            let signed = SIGNATURE.into_iter().fold(call, |call, name| call.header(name, Some("x")));
            scene.refused(&app, signed, 401, "ConnectionNotFound").await;
        }
        // The token of another connection, with the signature of this one.
        let stolen = right.clone().header("Access-Token", Some(bob.connection().access_token.expose()));
        scene.refused(&app, stolen, 400, "InvalidSignature").await;
        assert_eq!(app.send(right).await.unwrap().status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_speaks_its_own_version() {
    for version in VERSIONS {
        let (scene, app) = Scene::with_ann(version).await;
        let other = match version {
            ApiVersion::V1 => ApiVersion::V2,
            ApiVersion::V2 => ApiVersion::V1,
        };
        let mut call = app.call(Method::GET, "/authorizations", None).unwrap();
        call.path = call.path.replace(version.folder(), other.folder());
        let call = call.header("Signature", Some("x")).header("Expires-at", Some("1795341900"));
        assert_eq!(error(&app.send(call.clone()).await.unwrap()), of(401, "ConnectionNotFound"));
        scene.refused(&app, call, 401, "ConnectionNotFound").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_token_is_changed_once_per_signature() {
    let (scene, app) = Scene::with_ann(ApiVersion::V2).await;
    let path = format!("/connections/{}/update", app.connection().id);
    let first = app.call(Method::PATCH, &path, Some(&json!({ "push_token": "apns-1" }))).unwrap();
    assert_eq!(app.send(first.clone()).await.unwrap().status, 200);
    app.update_push_token("apns-2").await.unwrap();
    scene.refused(&app, first, 400, "InvalidSignature").await;
    assert_eq!(app.known().await.unwrap().push_token.as_deref(), Some("apns-2"));
}
